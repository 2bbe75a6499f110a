"""The last decisions of the planner and of people, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Appeal, ChannelStop, Operation, Plan, Wave
from campaigns.operations import log
from campaigns.planning.places import session_id
from centers.models import Session, Transfer, Visit

from . import scopes
from .likelihood import likely
from .scopes import Scope
from .wording import expected, group, moment

MOST = 30
PLANS = 5
LATELY = timedelta(hours=24)
CLOSING = timedelta(minutes=10)  # in which a plan follows and stops what the operation had opened


@dataclass(frozen=True)
class Decision:
    """``person`` is false for what the program did by a rule; ``inner`` pages are those of a centre,
    which an auditor does not open. ``undo`` is the address that takes a held wave back."""

    at: datetime
    sentence: str
    url: str
    person: bool = False
    because: str = ""
    inner: bool = False
    undo: str = ""


def last(*, scope: Scope, most: int = MOST) -> list[Decision]:
    """The latest first."""
    found = [
        *_plans(scope, most),
        *_waves(scope, most),
        *_transfers(scope, most),
        *_appeals(scope, most),
        *(_channels(most) if scope.whole else ()),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:most]


def turned_away(*, scope: Scope, now: datetime) -> int:
    """People who came in the last 24 hours and left without having been served."""
    rows = Visit.objects.filter(scope.sessions(), outcome=Visit.Outcome.LEFT)
    return rows.filter(arrived_at__gt=now - LATELY).count()


def chance(plan: Plan, scope: Scope, needs: Iterable[scopes.Key]) -> str:
    """How likely the needs are covered, and until when; empty where the plan forecasts none."""
    found = likely(plan, needs)
    if found is None:
        return ""
    sentence = ngettext(
        "%(count)s need is %(share)s %% likely covered until %(until)s.",
        "%(count)s needs are %(share)s %% likely covered until %(until)s.",
        found.known,
    )
    return sentence % {
        "count": found.known,
        "share": found.share,
        "until": moment(found.until),
    }


def _plans(scope: Scope, most: int) -> Iterator[Decision]:
    rows = list(Plan.objects.filter(changed=True).order_by("-made_at")[: min(most, PLANS)])
    places = session_centers(rows)
    for plan in rows:
        sentence = in_words(plan, scope, places)
        if sentence:
            url = reverse("campaigns:plan", args=[plan.public_id])
            yield Decision(plan.made_at, sentence, url, person=plan.asked_by_id is not None)


def session_centers(plans: Iterable[Plan]) -> dict[str, str]:
    """The centre's code by the planner's name of each session in the plans."""
    names = {row["session"] for plan in plans for row in plan.decisions if "session" in row}
    keys = [int(name[1:]) for name in names]
    rows = Session.objects.filter(pk__in=keys).values_list("pk", "center__code")
    return {session_id(pk): code for pk, code in rows}


def decided(plan: Plan, scope: Scope, places: dict[str, str]) -> list[dict[str, object]]:
    """The plan's decisions that concern the scope."""

    def concerns(row: dict[str, str]) -> bool:
        if row["kind"] == "transfer":
            return scope.holds(row["source"]) or scope.holds(row["target"])
        return scope.holds(row["center"] if "center" in row else places.get(row["session"], ""))

    return [row for row in plan.decisions if concerns(row)]


def in_words(plan: Plan, scope: Scope, places: dict[str, str]) -> str:
    """What the plan decided for the scope; empty where it decided nothing."""
    sums = {"transfer": 0, "invitation": 0, "stand_down": 0, "confirm": 0}
    for row in decided(plan, scope, places):
        if row["kind"] == "invitation" and float(str(row["hours"])) > 0:
            continue  # asked later, by a later plan
        counted = row.get("bags", row.get("people", 1))
        sums[str(row["kind"])] += round(float(str(counted)))
    said = [sentence % {"count": n} for n, sentence in _parts(sums) if n]
    if said:
        keys = {(p[0], p[1], p[2]) for p in plan.forecasts if scope.holds(p[0])}
        said.append(chance(plan, scope, keys))
    return " ".join(said).strip()


def _parts(sums: dict[str, int]) -> Iterator[tuple[int, str]]:
    n = sums["transfer"]
    yield (
        n,
        ngettext(
            "Planned to send %(count)s bag between centres.",
            "Planned to send %(count)s bags between centres.",
            n,
        ),
    )
    n = sums["invitation"]
    yield n, ngettext("Planned to ask %(count)s person.", "Planned to ask %(count)s people.", n)
    n = sums["stand_down"]
    yield (
        n,
        ngettext(
            "%(count)s person asked is no longer needed.",
            "%(count)s people asked are no longer needed.",
            n,
        ),
    )
    n = sums["confirm"]
    yield (
        n,
        ngettext(
            "The figures of %(count)s centre are too old to plan with.",
            "The figures of %(count)s centres are too old to plan with.",
            n,
        ),
    )


def _waves(scope: Scope, most: int) -> Iterator[Decision]:
    rows = Wave.objects.filter(appeal__center__in=list(scope.centers.values()))
    rows = rows.exclude(state__in=[Wave.State.PROPOSED, Wave.State.DROPPED])
    rows = rows.annotate(last=Coalesce("ended_at", "decided_at", "made_at"))
    for wave in rows.select_related("appeal__center", "session").order_by("-last")[:most]:
        count = wave.size if wave.state == Wave.State.SENT else wave.size_wanted
        said = {
            "count": count,
            "group": group(wave.appeal.blood_group),
            "center": wave.appeal.center.name,
            "session": wave.session.name,
            "yeses": expected(wave.yeses),
        }
        yield Decision(
            at=wave.last,
            sentence=_of_wave(wave, count) % said,
            url=reverse("campaigns:wave", args=[wave.public_id]),
            person=bool(wave.ended_by_id or wave.decided_by_id),
            because=wave.because,
            undo=reverse("campaigns:wave-undo", args=[wave.public_id])
            if wave.state == Wave.State.HELD
            else "",
        )


