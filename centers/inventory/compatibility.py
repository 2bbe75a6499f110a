from __future__ import annotations

from centers.models import Compatibility, Component

FITS = (Compatibility.Verdict.COMPATIBLE,)


def donor_groups_for(component: Component, recipient: str) -> list[str]:
    """Groups whose bags a patient of this group may get without an emergency, preferred first."""
    return list(
        Compatibility.objects.filter(family=component.family, recipient=recipient, verdict__in=FITS)
        .order_by("preference", "donor")
        .values_list("donor", flat=True)
    )


def verdict(component: Component, donor: str, recipient: str) -> str:
    """What the table says of a bag of one group for a patient of another; empty where it is silent."""
    rows = Compatibility.objects.filter(family=component.family, donor=donor, recipient=recipient)
    return rows.values_list("verdict", flat=True).first() or ""
