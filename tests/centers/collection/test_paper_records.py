"""Papers of a session without a network: two people type the same, then the records are written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from centers.collection import closing, paper_records
from centers.models import Bag, Bleeding, Keying, PaperRecord, Session, VoidedNumber
from donors.eligibility import questionnaire
from donors.errors import Refused
from donors.models import AccessLog, DeferralReason
from tests.support import factories
from tests.support.attack import refused
from tests.support.papers import answered, begun, key, sheet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rows(reference, settings):
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture
def drive():
    """Yesterday's session, closed; it began at nine."""
    session = factories.session()
    begins = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    begins -= timedelta(days=1)
    Session.objects.filter(pk=session.pk).update(
        starts_at=begins, ends_at=begins + timedelta(hours=6), state="closed"
    )
    session.refresh_from_db()
    return session


@pytest.fixture
def record(drive):
    return begun(drive, factories.donor())


def test_two_readings_that_agree_are_in_the_records_with_the_day_of_the_session(record, drive):
    read = sheet(record)
    assert key(record, read) is None
    assert not drive.visits.exists()
    visit = key(record, read)
    donation = visit.donation
    day = timezone.localdate(drive.starts_at)
    assert (donation.mode, donation.collected_on, donation.volume) == ("paper", day, 450)
    assert donation.captured_at == visit.bleeding.ended_at == visit.left_at
    assert donation.received_at.date() == timezone.now().date() and donation.conflict == ""
    assert f"{timezone.localtime(visit.arrived_at):%H:%M}" == "09:05"
    assert visit.outcome == "accepted" and visit.decided_by_id == read.decided_by
    assert visit.bleeding.started_by_id == read.taken_by
    bag = Bag.objects.get()
    assert (bag.state, bag.collected_on) == ("quarantined", day)
    assert donation.donor.deferrals.get(reason__code="MA-INTERVAL").starts_on == day


def test_the_same_person_twice_is_one_reading(record):
    read, clerk = sheet(record), factories.user()
    assert key(record, read, clerk) is None and key(record, read, clerk) is None
    assert not record.session.visits.exists()


def test_readings_that_differ_wait_until_any_two_agree(record):
    read = sheet(record)
    first, second = factories.user(), factories.user()
    key(record, replace(read, volume=405), first)
    assert key(record, read, second) is None
    said = paper_records.differing(paper=record, sheet=read, by=second)
    assert said == ["volume"]
    waiting = paper_records.waiting(session=record.session, by=second)[0]
    assert waiting.disagree and waiting.mine
    assert key(record, read, first).donation.volume == 450
    assert Keying.objects.count() == 3
    assert paper_records.waiting(session=record.session, by=second) == []


def test_what_a_person_typed_is_shown_to_them_alone_and_lies_sealed(record):
    first, now = factories.user(), timezone.now()
    read = sheet(record)
    key(record, read, first)
    assert paper_records.open_sheet(paper=record, by=first, now=now) == read
    assert paper_records.open_sheet(paper=record, by=factories.user(), now=now) is None
    assert b"LOT-1" not in bytes(Keying.objects.get().contents)
    assert AccessLog.objects.filter(donor=record.donor, reason="paper record").count() == 3


def test_an_answer_that_differs_is_named_by_its_question(record):
    read = sheet(record)
    code = next(iter(read.answers))
    other = replace(read, answers=read.answers | {code: [True, None]})
    assert read.differs(other) == [code]
    assert read.differs(replace(read, because="other words")) == []


def test_an_answer_against_giving_needs_the_doctor_of_the_paper(record):
    question = next(q for q in questionnaire.questions(sex=record.donor.sex) if not q.asks_when)
    said = answered(record.donor, **{question.code: None})
    read = sheet(record, answers=said)
    with pytest.raises(Refused, match="which doctor") as refusal:
        key(record, read)
    assert refusal.value.field == "doctor" and not Keying.objects.exists()
    signed = replace(read, doctor=factories.user().pk, because="talked over")
    key(record, signed)
    visit = key(record, signed)
    assert (visit.cleared_by_id, visit.cleared_because) == (
        signed.doctor,
        "As the doctor signed on the paper: talked over",
    )
    assert visit.donation.conflict == ""