def _of_wave(wave: Wave, count: int) -> str:
    if wave.state == Wave.State.SENT:
        return ngettext(
            "%(count)s person was asked for %(group)s at %(center)s to come to %(session)s; about"
            " %(yeses)s are expected to say yes.",
            "%(count)s people were asked for %(group)s at %(center)s to come to %(session)s; about"
            " %(yeses)s are expected to say yes.",
            count,
        )
    if wave.state == Wave.State.HELD and wave.waits_for_morning:
        return ngettext(
            "%(count)s person will be asked for %(group)s at %(center)s when the quiet hours are over,"
            " if the need still stands.",
            "%(count)s people will be asked for %(group)s at %(center)s when the quiet hours are over,"
            " if the need still stands.",
            count,
        )
    if wave.state == Wave.State.HELD:
        return ngettext(
            "%(count)s person will be asked for %(group)s at %(center)s after a short hold.",
            "%(count)s people will be asked for %(group)s at %(center)s after a short hold.",
            count,
        )
    if wave.state == Wave.State.UNDONE:
        return ngettext(
            "Undone: %(count)s person was to be asked for %(group)s at %(center)s.",
            "Undone: %(count)s people were to be asked for %(group)s at %(center)s.",
            count,
        )
    return ngettext(
        "Refused: %(count)s person was to be asked for %(group)s at %(center)s.",
        "Refused: %(count)s people were to be asked for %(group)s at %(center)s.",
        count,
    )


def _transfers(scope: Scope, most: int) -> Iterator[Decision]:
    centers = list(scope.centers.values())
    rows = Transfer.objects.filter(Q(sender__in=centers) | Q(receiver__in=centers))
    # What the planner took back itself is in the sentences of its plans.
    rows = rows.exclude(state=Transfer.State.WITHDRAWN, decided_by=None)
    rows = rows.annotate(last=Greatest("proposed_at", "decided_at", "packed_at", "received_at"))
    state = Transfer.State
    sentences = {
        state.PROPOSED: _("%(count)s × %(group)s proposed, from %(sender)s to %(receiver)s."),
        state.APPROVED: _("%(count)s × %(group)s will go from %(sender)s to %(receiver)s."),
        state.REFUSED: _("Refused: %(count)s × %(group)s from %(sender)s to %(receiver)s."),
        state.PACKED: _("%(count)s × %(group)s on the way from %(sender)s to %(receiver)s."),
        state.RECEIVED: _("%(count)s × %(group)s arrived at %(receiver)s from %(sender)s."),
        state.WITHDRAWN: _("Taken back: %(count)s × %(group)s from %(sender)s to %(receiver)s."),
    }
    for row in rows.select_related("sender", "receiver").order_by("-last")[:most]:
        said = {
            "count": row.count,
            "group": group(row.blood_group),
            "sender": row.sender.name,
            "receiver": row.receiver.name,
        }
        yield Decision(
            at=row.last,
            sentence=sentences[state(row.state)] % said,
            url=reverse("centers:transfer-detail", args=[row.public_id]),
            person=bool(row.decided_by_id or row.proposed_by_id),
            because=row.decided_because,
            inner=True,
        )


def _appeals(scope: Scope, most: int) -> Iterator[Decision]:
    rows = scopes.appeals(scope).exclude(settled_at=None).order_by("-settled_at")
    state = Appeal.State
    sentences = {
        state.MET: _("Met: %(group)s at %(center)s. The bags are in stock."),
        state.ENDED: _("Ended unmet: %(group)s at %(center)s. Its time ran out."),
        state.STOPPED: _("Stopped: nobody is asked for %(group)s at %(center)s."),
    }
    for row in rows.select_related("center")[:most]:
        said = {"group": group(row.blood_group), "center": row.center.name}
        yield Decision(
            at=row.settled_at or row.opened_at,
            sentence=sentences[state(row.state)] % said,
            url=reverse("campaigns:appeal-detail", args=[row.public_id]),
            person=row.stopped_by_id is not None,
            because=row.because,
        )


def _channels(most: int) -> Iterator[Decision]:
    rows = ChannelStop.objects.order_by(F("since").desc())[:most]
    for row in rows:
        said = {"channel": row.get_channel_display()}
        url = reverse("campaigns:channels")
        yield Decision(row.since, _("%(channel)s: messages stopped leaving.") % said, url)
        if row.ended_at:
            sentence = _("%(channel)s: messages leave again.") % said
            yield Decision(row.ended_at, sentence, url, person=row.ended_by_id is not None)


def of_operation(operation: Operation) -> Iterator[log.Entry]:
    """For the operation's own log: what was planned and done for its centres since it was opened, and
    what the plan after its closing stopped."""
    until = operation.closed_at + CLOSING if operation.closed_at else timezone.now()
    for one in last(scope=scopes.of_operation(operation)):
        if operation.opened_at <= one.at <= until:
            yield log.Entry(one.at, "", one.sentence, one.because, "" if one.inner else one.url)
