from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Addressee, Campaign, Memo, Notification, Operation
from campaigns.operations import operations
from campaigns.organising import addressee_answers
from donors.errors import Refused
from donors.models import Province, Unit
from tests.support import asking, factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def memo(reference):
    return asking.memo("SR-TAZ", "PP-OUJ", "CP-GUF")


def answer(memo, code: str, **said) -> Addressee:
    row = memo.addressees.get(unit__code=code)
    now = timezone.now()
    said = {"planned_on": timezone.localdate() + timedelta(days=3), "expected_donors": 60} | said
    addressee_answers.answer_will(
        addressee=row, center=factories.center(), by=factories.officer(row.unit), now=now, **said
    )
    row.refresh_from_db()
    return row


def test_memo_reaches_each_addressed_unit_once_and_tells_its_officers(reference):
    officer = factories.officer(factories.unit("SR-TAZ"))
    factories.officer(factories.unit("PP-FES"))
    memo = asking.memo("SR-TAZ", "PP-OUJ")
    assert {a.unit.code for a in memo.addressees.all()} == {"SR-TAZ", "PP-OUJ"}
    message = Notification.objects.get(kind="memo_issued")
    assert (message.user, message.cause, message.state) == (officer, f"memo:{memo.pk}", "pending")


def test_memo_is_not_addressed_to_its_issuer(reference):
    memo = asking.memo("DGSN", "SR-TAZ")
    assert [a.unit.code for a in memo.addressees.all()] == ["SR-TAZ"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"deadline_at": timezone.now() - timedelta(days=1)}, "deadline_on"),
        ({"addressed": Unit.objects.none}, "scope"),
    ],
)
def test_memo_that_cannot_be_answered_is_not_issued(reference, change, field):
    change = {k: v() if callable(v) else v for k, v in change.items()}
    with pytest.raises(Refused) as no:
        asking.memo("SR-TAZ", **change)
    assert no.value.field == field and not Memo.objects.exists()


def test_memo_has_its_reference_alone(memo):
    with pytest.raises(Refused) as no:
        asking.memo("PP-FES", reference=memo.reference)
    assert no.value.field == "reference" and Memo.objects.count() == 1


def test_closed_operation_issues_nothing(memo):
    operations.close(operation=memo.operation, by=memo.issued_by, now=timezone.now(), because="x")
    with pytest.raises(Refused, match="closed"):
        asking.memo("PP-FES", operation=Operation.objects.get())


def test_answer_becomes_a_draft_campaign_with_its_centre(memo):
    row = answer(memo, "SR-TAZ")
    campaign = Campaign.objects.get(addressee=row)
    assert (campaign.state, campaign.center.code, campaign.target) == ("asked", "BS-TAZ", 60)
    assert campaign.operation == memo.operation and campaign.planned_on == row.planned_on
    assert "تازة" in campaign.name_ar and "Taza" in campaign.name_fr
    assert row.acknowledged_at and row.seen_at and row.answered_by == campaign.drafted_by


def test_refused_answer_leaves_no_campaign_and_no_acknowledgement(memo):
    with pytest.raises(Refused):
        answer(memo, "SR-TAZ", planned_on=timezone.localdate() - timedelta(days=1))
    row = memo.addressees.get(unit__code="SR-TAZ")
    assert not (row.acknowledged_at or row.answer or Campaign.objects.exists())


def test_memo_is_immutable_once_issued(memo):
    for change in (
        "subject_ar = 'x'",
        "body_fr = 'x'",
        "deadline_at = now()",
        "version = 2",
        "reference = 'x'",
    ):
        refused(f"UPDATE campaigns_memo SET {change} WHERE id = %s", memo.pk)
    refused("DELETE FROM campaigns_memo WHERE id = %s", memo.pk)


@pytest.mark.parametrize(
    "change",
    [
        "answer = 'cannot'",
        "because = 'other words'",
        "planned_on = planned_on + 1",
        "expected_donors = 1",
        "answered_by_id = NULL",
        "acknowledged_at = NULL, acknowledged_by_id = NULL",
        "seen_at = now()",
        "unit_id = (SELECT id FROM donors_unit WHERE code = 'PP-FES')",
    ],
)
def test_what_a_unit_said_stands(memo, change):
    row = answer(memo, "SR-TAZ")
    refused(f"UPDATE campaigns_addressee SET {change} WHERE id = %s", row.pk)


def test_addressee_is_neither_deleted_nor_doubled(memo):
    row = memo.addressees.first()
    refused("DELETE FROM campaigns_addressee WHERE id = %s", row.pk)
    said = refused(
        """INSERT INTO campaigns_addressee (memo_id, unit_id, sent_at, answer, because)
        VALUES (%s, %s, now(), '', '')""",
        memo.pk,
        row.unit_id,
    )
    assert "memo_addresses_a_unit_once" in said


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("seen_at = sent_at - interval '1 hour'", "memo_seen_after_it_was_sent"),
        ("acknowledged_at = now(), acknowledged_by_id = {user}", "acknowledged_after"),
        ("answer = 'will', answered_at = now(), answered_by_id = {user}", "answered_after"),
    ],
)
def test_steps_of_an_answer_keep_their_order(memo, change, name):
    row = memo.addressees.first()
    change = change.format(user=memo.issued_by_id)
    assert name in refused(f"UPDATE campaigns_addressee SET {change} WHERE id = %s", row.pk)


def test_answer_that_says_nothing_is_refused_by_the_database(memo):
    row = memo.addressees.first()
    addressee_answers.acknowledge(addressee=row, by=memo.issued_by, now=timezone.now())
    base = f"answered_at = clock_timestamp(), answered_by_id = {memo.issued_by_id}"
    for said, name in (("will", "will_organise_has"), ("cannot", "cannot_has_a_reason")):
        found = refused(
            f"UPDATE campaigns_addressee SET answer = '{said}', {base} WHERE id = %s", row.pk
        )
        assert name in found


def test_operation_that_has_not_begun_is_not_opened(reference, now, today):
    names = {"name_ar": "زلزال", "name_fr": "Séisme", "name_en": "Earthquake"}
    with pytest.raises(Refused) as no:
        operations.begin(
            kind="earthquake",
            began_on=today + timedelta(days=1),
            provinces=Province.objects.none(),
            by=factories.administrator(),
            now=now,
            **names,
        )
    assert no.value.field == "began_on"


def test_issue_takes_as_many_statements_for_many_units_as_for_one(reference):
    def issued(*units: str) -> int:
        for code in units:
            factories.officer(factories.unit(code))
        operation = asking.operation()
        with CaptureQueriesContext(connection) as asked:
            asking.memo(*units, operation=operation, by=operation.opened_by)
        return len(asked)

    assert issued("SR-TAZ") == issued("PP-OUJ", "CP-GUF", "PP-FES", "PP-RAB")
    assert Notification.objects.filter(kind="memo_issued").count() == 5
