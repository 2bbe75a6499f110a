"""Numbers handed out, voided, returned; the closing sheet with two signatures."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from centers.collection import arrivals, closing, number_ranges, phlebotomy
from centers.isbt128 import donation_numbers
from centers.models import Closing, Kit, NumberRange, Visit
from donors.errors import Refused
from donors.models import DeferralReason
from tests.support import blood, factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(reference):
    factories.give_facility("A9999", factories.center())
    return factories.session()


def give_out(session, count=10, **fields) -> NumberRange:
    return number_ranges.give_out(
        session=session, count=count, device="table 1", by=factories.user(), now=timezone.now(),
        **fields,
    )  # fmt: skip


def label(held: NumberRange, offset: int) -> str:
    din = f"{held.first[:7]}{int(held.first[7:]) + offset:06d}"
    return din + donation_numbers.check_character(din)


def bled(session, number: str, volume: int = 450):
    by = factories.staff(session.center, "collection")
    visit = factories.visit(session, factories.donor(), by)
    now = timezone.now()
    kit = Kit.objects.get(code="triple")
    begun = now - timedelta(minutes=8)
    phlebotomy.start(visit=visit, number=number, kit=kit, lot="L", arm="left", by=by, now=begun)
    stopped = "" if volume else "no_vein"
    return phlebotomy.end(
        visit=visit,
        number=number,
        volume=volume,
        stopped_because=stopped,
        submission_id=uuid.uuid4(),
        by=by,
        now=now,
    )


def test_the_next_free_numbers_are_given_out(session):
    one, two = give_out(session, 10), give_out(factories.session(), 5)
    assert re.fullmatch(r"A9999\d{2}\d{6}", one.first)
    assert int(two.first[7:]) == int(one.last[7:]) + 1
    assert (number_ranges.size(one), number_ranges.size(two)) == (10, 5)


def test_a_printed_roll_is_taken_over_by_its_first_label(session):
    din, check = factories.din(300_001)
    held = give_out(session, 20, first=din + check)
    assert (held.first, held.last) == (din, f"{din[:7]}300020")
    with pytest.raises(Refused, match="given out already"):
        give_out(
            factories.session(), 1, first=held.last + donation_numbers.check_character(held.last)
        )


def test_a_centre_without_a_facility_number_scans_its_roll(session):
    factories.give_facility("")
    session.center.refresh_from_db()
    with pytest.raises(Refused, match="first label of the roll"):
        give_out(session)


def test_two_ranges_never_share_a_number(session):
    held = give_out(session)
    assert "numbers_are_given_out_once" in refused(
        "INSERT INTO centers_numberrange (session_id, device, first, last, kept_last, issued_at,"
        " issued_by_id) SELECT session_id, 'x', last, last, '', now(), issued_by_id"
        " FROM centers_numberrange WHERE id = %s",
        held.pk,
    )


def test_a_number_of_another_session_is_refused(session):
    held = give_out(factories.session())
    with pytest.raises(Refused, match="another session"):
        bled(session, label(held, 0))
    give_out(session)
    with pytest.raises(Refused, match="none of those handed"):
        bled(session, "".join(factories.din()))


def test_a_voided_number_is_used_by_nobody(session):
    held = give_out(session)
    by, now = factories.user(), timezone.now()
    number_ranges.void(session=session, number=label(held, 3), because="label", by=by, now=now)
    with pytest.raises(Refused, match="voided"):
        bled(session, label(held, 3))
    bled(session, label(held, 0))
    with pytest.raises(Refused, match="already used"):
        number_ranges.void(session=session, number=label(held, 0), because="label", by=by, now=now)
    with pytest.raises(Refused, match="voided already"):
        number_ranges.void(session=session, number=label(held, 3), because="lost", by=by, now=now)
    assert "append-only" in refused("DELETE FROM centers_voidednumber")
    assert number_ranges.account(session) == number_ranges.Account(issued=10, used=1, voided=1)


def test_numbers_that_were_skipped_are_named(session):
    held = give_out(session)
    bled(session, label(held, 2))
    assert number_ranges.loose(session) == [label(held, 0)[:13], label(held, 1)[:13]]


def closed(session):
    session.state = "closed"
    session.save(update_fields=["state"])
    return session


def countersign(drive, by=None, **counted):
    sheet = drive.closing if hasattr(drive, "closing") else None
    said = {"returned": sheet.returned, "bags": sheet.bags} if sheet else {"returned": 0, "bags": 0}
    said |= {"by": by or factories.user(), "now": timezone.now()} | counted
    return closing.countersign(session=drive, **said)


def sign(session, by=None, **counted) -> Closing:
    said = {"returned": 7, "bags": 2, "explanation": ""} | counted
    return closing.sign(session=session, by=by or factories.user(), now=timezone.now(), **said)


@pytest.fixture
def drive(session):
    """Ten numbers: two donations, one empty bag; one person deferred."""
    held = give_out(session)
    bled(session, label(held, 0))
    bled(session, label(held, 1))
    bled(session, label(held, 2), volume=0)
    Visit.objects.create(
        session=session, donor=factories.donor(), arrived_at=timezone.now(),
        arrived_by=factories.user(), outcome="deferred", decided_at=timezone.now(),
        decided_by=factories.user(),
    )  # fmt: skip
    return session


def test_the_sheet_balances_and_two_people_sign(drive):
    with pytest.raises(Refused, match="Close the session"):
        sign(drive)
    closed(drive)
    first, second = factories.user(), factories.user()
    sheet = sign(drive, first)
    assert (sheet.arrived, sheet.deferred, sheet.given, sheet.failed) == (4, 1, 2, 1)
    assert (sheet.issued, sheet.used, sheet.voided, sheet.recorded_bags) == (10, 2, 1, 2)
    with pytest.raises(Refused, match="another person"):
        countersign(drive, by=first)
    countersign(drive, by=second)
    with pytest.raises(Refused, match="both signatures"):
        sign(drive)
    assert not Visit.objects.filter(session=drive, left_at=None, bleeding__isnull=False).exists()


def test_what_came_back_is_given_out_again(drive):
    held = drive.ranges.get()
    closed(drive)
    sign(drive)
    countersign(drive, by=factories.user())
    held.refresh_from_db()
    assert held.kept_last == label(held, 2)[:13]
    again = give_out(factories.session(), 3, first=label(held, 3))
    assert again.first == label(held, 3)[:13]
    assert "only when its rest" in refused("UPDATE centers_numberrange SET device = 'x'")


@pytest.mark.parametrize("counted", [{"returned": 6}, {"bags": 3}])
def test_a_difference_is_explained(drive, counted):
    closed(drive)
    with pytest.raises(Refused, match="differs"):
        sign(drive, **counted)
    sheet = sign(drive, explanation="one label fell into the bin", **counted)
    assert sheet.explanation
    assert "explains_what_differs" in refused("UPDATE centers_closing SET explanation = ''")


def test_the_sheet_waits_for_everybody(drive):
    by = factories.user()
    visit = factories.visit(drive, factories.donor(), by)
    closed(drive)
    with pytest.raises(Refused, match="accepted and gave nothing"):
        sign(drive)
    Visit.objects.filter(pk=visit.pk).update(outcome="left")
    assert sign(drive).left == 1


def test_nobody_comes_back_to_a_signed_sheet(drive):
    visit = factories.visit(drive, factories.donor(), factories.user())
    arrivals.leave(visit=visit, **factories.acts())
    closed(drive)
    sign(drive)
    countersign(drive, by=factories.user())
    visit = Visit.objects.select_related("session", "donor").get(pk=visit.pk)
    with pytest.raises(Refused, match="not open"):
        arrivals.come_back(visit=visit, now=timezone.now())
    assert "closing sheet" in refused(
        "UPDATE centers_visit SET outcome = '' WHERE id = %s", visit.pk
    )
    reason = DeferralReason.objects.get(code="MA-HIJAMA")
    arrivals.defer(visit=visit, reason=reason, **factories.acts())
    visit.refresh_from_db()
    assert visit.outcome == "left" and visit.donor.deferrals.filter(reason=reason).exists()


def test_records_that_changed_are_signed_again(drive):
    closed(drive)
    sign(drive)
    blood.record(factories.visit(drive, factories.donor(), factories.user()))
    with pytest.raises(Refused, match="changed since"):
        countersign(drive, by=factories.user())


def test_a_signed_sheet_never_changes(drive):
    closed(drive)
    sign(drive)
    assert "signed_by_two" in refused(
        "UPDATE centers_closing SET second_at = now(), second_by_id = first_by_id"
    )
    assert "what the first one saw" in refused(
        "UPDATE centers_closing SET second_at = now(), second_by_id = %s, given = 9, explanation = 'x'",
        factories.user().pk,
    )
    countersign(drive, by=factories.user())
    assert "never changed" in refused("UPDATE centers_closing SET bags = 9, explanation = 'x'")
    assert "never deleted" in refused("DELETE FROM centers_closing")
    assert "closing sheet" in refused(
        "INSERT INTO centers_visit (public_id, session_id, donor_id, arrived_at, arrived_by_id,"
        " outcome, cleared_because) VALUES (gen_random_uuid(), %s, %s, now(), %s, '', '')",
        drive.pk,
        factories.donor().pk,
        factories.user().pk,
    )
