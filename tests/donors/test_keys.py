"""Keys other than the database's prevent the start, and are reported by the health page."""

import base64
import os

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from config import opening
from donors import keys
from donors.models import KeyCheck
from tests.support import factories

pytestmark = pytest.mark.django_db


def another() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def marked(db):
    keys.check()


def test_first_start_leaves_a_mark_of_each_key_and_the_next_agrees(db):
    keys.check()
    assert set(KeyCheck.objects.values_list("name", flat=True)) == set(keys.NAMES)
    before = list(KeyCheck.objects.order_by("name").values())
    keys.check()
    assert list(KeyCheck.objects.order_by("name").values()) == before


@pytest.mark.parametrize("name", keys.NAMES)
def test_another_key_refuses_the_start(marked, settings, name, client):
    assert client.get(reverse("healthz")).json()["keys"] == "right"
    setattr(settings, name, another())
    with pytest.raises(keys.WrongKeys, match=f"with another {name}\\."):
        keys.check()
    with pytest.raises(ImproperlyConfigured, match=name):
        opening.refuse_wrong_keys()
    with pytest.raises(CommandError, match=name):
        call_command("check_keys")
    answer = client.get(reverse("healthz"))
    assert answer.status_code == 503 and answer.json()["keys"] == "wrong"


SAYS = {
    "FIELD_KEY": "can be read",
    "BLIND_INDEX_KEY": "found by their document",
    "SECRET_KEY": "sign in again",
    "LINK_KEY": "links and codes",
}


@pytest.mark.parametrize("name", keys.NAMES)
def test_sentence_says_what_that_key_does(marked, settings, name):
    setattr(settings, name, another())
    with pytest.raises(keys.WrongKeys) as wrong:
        keys.check()
    said = str(wrong.value)
    assert [key for key, words in SAYS.items() if words in said] == [name]
    assert ("renew_signing_keys" in said) == (name in keys.SIGNING)


@pytest.mark.parametrize("name", ["FIELD_KEY", "BLIND_INDEX_KEY"])
def test_database_without_marks_is_tried_with_a_donor_of_it(reference, settings, name):
    factories.donor()
    setattr(settings, name, another())
    with pytest.raises(keys.WrongKeys, match=name):
        keys.check()
    assert not KeyCheck.objects.exists()


def test_database_without_marks_is_tried_with_a_sheet_of_it(reference, settings):
    factories.sheet(factories.donor(document_number=""))
    settings.FIELD_KEY = another()
    with pytest.raises(keys.WrongKeys, match="FIELD_KEY"):
        keys.check()


def test_database_without_marks_that_opens_is_marked(reference):
    factories.donor()
    keys.check()
    assert KeyCheck.objects.count() == len(keys.NAMES)


def test_sentence_says_where_the_keys_were(marked, settings):
    settings.FIELD_KEY = another()
    with pytest.raises(keys.WrongKeys, match=r"secrets\.json"):
        keys.check()
    settings.PRODUCTION = True
    with pytest.raises(keys.WrongKeys) as wrong:
        keys.check()
    assert "secrets.json" not in str(wrong.value)


def test_signing_keys_are_renewed_on_purpose_and_the_others_never(marked, settings):
    settings.LINK_KEY = another()
    with pytest.raises(keys.WrongKeys, match="renew_signing_keys"):
        keys.check()
    call_command("renew_signing_keys")
    keys.check()
    settings.FIELD_KEY = another()
    with pytest.raises(CommandError, match="FIELD_KEY"):
        call_command("renew_signing_keys")
    settings.LINK_KEY = another()
    with pytest.raises(keys.WrongKeys):
        keys.renew_signing(now=timezone.now())
