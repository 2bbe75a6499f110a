"""The rules of a centre about the issue of bags."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from centers.models import Center, IssueRulesChange
from donors import substance
from donors.errors import Refused, refusing
from donors.models import User


def change(
    *,
    center: Center,
    second_check: str,
    electronic_issue: bool,
    because: str,
    by: User,
    now: datetime,
) -> IssueRulesChange:
    """Change who looks a second time, and whether a computer may crossmatch, from now on."""
    because = substance.said(because)
    with refusing():
        here = Center.objects.select_for_update(of=("self",)).get(pk=center.pk)
        if (here.second_check, here.electronic_issue) == (second_check, electronic_issue):
            raise Refused(_("These are the rules already."))
        return IssueRulesChange.objects.create(
            center=here,
            second_check=second_check,
            electronic_issue=electronic_issue,
            because=because,
            at=now,
            by=by,
        )
