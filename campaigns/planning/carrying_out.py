"""What a plan decided becomes rows: shelf checks, transfers, appeals and their waves.

A later plan that decides otherwise takes back what nobody has decided about yet.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from campaigns.appeals import appeals, waves
from campaigns.models import Appeal, Plan, Wave
from campaigns.operations import orders
from campaigns.planner import Cohort, Decisions, Invitation, Need, Policy, Snapshot
from centers.distribution import planned_transfers
from centers.inventory import shelf_checks
from centers.models import (
    Center,
    Component,
    Family,
    Floor,
    Session,
    StockAlert,
    StockLevel,
    Transfer,
)
from donors.clock.calendar import quiet_until
from donors.models import Province

from .causes import Causes, Key, Lacks
from .needs import USUAL
from .people import Kind
from .places import session_id
from .rates import Rates

# A supplement under this share of the people still silent waits until an hour after the last wave.
SUPPLEMENT = 0.1
BETWEEN = timedelta(hours=1)


@dataclass
class Run:
    """One plan with everything needed to carry it out."""

    plan: Plan
    snapshot: Snapshot
    decisions: Decisions
    policy: Policy
    rates: Rates
    lacks: Lacks
    now: datetime
    centers: dict[str, Center] = field(default_factory=dict)
    needs: dict[Key, Need] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.centers = {center.code: center for center in Center.objects.select_related("province")}
        self.needs = {(n.center, n.component, n.group): n for n in self.snapshot.needs}


def carry_out(run: Run) -> list[str]:
    """Carry the plan out; returns what was done, one word for each kind of change."""
    done = []
    if _ask_for_shelves(run):
        done.append("shelves")
    if _propose_transfers(run):
        done.append("transfers")
    if _propose_waves(run):
        done.append("waves")
    return done


def _ask_for_shelves(run: Run) -> int:
    asked = 0
    stale = {
        (need.center, need.component)
        for need in run.snapshot.needs
        if need.figure_age > need.stale_after and (need.floor or need.reserve or need.use)
    }
    for code, family in sorted(stale):
        kept = Q(floors__center__code=code) | Q(bags__center__code=code)
        for component in Component.objects.filter(kept, family=family, in_use=True).distinct():
            check = shelf_checks.ask(center=run.centers[code], component=component, now=run.now)
            asked += check.asked_at == run.now
    return asked


def _propose_transfers(run: Run) -> int:
    waiting = Transfer.objects.filter(
        state=Transfer.State.PROPOSED, origin=Transfer.Origin.PLANNER, asked_below_by=None
    )
    before, kept = set(waiting.values_list("pk", flat=True)), set()
    for wanted in run.decisions.transfers:
        sender, receiver = run.centers[wanted.source], run.centers[wanted.target]
        component = _stocked(sender, wanted.component, wanted.group)
        if component is None:
            continue
        made = planned_transfers.propose_by_plan(
            sender=sender,
            receiver=receiver,
            component=component,
            blood_group=wanted.group,
            count=wanted.bags,
            figures=planned_transfers.Figures(
                sender_before=_finite(wanted.source_cover[0]),
                sender_after=_finite(wanted.source_cover[1]),
                receiver_before=_finite(wanted.target_cover[0]),
                receiver_after=_finite(wanted.target_cover[1]),
                reserve=round(wanted.source_reserve),
                would_expire=wanted.expiring,
            ),
            now=run.now,
        )
        if made:
            kept.add(made.pk)
    over = before - kept
    for transfer in waiting.filter(pk__in=over):
        planned_transfers.withdraw_by_plan(transfer=transfer, now=run.now)
    return len(over) + len(kept - before)


def _finite(days: float) -> float | None:
    """Days of cover; None where nothing is used, so that cover would be without end."""
    return days if math.isfinite(days) else None


def _stocked(center: Center, family: str, group: str) -> Component | None:
    """The component of a family of which the centre has most."""
    level = (
        StockLevel.objects.filter(center=center, component__family=family, blood_group=group)
        .select_related("component")
        .order_by("-available", "component")
        .first()
    )
    return level.component if level else None


@dataclass
class Group:
    """The invitations of one appeal to one session."""

    invitations: list[Invitation] = field(default_factory=list)

    @property
    def people(self) -> int:
        return sum(invitation.people for invitation in self.invitations)


def _propose_waves(run: Run) -> int:
    barred = {(center, group) for center, _family, group in appeals.barred(run.now)}
    causes = Causes(run.snapshot, run.policy, run.lacks)
    cohorts = {cohort.id: cohort for cohort in run.snapshot.cohorts}
    groups: dict[Key, dict[str, Group]] = defaultdict(lambda: defaultdict(Group))
    for invitation in run.decisions.invitations:
        if invitation.hours > 0:
            continue
        key = causes.of(invitation, barred)
        if key:
            groups[key][invitation.session].invitations.append(invitation)
    open_appeals = _appeals(run, {*groups, *_alerted(run)})
    sessions = Session.objects.in_bulk(
        [int(name[1:]) for by_session in groups.values() for name in by_session]
    )
    changed = sum(appeal.opened_at == run.now for appeal in open_appeals.values())
    overdue = _overdue(run)
    kept: set[tuple[int, int]] = set()
    for key, by_session in groups.items():
        appeal = open_appeals.get(key)
        if appeal is None:
            continue
        worth = _worth(appeal, sum(g.people for g in by_session.values()), run)
        approved = overdue.get(appeal.pk, [])
        if {session_id(wave.session_id) for wave in approved} - set(by_session):
            # What a person said yes to leaves first; the next plan sees it and asks what is missing.
            people = sum(group.people for group in by_session.values())
            kept |= {(appeal.pk, pk) for pk in _leave_first(run, approved, people)}
            continue
        here = set(appeal.waves.filter(state__in=Wave.OPEN).values_list("session", flat=True))
        for name, group in sorted(by_session.items()):
            session = sessions[int(name[1:])]
            # What waits already is no supplement: a person may have said yes to it.
            if not worth and session.pk not in here:
                continue
            _wave(run, appeal, session, group, cohorts)
            changed += session.pk not in here
            kept.add((appeal.pk, session.pk))
    waiting = Wave.objects.filter(state__in=Wave.OPEN)
    over = [wave for wave in waiting if (wave.appeal_id, wave.session_id) not in kept]
    if quiet_until(
        run.now
    ):  # nothing may leave now: a person's yes is looked at when something may
        over = [wave for wave in over if wave.state != Wave.State.HELD]
    return changed + waves.drop(waves=over, now=run.now)


def _overdue(run: Run) -> dict[int, list[Wave]]:
    """By appeal the waves approved before the quiet hours, to a session where their people have a
    place and may still come to."""
    open_to = {s.id: s.free for s in run.snapshot.sessions if s.starts >= run.policy.earliest}
    found: dict[int, list[Wave]] = defaultdict(list)
    held = Wave.objects.filter(state=Wave.State.HELD, due_at__lte=run.now)
    for wave in held.order_by("due_at", "pk"):
        if wave.yeses <= open_to.get(session_id(wave.session_id), 0):
            found[wave.appeal_id].append(wave)
    return {} if quiet_until(run.now) else found


def _leave_first(run: Run, approved: list[Wave], people: int) -> Iterator[int]:
    """Approved waves up to the people that the plan would ask for the need; the keys of sessions."""
    for wave in approved:
        size = min(wave.size_wanted, people)
        if size:
            waves.shrink(wave=wave, people=size, plan=run.plan)
            people -= size
            yield wave.session_id


def _wave(
    run: Run, appeal: Appeal, session: Session, group: Group, cohorts: Mapping[str, Cohort]
) -> None:
    """The wave that waits for the appeal and session follows the plan."""
    parts = []
    for invitation in group.invitations:
        cohort, kind = cohorts[invitation.cohort], Kind.of(invitation.cohort)
        parts.append(
            waves.Part(
                kind.province,
                kind.group,
                kind.channel,
                invitation.people,
                invitation.expected_yeses / invitation.people,
                cohort.show,
                cohort.usable,
            )
        )
    order = orders.in_force(center=appeal.center, now=run.now)
    waves.propose(
        appeal=appeal,
        session=session,
        parts=parts,
        plan=run.plan,
        approval=_approval(order, appeal, group, parts),
        hold=timedelta(seconds=order.hold_seconds),
        donations=sum(i.expected_donations for i in group.invitations),
        reasons={"response": run.snapshot.response.factor},
        now=run.now,
    )


def _approval(order: orders.Order, appeal: Appeal, group: Group, parts: list[waves.Part]) -> str:
    asked = Province.objects.filter(pk__in={part.province for part in parts})
    elsewhere = asked.exclude(region=appeal.center.province.region_id).exists()
    return order.approver(people=group.people, other_region=elsewhere)


def _worth(appeal: Appeal, people: int, run: Run) -> bool:
    """Small supplements are gathered, so that a need does not write to one person a minute."""
    last = appeal.waves.filter(state=Wave.State.SENT).order_by("-ended_at").first()
    if last is None or last.ended_at is None or run.now - last.ended_at >= BETWEEN:
        return True
    return people >= SUPPLEMENT * sum(appeal.waves.values_list("size", flat=True))


def _alerted(run: Run) -> set[Key]:
    """Needs with an open alert and a figure that may be believed, and those with an open appeal."""
    alerts = StockAlert.objects.filter(closed_at=None).values_list(
        "floor__center__code", "floor__component__family", "floor__blood_group"
    )
    live = Appeal.objects.filter(state__in=Appeal.OPEN).values_list(
        "center__code", "component__family", "blood_group"
    )
    stopped = Appeal.objects.filter(state=Appeal.State.STOPPED, resumes_at__gt=run.now)
    silent = set(stopped.values_list("center__code", "component__family", "blood_group"))
    return {*alerts, *live} - silent


def _appeals(run: Run, keys: Iterable[Key]) -> dict[Key, Appeal]:
    found = {}
    for key in sorted(keys):
        need, center = run.needs.get(key), run.centers.get(key[0])
        if need is None or center is None:
            continue
        floor = (
            Floor.objects.filter(
                center=center, component__family=need.component, blood_group=need.group
            )
            .select_related("component")
            .order_by(F("ceiling").desc(), "component")
            .first()
        )
        component = floor.component if floor else _stocked(center, need.component, need.group)
        component = component or Component.objects.get(code=USUAL[Family(need.component)])
        alert = floor.alerts.filter(closed_at=None).first() if floor else None
        lack = run.lacks.bags.get(key, 0.0)
        found[key] = appeals.open_for(
            center=center,
            component=component,
            blood_group=need.group,
            needed=math.ceil(lack - 1e-6),
            reasons=arithmetic(run, need, lack),
            alert=alert,
            now=run.now,
        )
    return found


def arithmetic(run: Run, need: Need, lack: float) -> dict[str, Any]:
    """The figures behind a need, as its page shows them."""
    usable = run.rates.show.value * run.rates.usable
    return {
        "available": need.available,
        "on_the_way": round(
            sum(lot.bags * lot.chance for lot in need.quarantined)
            + sum(load.bags for load in need.in_transit)
        ),
        "target": round(need.target + need.reserve, 1),
        "reserve": round(need.reserve, 1),
        "daily_use": round(need.daily, 2),
        "missing": round(lack, 1),
        "usable_per_pledge": round(usable, 3),
        "pledges_wanted": math.ceil(lack / usable) if usable else 0,
        "figure_hours": round(need.figure_age, 1),
    }
