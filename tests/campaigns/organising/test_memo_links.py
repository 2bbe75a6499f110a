"""The link in an officer's message: what it opens, what it changes, when it dies."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.messaging import links, outbox
from campaigns.models import Notification, Operation
from campaigns.operations import operations
from campaigns.organising import addressee_answers, officer_links, own_reach
from donors.errors import Refused
from donors.models import Officer
from donors.units import officer_reach
from tests.support import asking, factories
from tests.support.owner import owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(reference):
    return factories.officer(factories.unit("SR-TAZ"))


@pytest.fixture
def memo(officer):
    return asking.memo("SR-TAZ", "PP-FES")


@pytest.fixture
def message(memo, officer):
    return Notification.objects.get(user=officer, kind="memo_issued")


def page(message) -> str:
    return f"/ar/m/{links.token(message, links.MEMO)}/"


def row(memo):
    return memo.addressees.get(unit__code="SR-TAZ")


def test_opening_counts_as_opened_and_changes_nothing_else(client, memo, message):
    assert client.head(page(message)).status_code == 200 and row(memo).seen_at is None
    said = client.get(page(message))
    assert said.status_code == 200 and said["Referrer-Policy"] == "no-referrer"
    text = said.content.decode()
    assert memo.body in text and factories.unit("PP-FES").name_ar not in text
    seen = row(memo)
    assert seen.seen_at and not (seen.acknowledged_at or seen.answer)
    assert memo.addressees.get(unit__code="PP-FES").seen_at is None
    assert "sessionid" not in client.cookies


def test_a_post_decides_for_the_own_unit_alone(client, memo, message, officer):
    client.post(f"{page(message)}SR-TAZ/acknowledge/")
    assert row(memo).acknowledged_by == officer
    pk = row(memo).pk
    assert client.post(f"{page(message)}PP-FES/acknowledge/").status_code == 410
    client.post(f"{page(message)}SR-TAZ/cannot/", {f"cannot-{pk}-because": ""})
    assert row(memo).answer == ""
    client.post(f"{page(message)}SR-TAZ/cannot/", {f"cannot-{pk}-because": "No room"})
    assert (row(memo).answer, row(memo).answered_by) == ("cannot", officer)


def test_a_link_of_another_purpose_opens_nothing(client, message):
    assert client.get(f"/ar/m/{links.token(message, links.ANSWER)}/").status_code == 410
    assert client.get("/ar/m/1~9~9~x/").status_code == 410


def test_the_link_dies_with_the_command(client, message, officer):
    with owner():
        Officer.objects.filter(user=officer).update(until=timezone.localdate())
    assert client.get(page(message)).status_code == 410


def test_the_link_dies_with_the_operation(client, memo, message):
    operations.close(operation=memo.operation, by=memo.issued_by, now=timezone.now(), because="x")
    assert client.get(page(message)).status_code == 410


def test_the_link_dies_two_weeks_after_the_deadline(memo, message):
    last = memo.deadline_at + links.MEMO_OUTLIVES
    assert officer_links.opened(message, last - timedelta(minutes=1)).rows
    with pytest.raises(Refused):
        officer_links.opened(message, last)


def test_the_link_dies_when_the_campaign_is_agreed(client, memo, message, officer):
    addressee_answers.answer_will(
        addressee=row(memo),
        planned_on=timezone.localdate() + timedelta(days=3),
        expected_donors=60,
        center=factories.center(),
        by=officer,
        now=timezone.now(),
    )
    assert client.get(page(message)).status_code == 200  # the answer may still be changed
    asking.confirm(row(memo).campaigns.get())
    assert client.get(page(message)).status_code == 410


def test_an_sms_goes_to_a_proved_number_only(officer, now):
    own_reach.send_code(user=officer, typed="0661123456", now=now)
    code = Notification.objects.get(kind="phone_code")
    assert code.channel == "sms"
    asking.memo("SR-TAZ")
    assert not Notification.objects.filter(kind="memo_issued", channel="sms").exists()
    with pytest.raises(Refused):
        officer_reach.prove_phone(user=officer, code="x", now=now)
    phone = officer_reach.phone_of(officer)
    officer_reach.prove_phone(user=officer, code=officer_reach.code_of(phone), now=now)
    asking.memo("SR-TAZ", operation=Operation.objects.get())
    sms = Notification.objects.get(kind="memo_issued", channel="sms")
    outbox.deliver(now=timezone.now())
    sms.refresh_from_db()
    assert sms.state == "sent"
