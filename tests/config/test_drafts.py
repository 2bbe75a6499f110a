"""The key of the drafts: only for a signed-in reader, another for each browser and person, gone at sign-out."""

import re

import pytest
from django.urls import reverse

from config import drafts
from tests.support import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


def key_of(client, address: str) -> str:
    found = re.search(r'data-draft-key="([^"]+)"', client.get(address).text)
    return found[1] if found else ""


def test_a_key_is_one_persons_in_one_browser_until_the_sign_out(client, reference):
    center = factories.center()
    nurse, other = factories.staff(center, "reception"), factories.staff(center, "reception")
    home = reverse("centers:center-detail", args=[center.code])
    client.force_login(nurse)
    first = key_of(client, home)
    assert first and first == key_of(client, home)
    assert client.cookies[drafts.SALT]["httponly"]
    client.force_login(nurse)  # an expired session, and a sign-in again
    assert key_of(client, home) == first
    client.force_login(other)
    assert key_of(client, home) not in ("", first)
    client.force_login(nurse)
    client.post(reverse("account_logout"))
    assert client.cookies[drafts.SALT].value == "" and client.cookies[drafts.DONE].value == "*"
    client.force_login(nurse)
    assert key_of(client, home) not in ("", first)


def test_no_key_for_the_public_and_on_pages_of_secrets(client, reference):
    assert key_of(client, reverse("campaigns:home")) == ""
    client.force_login(factories.staff(factories.center(), "reception"))
    assert key_of(client, reverse("mfa_index")) == ""


def test_the_draft_of_a_form_that_was_taken_is_named(client, reference, settings):
    session, nurse = factories.session(), factories.staff(factories.center(), "reception")
    client.force_login(nurse)
    donor, name = factories.donor(), "Ab12"
    address = reverse("centers:donor-arrive", args=[session.public_id])
    client.post(address, {"donor": donor.public_id, "draft": name})
    assert client.cookies.pop(drafts.DONE).value == name
    client.post(address, {"donor": donor.public_id, "draft": name})  # refused: has arrived
    assert drafts.DONE not in client.cookies
    client.post(address, {"donor": donor.public_id, "draft": "a;b"})
    assert drafts.DONE not in client.cookies
    settings.DEMO = False  # the second factor is asked for before the view
    client.post(address, {"donor": donor.public_id, "draft": name})
    assert drafts.DONE not in client.cookies
