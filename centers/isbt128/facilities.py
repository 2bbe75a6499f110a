"""Whose numbers a session uses: another facility's number is a question, never taken silently."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from centers.errors import Foreign
from centers.models import Center, ForeignNumber, Session
from donors.models import User

FACILITY = 5  # characters at the beginning of a number


def ask(*, session: Session, din: str, confirmed: str, by: User, now: datetime) -> None:
    """Raises ``Foreign`` for a number of another facility, unless ``confirmed`` names that one.

    A session uses its centre's facility and those of its ranges. What is confirmed is kept: for this
    number alone, or for the session where it has no facility at all.
    """
    facility = din[:FACILITY]
    if facility == session.center.facility:
        return
    ranges = {first[:FACILITY] for first in session.ranges.values_list("first", flat=True)}
    if facility in ranges:
        return
    known = session.foreign_numbers.filter(din__startswith=facility)
    of_its_own = session.center.facility or ranges
    if (known.filter(din=din) if of_its_own else known).exists():
        return
    if confirmed != facility:
        raise Foreign(_sentence(facility), facility)
    ForeignNumber.objects.create(din=din, session=session, at=now, by=by)


def _sentence(facility: str) -> str:
    center = Center.objects.filter(facility=facility).first()
    if center:
        return _(
            "This number is of facility %(facility)s (%(center)s), which this session does not use. "
            "Scan it again, or compare the label and confirm it."
        ) % {"facility": facility, "center": center.name}
    return _(
        "This number is of facility %(facility)s, which this session does not use. Scan it again, or "
        "compare the label and confirm it."
    ) % {"facility": facility}
