"""The first line and the five figures of the situation room, each with its source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Cohort, Plan
from campaigns.planner import Need
from campaigns.planning.needs import NEVER
from donors import punctuation

from . import scopes
from .likelihood import Likely
from .promises import Promises
from .scopes import Key, Scope
from .wording import expected, moment


@dataclass(frozen=True)
class Figure:
    value: str
    label: str
    note: str
    tone: str = ""


@dataclass(frozen=True)
class Readiness:
    """People who may be asked now, of those the register knows as eligible and reachable."""

    askable: int
    members: int

    @property
    def share(self) -> int:
        return round(100 * self.askable / self.members) if self.members else 0


def readiness(scope: Scope) -> Readiness:
    rows = Cohort.objects.all()
    near = scopes.provinces(scope)
    if near is not None:
        rows = rows.filter(province__in=near)
    sums = rows.aggregate(askable=Sum("askable", default=0), members=Sum("members", default=0))
    return Readiness(**sums)


def oldest(needs: Iterable[Need], now: datetime) -> tuple[datetime | None, int]:
    """The moment of the oldest figure that a need stands on, and how many were never counted."""
    ages = [need.figure_age for need in needs if need.floor or need.reserve or need.use]
    known = [age for age in ages if age < NEVER]
    at = now - timedelta(hours=max(known)) if known else None
    return at, len(ages) - len(known)


def five(
    *,
    scope: Scope,
    needs: set[Key],
    likely: Likely | None,
    promises: Promises,
    free: Counter[str],
    plan: Plan | None,
    now: datetime,
) -> list[Figure]:
    return [
        _needs(needs),
        _covered(likely, needs),
        _silent(promises, now),
        Figure(
            str(sum(free.values())),
            _("places free within 72 hours"),
            _("Times of the sessions that nobody holds"),
        ),
        _ready(readiness(scope), plan),
    ]


def _needs(needs: set[Key]) -> Figure:
    count = len(needs)
    label = ngettext("need open", "needs open", count)
    return Figure(str(count), label, _("Stock alerts and appeals"), "bad" if count else "good")


def _covered(likely: Likely | None, needs: set[Key]) -> Figure:
    label = _("likely covered")
    if likely is None:
        note = _("The last plan has no forecast for them") if needs else _("Nothing is needed now")
        return Figure("–", label, note)
    note = _(
        "Chance that nothing lacks until %(until)s; mean of %(known)s needs in the last plan"
    ) % {
        "until": moment(likely.until),
        "known": likely.known,
    }
    if likely.unknown:
        more = ngettext(
            "%(count)s has too old a figure", "%(count)s have too old figures", likely.unknown
        )
        note = punctuation.clauses([note, more % {"count": likely.unknown}])
    tone = "good" if likely.share >= 90 else "warn" if likely.share >= 70 else "bad"
    return Figure(f"{likely.share} %", label, note, tone)


def _silent(promises: Promises, now: datetime) -> Figure:
    yeses = promises.yeses(now)
    return Figure(
        str(promises.asked),
        ngettext("person asked and still silent", "people asked and still silent", promises.asked),
        _("Invitations of open appeals; expected to say yes: %(count)s")
        % {"count": expected(yeses)},
    )


def _ready(ready: Readiness, plan: Plan | None) -> Figure:
    note = _("%(share)s %% of %(members)s eligible people who can be reached") % {
        "share": ready.share,
        "members": ready.members,
    }
    if plan and plan.register_at:
        counted = _("counted %(at)s") % {"at": moment(plan.register_at)}
        note = punctuation.clauses([note, counted])
    tone = "" if not ready.members or ready.share >= 70 else "warn"
    return Figure(str(ready.askable), _("people who may still be asked"), note, tone)
