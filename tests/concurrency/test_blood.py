"""Two people at once: real threads, each with its own connection to a real Postgres."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connection
from django.utils import timezone, translation

from centers.collection import arrivals
from centers.distribution import issuing
from centers.inventory import recalls, stock
from centers.laboratory import analysers, release, screening
from centers.models import (
    Appointment,
    Bag,
    Bleeding,
    Donation,
    Issue,
    Movement,
    Pick,
    Result,
    StockLevel,
)
from centers.sessions import booking
from donors.errors import Refused
from donors.models import Deferral, DeferralReason
from tests.support import blood, factories, machines, supply


def together(*acts: Callable[[], object]) -> list[object]:
    """Results of the acts, or the sentences of their refusals; all start at the same moment."""
    gate = threading.Barrier(len(acts))

    def run(act):
        try:
            with translation.override("en"):
                gate.wait(timeout=20)
                return act()
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def sentences(answers) -> list[str]:
    return [answer for answer in answers if isinstance(answer, str)]


def visit():
    at = factories.center()
    by = factories.staff(at, "collection")
    return factories.visit(factories.session(at), factories.donor(), by)


def test_one_number_for_two_donors_is_one_donation(committed):
    label = "".join(factories.din())
    acts = [partial(blood.give, visit(), number=label) for _ in range(4)]
    answers = together(*acts)
    assert sentences(answers) == ["This donation number was already used."] * 3
    assert Donation.objects.get().din == label[:13]
    assert (Bag.objects.count(), Movement.objects.count()) == (1, 1)
    assert Deferral.objects.count() == 1


def test_one_form_sent_ten_times_is_one_donation(committed):
    same = {"number": "".join(factories.din()), "submission_id": uuid.uuid4()}
    there = visit()
    answers = together(*[lambda: blood.give(there, **same) for _ in range(10)])
    assert len({answer.pk for answer in answers}) == 1
    assert Bleeding.objects.count() == 1
    assert (Donation.objects.count(), Bag.objects.count()) == (1, 1)


def test_two_numbers_for_one_visit_are_one_donation(committed):
    there = visit()
    answers = together(*[lambda: blood.give(there) for _ in range(6)])
    assert len(sentences(answers)) == 5
    assert (Donation.objects.count(), Bag.objects.count()) == (1, 1)


def test_one_donor_at_two_sessions_gives_once(committed):
    one = visit()
    two = factories.visit(factories.session(), one.donor, one.decided_by)
    answers = together(lambda: blood.give(one), lambda: blood.give(two))
    assert len(sentences(answers)) == 1
    assert Donation.objects.count() == 1


def test_deferred_while_the_donation_is_recorded_stops_it_or_takes_its_bag(committed):
    reason = DeferralReason.objects.get(code="MA-HIJAMA")
    for _ in range(5):
        there = visit()
        doctor = factories.user()
        answers = together(
            lambda v=there: blood.give(v),
            lambda v=there, d=doctor: arrivals.defer(
                visit=v, reason=reason, by=d, now=timezone.now()
            ),
        )
        there.refresh_from_db()
        given = Donation.objects.filter(visit=there).first()
        assert (there.outcome == "deferred") is not bool(given)
        assert len(sentences(answers)) == (not given)
        live = Deferral.objects.live(timezone.localdate()).filter(donor=there.donor)
        assert live.filter(reason=reason).exists()  # nothing of the day is released any more


def test_one_entry_by_twenty_readers_is_one_entry(committed):
    donation = blood.give()
    readers = [factories.user() for _ in range(20)]
    answers = together(
        *[
            lambda n=n, r=r: screening.enter(
                donation=donation,
                outcomes=blood.ALL_NEGATIVE,
                technique=f"technique {n}",
                lot=f"lot {n}",
                by=r,
                now=timezone.now(),
            )
            for n, r in enumerate(readers)
        ]
    )
    by_entry = Result.objects.values_list("entry", "entered_by").distinct()
    assert len(by_entry) == 2 and len({person for _entry, person in by_entry}) == 2
    assert len(sentences(answers)) == 18


def test_one_file_handed_in_by_two_is_applied_once(committed):
    donation = blood.give()
    machine = machines.analyser(donation.center)
    line = f"{donation.din};HIV Ag/Ab;NEG;1"
    runs = [machines.handed_in(machine, factories.user(), line) for _ in range(8)]
    answers = together(
        *[
            lambda r=r: analysers.apply(handed_in=r, by=r.handed_in_by, now=timezone.now())
            for r in runs
        ]
    )
    assert len(sentences(answers)) == 7 and donation.results.count() == 1


def test_one_donation_released_twenty_times_is_released_once(committed):
    donation = blood.tested()
    people = [factories.staff(donation.center, "doctor") for _ in range(20)]
    answers = together(
        *[lambda p=p: release.release(donation=donation, by=p, now=timezone.now()) for p in people]
    )
    assert len(sentences(answers)) == 19
    assert Movement.objects.filter(to_state="released").count() == 3
    assert level().quarantined == 0


def test_bad_news_beside_a_recall_is_never_refused(committed):
    """Both block the bags of one donation at once; the second finds them blocked."""
    donations = [blood.give() for _turn in range(8)]
    reader, caller = factories.user(), factories.user()

    def read(donation):
        said = {"outcomes": {"HIV": "reactive"}, "technique": "", "lot": "", "by": reader}
        return screening.enter(donation=donation, now=timezone.now(), **said)

    def call(donation):
        said = {"cause": "call", "because": "x", "by": caller, "now": timezone.now()}
        return recalls.begin(donation=donation, **said)

    acts = [act for d in donations for act in (lambda d=d: read(d), lambda d=d: call(d))]
    done = together(*acts)
    assert not [outcome for outcome in done if isinstance(outcome, Exception)]
    assert Result.objects.filter(outcome="reactive").count() == len(donations)
    assert set(Bag.objects.values_list("state", flat=True)) == {"blocked"}


def test_one_bag_issued_twenty_times_is_issued_once(committed):
    bag = blood.red_cells()
    by, waits = factories.staff(bag.center, "stock"), supply.picked(fresh(bag))
    answers = together(*[partial(issue, waits, by) for _n in range(20)])
    assert len(sentences(answers)) == 19
    assert (Issue.objects.count(), level().available) == (1, 0)


def test_issued_and_discarded_at_once_is_one_of_them(committed):
    bag = blood.red_cells()
    by, waits = factories.staff(bag.center, "stock"), supply.picked(fresh(bag))
    answers = together(
        partial(issue, waits, by),
        partial(stock.discard, bag=fresh(bag), reason="broken", by=by, now=timezone.now()),
    )
    assert len(sentences(answers)) == 1
    assert level().available == 0


def test_last_place_goes_to_one_of_twenty(committed):
    slot = factories.session(places=1, days=1).slots.get()
    donors = [factories.donor() for _ in range(20)]
    answers = together(
        *[lambda d=d: booking.book(slot=slot, donor=d, now=timezone.now()) for d in donors]
    )
    assert sentences(answers) == ["This time is full. Choose another one."] * 19
    slot.refresh_from_db()
    assert (slot.taken, Appointment.objects.count()) == (1, 1)


def test_levels_are_the_fold_of_movements_after_a_busy_hour(committed):
    tested = [blood.tested() for _ in range(4)]
    doctor = factories.staff(factories.center(), "doctor")
    by = factories.staff(factories.center(), "stock")
    moment = timezone.now
    acts = [lambda d=d: release.release(donation=d, by=doctor, now=moment()) for d in tested] + [
        lambda: stock.confirm_unchanged(center=by.jobs.get().center, by=by, now=moment())
    ] * 3
    acts += [partial(blood.give, visit()) for _ in range(4)]
    assert not sentences(together(*acts))
    for row in StockLevel.objects.all():
        bags = Bag.objects.filter(
            center=row.center_id, component=row.component_id, blood_group=row.blood_group
        )
        assert row.available == bags.filter(state="available").count()
        assert row.quarantined == bags.filter(state="quarantined").count()


def level() -> StockLevel:
    return StockLevel.objects.get(component="RBC-SAGM", blood_group="O+")


def fresh(bag: Bag) -> Bag:
    return Bag.objects.select_related("component", "center").get(pk=bag.pk)


def issue(picked: Pick, by) -> Issue:
    said = {"request": picked.request, "bag": fresh(picked.bag), "scanned_group": "O+"}
    return issuing.issue(**said, by=by, now=timezone.now())


def test_gone_while_the_doctor_defers_is_deferred_and_told(committed):
    reason = DeferralReason.objects.get(code="MA-HIJAMA")
    for _ in range(12):
        there, by = visit(), factories.user()
        said = {"visit": there, "by": by, "now": timezone.now()}
        results = together(
            lambda s=said: arrivals.defer(reason=reason, **s),
            lambda s=said: arrivals.leave(**s),
        )
        there.refresh_from_db()
        assert there.outcome == "deferred"
        assert results in ([None, None], [None, "Somebody else has just decided about this donor."])
