from __future__ import annotations

from centers.models import Compatibility, Component

FITS = (Compatibility.Verdict.COMPATIBLE,)


def donor_groups_for(component: Component, recipient: str) -> list[str]:
    """Groups a patient of this group may be given without an emergency, preferred first."""
    return list(
        Compatibility.objects.filter(family=component.family, recipient=recipient, verdict__in=FITS)
        .order_by("preference", "donor")
        .values_list("donor", flat=True)
    )


def verdict(component: Component, donor: str, recipient: str) -> str:
    """The table's verdict on a bag of one group for a patient of another; empty where it has no
    row."""
    rows = Compatibility.objects.filter(family=component.family, donor=donor, recipient=recipient)
    return rows.values_list("verdict", flat=True).first() or ""