def test_a_donor_who_might_not_have_given_is_kept_and_the_bags_are_blocked(record):
    read = sheet(record, haemoglobin=90)
    key(record, read)
    visit = key(record, read)
    assert visit.outcome == "deferred" and visit.donation.conflict == "visit_not_accepted"
    assert visit.bleeding.din == visit.donation.din
    assert Bag.objects.get().state == "blocked"


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"started": "09:00"}, "times_sure", "before the donor had arrived"),
        ({"ended": "09:21"}, "times_sure", "so fast"),
        ({"ended": "10:20"}, "times_sure", "in for 60 minutes"),
        ({"ended": "09:10"}, "ended", "before the one above"),
        ({"ended": "23:50"}, "ended", "no session"),
    ],
)
def test_a_time_that_cannot_have_been_is_refused(record, changed, field, sentence):
    with pytest.raises(Refused, match=sentence) as refusal:
        key(record, sheet(record, **changed))
    assert refusal.value.field == field


def test_the_clock_of_a_night_session_goes_past_midnight(drive):
    night = drive.starts_at + timedelta(hours=12)
    Session.objects.filter(pk=drive.pk).update(starts_at=night, ends_at=night + timedelta(hours=5))
    drive.refresh_from_db()
    after = paper_records.moment(drive, "01:30")
    assert after - night == timedelta(hours=4, minutes=30)


def test_nothing_in_the_bag_voids_the_number(record):
    read = sheet(record, outcome=paper_records.EMPTY, volume=None, stopped_because="vein")
    key(record, read)
    visit = key(record, read)
    assert not hasattr(visit, "donation") and not Bag.objects.exists()
    assert VoidedNumber.objects.get().din == read.number[:13]


def test_deferred_and_gone_come_into_the_records_too(drive):
    one, other = begun(drive, factories.donor()), begun(drive, factories.donor())
    reason = DeferralReason.objects.filter(kind="temporary", in_use=True, value__gte=1).first()
    doctor = factories.user().pk
    deferred = paper_records.Sheet(
        outcome=paper_records.DEFERRED,
        arrived="10:00",
        answers={},
        decided_by=doctor,
        reason=reason.code,
    )
    gone = paper_records.Sheet(outcome=paper_records.LEFT, arrived="10:05", answers={})
    for record, read in ((one, deferred), (other, gone)):
        key(record, read)
        key(record, read)
    assert sorted(drive.visits.values_list("outcome", flat=True)) == ["deferred", "left"]
    assert one.donor.deferrals.get().starts_on == timezone.localdate(drive.starts_at)


def test_a_used_number_is_refused_and_the_paper_stays_on_the_pile(record, drive):
    read = sheet(record)
    key(record, read)
    key(record, read)
    other = begun(drive, factories.donor())
    again = sheet(other, number=read.number)
    with pytest.raises(Refused, match="already used") as refusal:
        key(other, again)
    assert refusal.value.field == "number"
    assert not drive.visits.filter(donor=other.donor).exists()


def test_a_paper_is_taken_up_once_and_can_be_dropped(record, drive):
    assert begun(drive, record.donor) == record
    paper_records.drop(paper=record, by=factories.user(), now=timezone.now())
    with pytest.raises(Refused, match="dealt with"):
        key(record, sheet(record))
    assert begun(drive, record.donor) != record


def test_no_paper_of_a_session_to_come_or_of_a_visit_entered_already(drive):
    with pytest.raises(Refused, match="not been held"):
        begun(factories.session(days=3), factories.donor())
    visit = factories.visit(factories.session(), factories.donor(), factories.user())
    with pytest.raises(Refused, match="entered already"):
        begun(visit.session, visit.donor)


def test_the_sheet_of_the_session_waits_for_its_papers_and_names_the_late_ones(record, drive):
    found = closing.figures(drive)
    assert any("Papers" in line for line in closing.against(drive, found))
    paper_records.drop(paper=record, by=factories.user(), now=timezone.now())
    now, first = timezone.now(), factories.user()
    closing.sign(session=drive, returned=0, bags=0, explanation="", by=first, now=now)
    signed = closing.countersign(session=drive, returned=0, bags=0, by=factories.user(), now=now)
    assert closing.late(signed) == 0
    reason = DeferralReason.objects.filter(in_use=True, kind="temporary").first()
    deferred = paper_records.Sheet(
        outcome=paper_records.DEFERRED,
        arrived="10:00",
        answers={},
        decided_by=factories.staff(drive.center, "doctor").pk,
        reason=reason.code,
    )
    for change in (None, deferred):
        late = begun(drive, factories.donor())
        read = change or sheet(late)
        key(late, read)
        key(late, read)
    assert closing.late(signed) == 2
    assert sorted(drive.visits.values_list("outcome", flat=True)) == ["accepted", "deferred"]


