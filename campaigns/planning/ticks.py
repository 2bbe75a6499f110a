"""When a plan is made, and everything that happens then."""

from __future__ import annotations

import dataclasses
import math
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from campaigns.appeals import waves
from campaigns.models import Plan, PlanRequest, Wave
from campaigns.planner import Decisions, Policy, plan
from centers.models import StockAlert
from donors.clock.calendar import quiet_until
from donors.models import User

from . import rates, register, snapshots, states
from .carrying_out import Run, carry_out
from .causes import Lacks

EVERY = timedelta(seconds=60)
# Where nothing happened, plans take one part in so many of a worker's time at most.
SHARE = 10
KEPT_UNCHANGED = timedelta(hours=3)
# What was approved leaves by a plan no older than this: one of the evening says nothing of the morning.
LOOKED_AT = timedelta(minutes=10)
ONE_PLANNER = 8_092_024


def tick(*, now: datetime) -> Plan | None:
    """Send what is due; then plan, if something happened or a minute has passed.

    A wave that was approved and kept over the quiet hours leaves after the first plan that follows
    them, if that plan still has a use for it.
    """
    quiet, over_night = quiet_until(now) is not None, _kept_over_night(now)
    waves_sent = 0 if quiet or over_night else waves.send_due(now=now)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_PLANNER])
            if not cursor.fetchone()[0]:
                return None
        last = Plan.objects.order_by("-made_at").first()
        if last and not waves_sent and not over_night and not _is_due(last, now):
            return None
        made = make(now=now, last=last)
    if over_night:
        waves.send_due(now=now)
    return made


def _kept_over_night(now: datetime) -> bool:
    """Whether waves should have left by now and no plan has looked at them since the quiet hours."""
    if quiet_until(now) or not Wave.objects.filter(state=Wave.State.HELD, due_at__lte=now).exists():
        return False
    made = Plan.objects.order_by("-made_at").values_list("made_at", flat=True).first()
    return made is None or now - made > LOOKED_AT or quiet_until(made) is not None


def _is_due(last: Plan, now: datetime) -> bool:
    since = last.made_at
    return (
        now - since >= max(EVERY, SHARE * timedelta(milliseconds=last.took_ms))
        or PlanRequest.objects.filter(plan=None).exists()
        or StockAlert.objects.filter(opened_at__gt=since).exists()
        or StockAlert.objects.filter(closed_at__gt=since).exists()
    )


@transaction.atomic
def make(*, now: datetime, last: Plan | None = None, policy: Policy | None = None) -> Plan:
    """One plan of the country, carried out and kept."""
    counted_at, register_ms = _register(now, last)
    began = time.perf_counter()
    learnt = rates.learnt(now=now)
    policy = policy or Policy(curve=learnt.answer.curve)
    snapshot = snapshots.read(rates=learnt, policy=policy, now=now)
    decisions = plan(snapshot, policy)
    request = PlanRequest.objects.filter(plan=None).select_for_update(of=("self",)).first()
    row = Plan.objects.create(
        made_at=now,
        asked_by=request.by if request else None,
        changed=False,
        digest=decisions.digest,
        solver=decisions.solver,
        cost=decisions.cost,
        bound=decisions.bound,
        took_ms=0,
        register_at=counted_at,
        register_ms=register_ms,
        decisions=_decided(decisions),
        forecasts=[list(dataclasses.astuple(row)) for row in decisions.forecasts],
        uncovered=[list(dataclasses.astuple(row)) for row in decisions.uncovered],
    )
    lacks = Lacks.of(snapshot, policy)
    run = Run(row, snapshot, decisions, policy, learnt, lacks, now)
    done = carry_out(run)
    changed = states.follow(run) + len(done)
    took = int((time.perf_counter() - began) * 1000)
    Plan.objects.filter(pk=row.pk).update(changed=bool(changed), took_ms=took)
    PlanRequest.objects.filter(plan=None).update(plan=row)
    _forget(now)
    row.refresh_from_db()
    return row


def _register(now: datetime, last: Plan | None) -> tuple[datetime, int]:
    """When the register was counted, and the milliseconds that took: lately enough for its cost."""
    if last and last.register_at:
        rest = register.SHARE * timedelta(milliseconds=last.register_ms)
        if now - last.register_at < max(register.LEAST, rest):
            return last.register_at, last.register_ms
    began = time.perf_counter()
    register.renew(now=now)
    return now, int((time.perf_counter() - began) * 1000)


def _decided(decisions: Decisions) -> list[dict[str, object]]:
    parts = (
        ("transfer", decisions.transfers),
        ("invitation", decisions.invitations),
        ("stand_down", decisions.stand_downs),
    )
    made: list[dict[str, object]] = [
        {"kind": kind} | _finite(dataclasses.asdict(row)) for kind, rows in parts for row in rows
    ]
    return made + [{"kind": "confirm", "center": code} for code in decisions.confirm]


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """Cover without end, where nothing is used, is null: JSON has no infinity."""
    return {
        name: [_finite({"": one})[""] for one in value]
        if isinstance(value, tuple)
        else None
        if isinstance(value, float) and not math.isfinite(value)
        else value
        for name, value in row.items()
    }


def _forget(now: datetime) -> None:
    old = Plan.objects.filter(changed=False, made_at__lt=now - KEPT_UNCHANGED)
    old.filter(waves=None).delete()


def ask(*, by: User, now: datetime) -> None:
    """Somebody wants a plan now; the next run, within seconds, makes it."""
    PlanRequest.objects.create(at=now, by=by)
