"""The steps of a look-back: confirmatory test, letters, who was told and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from centers.models import (
    AlarmAnswer,
    Bag,
    Donation,
    Issue,
    LookBack,
    LookBackStep,
    RecallStep,
)
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing
from donors.models import User
from donors.people import privacy

Kind = LookBackStep.Kind
# The letters asked for an answer within this time (our choice).
ANSWER_WITHIN = 30  # days


@dataclass(frozen=True)
class Need:
    """What has to be done before the end; ``on`` is the day on which it was done."""

    label: str | Promise
    on: date | None
    missing: Sequence[Bag] = ()

    @property
    def done(self) -> bool:
        return self.on is not None


def note(
    *, look_back: LookBack, kind: str, on: date, words: str, by: User, now: datetime
) -> LookBackStep:
    """A step that was done; also after the closing, for news that comes late."""
    today = local_day(now)
    if on > today:
        raise Refused(_("This is in the future."), "on")
    if on < look_back.donation.collected_on:
        raise Refused(_("This is before the donation."), "on")
    if kind in LookBackStep.EXPLAINED and not words.strip():
        raise Refused(_("Say what was tried, or what was done."), "words")
    with refusing():
        return LookBackStep.objects.create(
            look_back=look_back, kind=kind, on=on, words=words.strip(), at=now, by=by
        )


def needs(look_back: LookBack) -> list[Need]:
    """The required steps in their order. The donations of the year before are listed apart."""
    done = {}
    for step in look_back.steps.order_by("pk"):
        done[step.kind] = step.on
    untold, told_on = hospitals(look_back)
    return [
        Need(gettext_lazy("Confirmatory test"), _last(done, LookBackStep.RESULTS)),
        Need(gettext_lazy("The donor is told"), _last(done, LookBackStep.TOLD)),
        Need(gettext_lazy("The hospital of each bag is told"), told_on, untold),
    ]


def _last(done: dict[str, date], kinds: Sequence[str]) -> date | None:
    return max((done[kind] for kind in kinds if kind in done), default=None)


def left(look_back: LookBack) -> QuerySet[Bag]:
    """Bags of its donations, and pools of them, that went to hospitals, or were used; the database has the same rule
    (``look_back_is_done``)."""
    followed = Donation.objects.filter(recalls__look_back=look_back)
    recalled = Bag.objects.reached_by(look_back.donation, *followed)
    gone = Q(state=Bag.State.TRANSFUSED) | Q(
        pk__in=Issue.objects.filter(returned=None).values("bag")
    )
    return recalled.filter(gone).order_by("pk")


def hospitals(look_back: LookBack) -> tuple[list[Bag], date | None]:
    """The bags whose hospital is not told yet, and the day on which the last one was; today where
    none ever left."""
    bags = list(left(look_back).select_related("component", "donation", "center"))
    days: dict[int, datetime] = {}
    steps = RecallStep.objects.filter(bag__in=bags, kind=RecallStep.Kind.TOLD)
    answers = AlarmAnswer.objects.filter(alarm__bag__in=bags, alarm__recall__isnull=False)
    for bag, at in [*steps.values_list("bag", "at"), *answers.values_list("alarm__bag", "at")]:
        days[bag] = min(at, days.get(bag, at))
    untold = [bag for bag in bags if bag.pk not in days]
    if untold:
        return untold, None
    return [], local_day(max(days.values(), default=look_back.opened_at))


@dataclass(frozen=True)
class ToHospital:
    """What one letter to a hospital lists."""

    place: str
    issues: list[Issue]


def letters(look_back: LookBack, *, by: User) -> list[ToHospital]:
    """The bags of its donations by hospital, for the letters; noted as a look into the record."""
    privacy.log_access(donor=look_back.donation.donor, by=by, reason="look-back letter")
    issues = Issue.objects.filter(bag__in=left(look_back), returned=None)
    wanted = ("bag__donation", "bag__component", "request__hospital")
    found: dict[str, list[Issue]] = {}
    for issue in issues.select_related(*wanted).order_by("issued_at", "pk"):
        found.setdefault(issue.place, []).append(issue)
    return [ToHospital(place, rows) for place, rows in sorted(found.items())]
