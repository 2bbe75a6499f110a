"""What was used and who came, by day."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from centers.inventory import demand
from centers.inventory.demand import Shows, WalkIns
from centers.models import Appointment, Bag, Movement, Session, Slot, Visit
from donors.clock.calendar import MOROCCO
from tests.support import blood, factories, supply
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 20, 9, tzinfo=MOROCCO)


def issued(at: datetime) -> Bag:
    bag = supply.fresh(blood.red_cells())
    supply.issue(bag=bag)
    with past_the_guards():
        Movement.objects.filter(bag=bag, to_state="issued").update(at=at)
    return bag


def test_issues_by_moroccan_day_with_zeros(reference):
    for at in (
        datetime(2026, 5, 16, 23, 59, tzinfo=MOROCCO),  # the day before the first
        datetime(2026, 5, 17, 0, 0, tzinfo=MOROCCO),
        datetime(2026, 5, 19, 0, 10, tzinfo=MOROCCO),  # still 18 May, 23:10, in UTC
        datetime(2026, 5, 19, 23, 50, tzinfo=MOROCCO),
        datetime(2026, 5, 20, 1, 0, tzinfo=MOROCCO),  # today is not over
    ):
        bag = issued(at)
    assert demand.daily(days=3, now=NOW) == {(bag.center_id, "red_cells", "O+"): [1, 0, 2]}
    assert demand.daily(days=3, now=NOW, center=factories.center("CRTS-FES")) == {}
    plasma = bag.donation.bags.get(component="FFP").component
    assert demand.daily(days=3, now=NOW, component=plasma) == {}


def test_a_transfer_is_no_use(reference):
    bag = supply.fresh(blood.red_cells())
    supply.moved(bag, factories.center("CRTS-FES"))
    assert demand.daily(days=2, now=timezone.now() + timedelta(days=1)) == {}


def session(kind: str = "fixed", **fields) -> Session:
    made = factories.session(factories.center(), places=10)
    values = {"state": "closed", "kind": kind, "starts_at": NOW - timedelta(days=2)} | fields
    values["ends_at"] = values["starts_at"] + timedelta(hours=6)
    with past_the_guards():
        Session.objects.filter(pk=made.pk).update(**values)
    return made


def came(at: Session, appointment: Appointment | None = None, **fields) -> Visit:
    donor = appointment.donor if appointment else factories.donor()
    with past_the_guards():
        return Visit.objects.create(
            session=at,
            donor=donor,
            appointment=appointment,
            arrived_at=NOW,
            arrived_by=factories.user(),
            **fields,
        )


def booked(at: Session, state: str = "arrived") -> Appointment:
    slot = Slot.objects.filter(session=at).first()
    with past_the_guards():
        return Appointment.objects.create(
            slot=slot,
            donor=factories.donor(),
            state=state,
            made_at=NOW,
            settled_at=None if state == "booked" else NOW,
        )


def test_walk_ins_by_centre_and_by_kind_where_there_are_enough(reference):
    here = factories.center().pk
    fixed = [session() for _ in range(10)]
    for each in fixed[:3]:
        came(each)
    came(session("mobile"))
    came(fixed[0], booked(fixed[0]))
    came(session(walk_ins=False))
    came(session(state="cancelled"))
    came(session(starts_at=NOW - timedelta(days=40)))
    found = demand.walk_ins(days=30, now=NOW)
    assert found == {(here, ""): WalkIns(11, 4), (here, "fixed"): WalkIns(10, 3)}
    assert found[here, "fixed"].mean == pytest.approx(0.3)


def test_of_the_booked_those_who_came_and_gave(reference):
    at = session()
    decided = {"decided_at": NOW, "decided_by": factories.user(), **factories.MEASURES}
    for state in ("missed", "cancelled", "booked", "arrived"):
        booked(at, state)
    came(at, booked(at), outcome="deferred", **decided)
    gave = [came(at, booked(at), outcome="accepted", **decided) for _ in range(3)]
    usable, waiting = blood.red_cells().donation, blood.tested()
    with past_the_guards():
        for visit, donation in zip(gave, (usable, waiting), strict=False):
            type(donation).objects.filter(pk=donation.pk).update(visit=visit, session=at)
    found = demand.shows(days=30, now=NOW)[at.center_id]
    assert found == Shows(booked=7, came=5, accepted=3, gave=2, usable=1, waiting=1)
