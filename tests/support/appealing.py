"""Steps of an appeal, through the product's own rules."""

from __future__ import annotations

from datetime import timedelta

from django.test import override_settings
from django.utils import timezone

from campaigns.appeals import appeals, responses, waves
from campaigns.messaging import outbox
from campaigns.models import Appeal, Approval, Notification, Plan, Wave
from campaigns.planning import register, ticks
from centers.inventory import stock_levels
from centers.models import Center, Component, ShelfCheck, StockAlert
from donors.models import Donor

from . import factories

RED_CELLS = "RBC-SAGM"


def places(now, *, free: int = 20, at: Center | None = None):
    """Tomorrow's session with one slot of so many places."""
    return factories.session(at, places=free, days=1).slots.get()


def alert(now, *, group: str = "O+", ceiling: int = 5, at: Center | None = None) -> StockAlert:
    """An alert, opened by a floor over a shelf that somebody has just found empty."""
    at, component = at or factories.center(), Component.objects.get(code=RED_CELLS)
    looked_at(at, now)
    floor = stock_levels.set_floor(
        center=at,
        component=component,
        blood_group=group,
        routine=2,
        relief=0,
        ceiling=ceiling,
        now=now,
    )
    return floor.alerts.get()


def looked_at(center: Center, now, component: str = RED_CELLS) -> ShelfCheck:
    """The shelf of a component is as shown, says its keeper."""
    return ShelfCheck.objects.create(
        center=center,
        component_id=component,
        asked_at=now,
        answered_at=now,
        answered_by=factories.staff(center, "stock"),
    )


def planned(now) -> Plan:
    """A plan of this moment, with the register counted anew."""
    return ticks.make(now=now)


def sent(now) -> int:
    """Everything proposed is approved and leaves at once; returns how many people are asked."""
    by = factories.administrator()
    for wave in Wave.objects.filter(state=Wave.State.PROPOSED):
        waves.approve(wave=wave, by=by, hold=timedelta(0), now=now)
    return waves.send_due(now=now)


def asked(now) -> int:
    """A plan, approved and sent; returns how many people are asked by it."""
    planned(now)
    return sent(now)


def proposed(
    appeal: Appeal,
    now,
    *,
    people: int = 100,
    group: str = "O+",
    channels: tuple[str, ...] = ("email",),
    approval: str = Approval.NOBODY,
    hold: timedelta = timedelta(0),
) -> Wave:
    """A wave for so many people of the centre's province by each channel: numbers of the test, not
    of a plan. The register is counted anew."""
    register.renew(now=now)
    made = waves.propose(
        appeal=appeal,
        session=responses.slots(appeal, now).first().session,
        parts=[
            waves.Part(appeal.center.province_id, group, channel, people, 0.03, 0.8, 0.9)
            for channel in channels
        ],
        plan=Plan.objects.latest("made_at"),
        approval=approval,
        hold=hold,
        donations=0.02 * people,
        reasons={"response": 1.0},
        now=now,
    )
    assert made
    return made


def wave(appeal: Appeal, now, **wanted) -> Wave:
    """A wave of the test's own numbers that has left; ``size`` is how many people it asks."""
    made = proposed(appeal, now, **wanted)
    waves.send(pk=made.pk, now=now)
    made.refresh_from_db()
    return made


def opened(now, *, people: int = 3, free: int = 20, ceiling: int = 5) -> Appeal:
    """An open appeal that has asked so many people of the centre's province."""
    places(now, free=free)
    for _number in range(people):
        factories.donor(blood_group="O+")
    alert(now, ceiling=ceiling)
    asked(now)
    return Appeal.objects.get()


def shared(*, people: int) -> int:
    """The key of an opened appeal for all tests of a module; at any hour of the day."""
    with override_settings(QUIET_HOURS=(24, 0)):
        return opened(timezone.now(), people=people).pk


def invitation(appeal: Appeal, donor: Donor | None = None) -> Notification:
    rows = Notification.objects.filter(kind="appeal_invitation", subject_id=appeal.pk)
    return rows.filter(**({"donor": donor} if donor else {})).order_by("pk").first()


def invited(appeal: Appeal):
    return Notification.objects.filter(cause=appeals.invitation_cause(appeal)).order_by("pk")


def delivered(now) -> int:
    return outbox.deliver(now=now)


def later(now, **ago):
    return now + timedelta(**ago)
