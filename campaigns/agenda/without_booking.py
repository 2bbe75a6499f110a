"""Whether people may come to a session without a place: one rule for every page, file and feed.

Nobody is to come in vain: never where every place is taken, and never while the centre calls for
blood, when more people come than it has beds.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Appeal
from centers.models import Session


class Rule(StrEnum):
    MAY_COME = "may come"
    BOOKING_ONLY = "booking only"
    CENTRE_CALLS = "centre calls"
    FULL = "full"
    OVER = "over"

    @property
    def sentence(self) -> Promise | str:
        return SENTENCES.get(self, "")


SENTENCES = {
    Rule.MAY_COME: _("Without a booking: come, and wait for a free bed."),
    Rule.BOOKING_ONLY: _("With a booking only."),
    Rule.CENTRE_CALLS: _(
        "This centre is calling for blood and many people answer: please come with a place only."
    ),
    Rule.FULL: _("No place is left on this day. Please do not come without one."),
}


def calls(now: datetime) -> Exists:
    """For an annotation of sessions: whether their centre has an open appeal."""
    return Exists(
        Appeal.objects.filter(
            center=OuterRef("center"), state__in=Appeal.PUBLIC, expires_at__gt=now
        )
    )


def rule(session: Session, *, free: int, centre_calls: bool) -> Rule:
    """``free`` are its places at the times to come."""
    if session.state not in Session.LIVE:
        return Rule.OVER
    if not session.walk_ins:
        return Rule.BOOKING_ONLY
    if centre_calls:
        return Rule.CENTRE_CALLS
    return Rule.MAY_COME if free else Rule.FULL