def test_the_database_itself_wants_two_people(record):
    read, clerk = sheet(record), factories.user()
    key(record, read, clerk)
    key(record, read, clerk)
    visit = factories.visit(record.session, record.donor, clerk)
    set_visit = "UPDATE centers_paperrecord SET visit_id = %s, written_at = now()"
    assert "typed by two" in refused(set_visit, visit.pk)
    with pytest.raises(IntegrityError, match="typed by two"), transaction.atomic():
        factories.donation(visit, clerk, mode="paper")
    Keying.objects.create(paper=record, contents=b"x", at=timezone.now(), by=factories.user())
    stranger = factories.visit(record.session, factories.donor(), clerk)
    assert "another donor" in refused(set_visit, stranger.pk)
    for table, change in (("keying", "at = now()"), ("paperrecord", "begun_at = now()")):
        refused(f"UPDATE centers_{table} SET {change}")
        refused(f"DELETE FROM centers_{table}")


class TestPages:
    @pytest.fixture(autouse=True)
    def _session(self, drive):
        self.drive = drive
        self.nurse = factories.staff(drive.center, "collection", "doctor")

    def filled(self, number, **changed):
        values = {
            "outcome": "given",
            "arrived": "9:05",
            "haemoglobin": "14,2",
            "pressure": "12/8",
            "weight": "71",
            "temperature": "368",
            "decided_by": self.nurse.pk,
            "number": number,
            "kit": "triple",
            "lot": "LOT-1",
            "arm": "left",
            "started": "9h20",
            "ended": "0930",
            "volume": "450",
            "taken_by": self.nurse.pk,
            "all_asked": "on",
        }
        return values | changed

    def test_from_the_search_to_the_records_by_two_clerks(self, client):
        donor = factories.donor(document_number="TA778899")
        one, two = (factories.staff(self.drive.center, "reception") for _ in range(2))
        client.force_login(one)
        pile = f"/en/centre/sessions/{self.drive.public_id}/paper/"
        page = client.post(pile, {"text": "TA778899"})
        assert "Type the paper" in page.content.decode()
        page = client.post(pile + "begin/", {"donor": donor.public_id}, follow=True)
        address = page.redirect_chain[-1][0]
        number = "=" + factories.din()[0] + "00"
        page = client.post(address, self.filled(number), follow=True)
        assert "another person types" in page.content.decode()
        client.force_login(two)
        typed = client.get(address).content.decode()
        assert "LOT-1" not in typed
        page = client.post(address, self.filled(number, volume="405"))
        text = page.content.decode()
        assert page.status_code == 200 and "read this otherwise" in text and "405" in text
        page = client.post(address, self.filled(number), follow=True)
        assert "in the records" in page.content.decode()
        assert Bleeding.objects.get().visit.donor == donor

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"outcome": ""}, "Choose how the visit ended"),
            ({"started": "quarter past"}, "Write the time like 14:05"),
            ({"volume": ""}, "Copy this from the paper"),
            ({"haemoglobin": "1"}, "Write the haemoglobin"),
            ({"all_asked": ""}, "Compare every answer"),
            ({"outcome": "deferred", "reason": ""}, "Copy this from the paper"),
            ({"number": "A99"}, "13 characters"),
        ],
    )
    def test_a_slip_gets_its_sentence_and_nothing_typed_is_lost(self, client, changed, sentence):
        record = begun(self.drive, factories.donor())
        client.force_login(factories.staff(self.drive.center, "reception"))
        filled = self.filled("=" + factories.din()[0] + "00") | changed
        page = client.post(f"/en/centre/paper/{record.public_id}/", filled)
        text = page.content.decode()
        assert page.status_code == 200 and sentence in text and "LOT-1" in text
        assert not Keying.objects.exists()

    def test_somebody_new_is_registered_from_the_paper(self, client):
        client.force_login(factories.staff(self.drive.center, "reception"))
        person = {
            "family_name": "Amrani",
            "given_name": "Salma",
            "birth_date": "07/03/1990",
            "sex": "F",
            "language": "ar",
        }
        address = f"/en/centre/sessions/{self.drive.public_id}/paper/register/"
        page = client.post(address, person, follow=True)
        assert page.status_code == 200 and "Salma" in page.content.decode()
        record = PaperRecord.objects.get()
        assert record.donor.family_name == "Amrani" and not self.drive.visits.exists()
        client.post(f"/en/centre/paper/{record.public_id}/drop/")
        record.refresh_from_db()
        assert record.dropped_at
        pile = client.get(f"/en/centre/sessions/{self.drive.public_id}/paper/")
        assert "Salma" not in pile.content.decode()
