"""What was sent to me: the own messages and nobody else's, with links that still open something."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from campaigns.messaging import links, outbox, own_list, telling
from campaigns.models import Appeal, DeliveryReport, Notification
from donors.contact import verification
from tests.support import appealing, asking, factories
from tests.support import booking as steps
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
ME, REACH = "campaigns:me-sent", "campaigns:reach-sent"


@pytest.fixture(autouse=True)
def _reference(reference, settings):
    settings.DEMO = True


def sign_in(client, donor):
    client.force_login(verification.account_of(donor=donor))
    return client


def lines(rows, now):
    return own_list.lines(list(own_list.with_reports(rows)), "en", now)


def test_own_messages_are_shown_and_a_neighbours_are_not(client, now):
    place = steps.confirmed(steps.slot(steps.campaign()), now)
    outbox.deliver(now=now)
    other = factories.donor()
    assert client.get(reverse(ME)).status_code == 302
    text = sign_in(client, place.donor).get(reverse(ME)).text
    assert "Confirmation of a place" in text and "E-mail" in text
    assert str(place.public_id) in text
    text = sign_in(client, other).get(reverse(ME)).text
    assert "Confirmation of a place" not in text and str(place.public_id) not in text


def test_officer_reads_the_own_memos_and_no_stranger_does(client, now):
    officer, other = factories.officer(factories.unit()), factories.officer(factories.unit())
    memo = asking.memo("SR-TAZ")
    for user, cause in ((officer, "mine"), (other, "others")):
        with transaction.atomic():
            telling.tell(kind="memo_late", cause=cause, subject_id=memo.pk, users=[user], now=now)
    client.force_login(officer)
    text = client.get(reverse(REACH)).text
    assert text.count("Memo: reminder after the deadline") == 2  # its words, and its link's
    assert str(memo.public_id) in text and "Not sent yet" in text
    client.force_login(factories.user())
    assert client.get(reverse(REACH)).status_code == 403


def test_state_is_in_words_and_delivered_where_somebody_said_so(now):
    place = steps.confirmed(steps.slot(steps.campaign()), now)
    rows = Notification.objects.filter(donor=place.donor)
    assert [line.became for line in lines(rows, now)] == ["Not sent yet"]
    outbox.deliver(now=now)
    assert [line.became for line in lines(rows, now)] == ["Sent"]
    DeliveryReport.objects.create(
        notification=rows.get(), outcome="delivered", source="mail", key="k", at=now
    )
    assert [line.became for line in lines(rows, now)] == ["Delivered"]


def test_link_opens_only_while_the_message_and_its_subject_live(now):
    place = steps.confirmed(steps.slot(steps.campaign()), now)
    rows = Notification.objects.filter(donor=place.donor)
    assert lines(rows, now)[0].link.endswith(f"{place.public_id}/")
    assert lines(rows, now + timedelta(days=3))[0].link == ""
    appealing.opened(now, people=1)
    asked = Notification.objects.filter(kind="appeal_invitation")
    assert lines(asked, now)[0].link.startswith("http://testserver/en/")
    with owner():
        Appeal.objects.update(expires_at=now + timedelta(days=30))
    # The token would be made anew: the message's own seven days still end it.
    later = now + links.LIVES[links.ANSWER] + timedelta(minutes=1)
    assert lines(asked, later)[0].link == ""
    with owner():
        Appeal.objects.update(expires_at=now)
    assert lines(asked, now)[0].link == ""


def test_long_list_has_pages_and_few_queries(client, now, django_assert_max_num_queries):
    donor = factories.donor()
    for number in range(20):
        with transaction.atomic():
            outbox.enqueue(
                kind="campaign_thanks", cause=f"c{number}", subject_id=number, donor=donor, now=now
            )
    sign_in(client, donor)
    with django_assert_max_num_queries(20):
        first = client.get(reverse(ME)).text
    assert "Page 1 of 2" in first and first.count("Thanks after a campaign") == 15
    assert client.get(reverse(ME) + "?page=2").text.count("Thanks after a campaign") == 5
