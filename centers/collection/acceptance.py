"""The rule of a centre about who accepts donors."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from centers.models import AcceptanceChange, Center
from donors import substance
from donors.errors import Refused, refusing
from donors.models import User


def change(
    *, center: Center, acceptance: str, because: str, by: User, now: datetime
) -> AcceptanceChange:
    """Change who accepts donors at this centre from now on."""
    because = substance.said(because)
    with refusing():
        here = Center.objects.select_for_update(of=("self",)).get(pk=center.pk)
        if here.acceptance == acceptance:
            raise Refused(_("This is the rule already."), "acceptance")
        return AcceptanceChange.objects.create(
            center=here, acceptance=acceptance, because=because, at=now, by=by
        )
