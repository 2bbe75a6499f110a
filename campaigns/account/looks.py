"""Who opened a person's record: when, where they worked then, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from centers.collection.forms.records import WHY
from centers.models import Staff
from donors.clock.calendar import local_day
from donors.models import AccessLog, Donor, User

CALL = "call for appeal "  # and its code
# The pages that log their readers, in words.
PAGES: Mapping[str, Promise] = WHY | {
    "at the session": _("At a session"),
    "visit": _("Page of a visit"),
    "reception search": _("Search at reception"),
    "record search": _("Search for a record"),
    "sheet of the day": _("Sheet of the day"),
    "paper record": _("Typing of a paper"),
    "answers before giving": _("Answers before giving"),
    "compared two records": _("Comparison of two records"),
    "trace": _("Way of the blood"),
    "look-back": _("Look-back"),
    "look-back letter": _("Letter of a look-back"),
    "patient reaction": _("Reaction of a patient"),
    "way of a bag": _("Way of a bag"),
    "file of an analyser": _("File of an analyser"),
    "held readings": _("Reading held"),
    "plate": _("Plate"),
    "extended tests": _("Reading of antigens"),
    "group in question": _("Group in question"),
    "group in doubt": _("Group in doubt"),
    "results of a donation": _("Results of a donation"),
    "place changed": _("Call: the place changed, and no message arrives"),
    "certificate": _("Certificate of donation"),
    "export": _("Copy of the data for the person"),
    "audit trail": _("Audit trail"),
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """An access to the record; ``where`` is the centre where that person worked then."""

    at: datetime
    by: User
    where: str
    why: str | Promise
    because: str


def of(donor: Donor, most: int = 200) -> list[Look]:
    """The looks into all rows of the person, latest first."""
    logged = AccessLog.objects.filter(donor__in=donor.linked_rows()).select_related("by")
    rows = list(logged.order_by("-at", "-pk")[:most])
    posts: dict[int, list[Staff]] = {}
    for post in Staff.objects.filter(user__in={row.by_id for row in rows}).select_related("center"):
        posts.setdefault(post.user_id, []).append(post)
    return [
        Look(row.at, row.by, _where(posts.get(row.by_id, []), row.at), why(row.reason), row.because)
        for row in rows
    ]


def _where(posts: list[Staff], at: datetime) -> str:
    day = local_day(at)
    then = [post for post in posts if post.since <= day and (not post.until or post.until > day)]
    return then[0].center.name if then else ""


def why(reason: str) -> str | Promise:
    """What was chosen, or the page that was opened, in words."""
    if reason.startswith(CALL):
        return _("Call by telephone")
    return PAGES.get(reason, reason)
