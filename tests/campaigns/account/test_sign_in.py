"""Donors sign in with a code, and the page does not reveal which addresses are known."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.messaging import outbox
from campaigns.models import DeliveredCopy, Notification
from donors.contact import codes, verification
from donors.models import Contact, Donor, Proof, User
from tests.support import factories
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
BORN = date(1990, 3, 7)
TYPED = {"address": "salma@example.org", "birth_date": "07/03/1990"}
ENTER = "/en/me/enter/"


@pytest.fixture
def donor(reference, settings):
    settings.DEMO = True
    return factories.donor(email="salma@example.org", birth_date=BORN)


def asked(client, **typed):
    return client.post(ENTER, TYPED | typed)


def code() -> str:
    outbox.deliver(now=timezone.now())
    text = DeliveredCopy.objects.filter(notification__kind="proof_code").latest("pk").text
    return re.search(r"\b\d{6}\b", text).group()


def test_donor_comes_in_with_the_code_and_reads_the_own_pages(client, donor):
    response = asked(client)
    assert "are known to us" in client.get(response["Location"]).text
    end = client.post(response["Location"], {"code": code()})
    assert end["Location"] == reverse("campaigns:me")
    assert "You may give today" in client.get(end["Location"]).text
    donor.refresh_from_db()
    assert not donor.user.has_usable_password() and not donor.user.is_administrator
    assert client.get(ENTER)["Location"] == reverse("campaigns:me")


def test_second_sign_in_is_the_same_account(client, donor):
    for _twice in range(2):
        stranger = Client()
        place = asked(stranger)["Location"]
        stranger.post(place, {"code": code()})
    assert User.objects.filter(donor=donor).count() == 1


@pytest.mark.parametrize("typed", [{"address": "nobody@example.org"}, {"birth_date": "08/03/1990"}])
def test_nobody_learns_whether_somebody_is_a_donor(client, donor, typed):
    known, unknown = asked(client), asked(client, **typed)
    pages = [client.get(r["Location"]).text for r in (known, unknown)]
    bare = [re.sub(r"[0-9a-f-]{36}|\S+@example.org|nonce=\S+|value=\"\w+\"", "", p) for p in pages]
    assert bare[0] == bare[1]
    assert Notification.objects.count() == 1
    proof = Proof.objects.get(contact=None)
    text = client.post(unknown["Location"], {"code": verification.code_of(proof)}).text
    assert "This is not the code" in text


def test_family_at_one_address_is_told_apart_by_the_date(client, donor):
    son = factories.donor(email="salma@example.org", birth_date=date(2004, 1, 2))
    place = asked(client, birth_date="02/01/2004")["Location"]
    client.post(place, {"code": code()})
    assert Donor.objects.get(user__isnull=False) == son


def test_wrong_codes_end_and_old_ones_too(client, donor, now):
    place = asked(client)["Location"]
    right = code()
    for _try in range(codes.MOST_ATTEMPTS):
        assert "This is not the code" in client.post(place, {"code": "0"}).text
    assert "used up or too old" in client.post(place, {"code": right}).text
    place = asked(client)["Location"]
    with owner():
        Proof.objects.update(
            asked_at=now - timedelta(hours=1), expires_at=now - timedelta(minutes=1)
        )
    assert "too old" in client.get(place).text
    assert "used up or too old" in client.post(place, {"code": "1"}).text
    assert not User.objects.filter(donor=donor).exists()


def test_code_opens_once(client, donor):
    place = asked(client)["Location"]
    right = code()
    client.post(place, {"code": right})
    other = Client()
    assert "used up" in other.post(place, {"code": right}).text
    assert "_auth_user_id" not in other.session


def test_code_alone_opens_no_account_of_staff(client, donor):
    Donor.objects.filter(pk=donor.pk).update(user=factories.officer(factories.unit()))
    asked(client)
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"address": ""}, "Enter where the code may go"),
        ({"address": "06 61"}, "Write a number like"),
        ({"address": "a@"}, "not an e-mail address"),
        ({"birth_date": "31/02/1990"}, "day, month and year"),
    ],
)
def test_bad_input_keeps_what_was_typed(client, donor, typed, sentence):
    text = asked(client, **typed).text
    assert sentence in text and not Proof.objects.exists()
    for value in (TYPED | typed).values():
        assert not value or f'value="{value}"' in text


def test_codes_to_one_address_are_bounded(client, donor):
    for _try in range(codes.MOST_REQUESTS):
        asked(client)
    assert "Many codes have gone" in asked(client).text


def test_nothing_of_it_is_kept_after_a_day(donor, now, client):
    asked(client)
    assert verification.forget(now=now + timedelta(hours=25)) == 1


def test_address_is_added_and_proved_before_anything_else_goes_there(client, donor):
    place = asked(client)["Location"]
    client.post(place, {"code": code()})
    added = client.post(reverse("campaigns:me-add-address"), {"address": "06 61 12 34 56"})
    new = Contact.objects.get(channel="sms")
    assert new.verified_at is None and new.address == "+212661123456"
    assert new not in Contact.objects.reachable()
    client.post(added["Location"], {"code": code()})
    new.refresh_from_db()
    assert new.verified_at and new in Contact.objects.reachable()
    client.post(reverse("campaigns:me-prefer-address", args=[new.pk]))
    new.refresh_from_db()
    assert new.preferred
