"""The state of each open appeal, from the facts and the last plan."""

from __future__ import annotations

from collections import defaultdict

from campaigns.appeals import appeals
from campaigns.models import Appeal, Wave
from centers.models import Floor, StockLevel

from .carrying_out import Run
from .causes import LEAST, Key
from .people import Kind, silent
from .places import session_id

State = Appeal.State
# The planner has a use for fewer than this share of those still silent: they are thanked.
USEFUL = 0.2


def follow(run: Run) -> int:
    """Bring every open appeal to its state; returns how many changed."""
    unused, asked = _unused(run), _silent(run)
    changed = 0
    rows = Appeal.objects.filter(state__in=Appeal.OPEN).order_by("pk")
    for appeal in rows.select_related("center", "component", "alert", "operation__closed_by"):
        key = (appeal.center.code, str(appeal.component.family), appeal.blood_group)
        changed += appeals.follow_operation(appeal)
        over = appeal.operation and appeal.operation.closed_at and not _alert_is_open(appeal)
        if _is_met(appeal, run, key):
            changed += appeals.end(appeal=appeal, to=State.MET, now=run.now)
        elif over and appeal.operation:  # closing an operation stops what it alone had opened
            by = appeal.operation.closed_by
            changed += appeals.end(
                appeal=appeal,
                to=State.STOPPED,
                by=by,
                because=appeal.operation.current.because,
                now=run.now,
                resumes_at=run.now,
            )
        elif appeal.expires_at <= run.now:
            changed += appeals.end(appeal=appeal, to=State.ENDED, now=run.now)
        else:
            to = _state(appeal, run, key, unused=unused[appeal.pk], asked=asked[appeal.pk])
            changed += appeals.turn(appeal=appeal, to=to, now=run.now)
    return changed


def _alert_is_open(appeal: Appeal) -> bool:
    return appeal.alert is not None and appeal.alert.closed_at is None


def _is_met(appeal: Appeal, run: Run, key: Key) -> bool:
    """Bags in stock, not promises: the alert closed, or the level reached what was wanted. A need
    that went away before anybody was asked is met too."""
    if appeal.alert:
        return not _alert_is_open(appeal)
    if run.lacks.bags.get(key, 0.0) < LEAST and not appeal.waves.filter(size__gt=0).exists():
        return True
    floor = Floor.objects.filter(
        center=appeal.center, component=appeal.component, blood_group=appeal.blood_group
    ).first()
    need = run.needs.get(key)
    wanted = floor.ceiling if floor else (need.target + need.reserve + sum(need.use) if need else 0)
    level = StockLevel.objects.filter(
        center=appeal.center, component__family=key[1], blood_group=appeal.blood_group
    ).values_list("available", flat=True)
    return wanted > 0 and sum(level) >= wanted


def _state(appeal: Appeal, run: Run, key: Key, *, unused: float, asked: int) -> str:
    need = run.needs.get(key)
    stale = need is None or need.figure_age > need.stale_after
    sent = appeal.waves.filter(state=Wave.State.SENT, size__gt=0).exists()
    waiting = set(appeal.waves.filter(state__in=Wave.OPEN).values_list("state", flat=True))
    if Wave.State.PROPOSED in waiting:
        return State.ASKING if sent and not stale else State.PROPOSED
    if not sent or stale:
        return State.WATCHING
    if waiting:
        return State.ASKING
    enough = run.lacks.late.get(key, 0.0) < LEAST and unused >= (1 - USEFUL) * asked
    return State.COVERED if enough else State.ASKING


def _silent(run: Run) -> dict[int, int]:
    """People asked of each appeal who may still answer."""
    counts: dict[int, int] = defaultdict(int)
    for appeal in silent(run.now).values_list("wave__appeal", flat=True):
        counts[appeal] += 1
    return counts


def _unused(run: Run) -> dict[int, float]:
    """Of the silent people of each appeal, how many the plan has no use for.

    The plan knows them by cohort and session; several appeals may share both.
    """
    stood = {(row.cohort, row.session): row.people for row in run.decisions.stand_downs}
    rows = silent(run.now).values_list(
        "wave__appeal", "wave__session", "part__province", "part__blood_group", "part__channel"
    )
    known = {session.id for session in run.snapshot.sessions}
    people: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    unused: dict[int, float] = defaultdict(float)
    for appeal, session, province, group, channel in rows:
        if session_id(session) in known:
            people[Kind(province, group, channel).id, session_id(session)][appeal] += 1
        else:  # the session is over: an answer brings nobody there
            unused[appeal] += 1
    for pair, by_appeal in people.items():
        share = stood.get(pair, 0) / sum(by_appeal.values())
        for appeal, count in by_appeal.items():
            unused[appeal] += share * count
    return unused
