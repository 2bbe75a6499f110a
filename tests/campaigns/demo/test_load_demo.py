"""Loading the demonstration, and what it refuses."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from campaigns.demo import places, world
from campaigns.demo.names import Names
from campaigns.demo.people import document_number, phone_number
from centers.models import Session
from donors.models import Deferral
from donors.people import identity
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.usefixtures("as_owner")  # as `load_demo` works


def local(days, hour, minute):
    day = timezone.localdate() - timedelta(days=days)
    return places.moment(day, hour + minute / 60)


@pytest.mark.parametrize(("days", "hour", "minute"), [(1, 0, 5), (1, 12, 0), (2, 23, 58)])
def test_demo_is_open_at_any_hour(reference, days, hour, minute):
    now = local(days, hour, minute)
    world.build(donors=120, seed=days, now=now)
    session = Session.objects.get(center__code="BS-TAZ", state="open", kind="fixed")
    assert session.starts_at <= now < session.ends_at


def test_load_demo_twice_changes_nothing(reference, capsys):
    call_command("load_demo", donors=60)
    before = Deferral.objects.count()
    call_command("load_demo", donors=60)
    assert Deferral.objects.count() == before
    assert "already" in capsys.readouterr().out


def test_load_demo_refuses_a_production_site(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("load_demo")


def test_load_demo_refuses_a_real_sms_gateway(settings):
    settings.SMS_GATEWAY_URL = "https://gateway.example.org"
    with pytest.raises(CommandError, match="SMS_GATEWAY_URL"):
        call_command("load_demo")


def test_load_demo_asks_for_the_reference_first():
    with past_the_guards(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM donors_unit")
    with pytest.raises(CommandError, match="load_reference"):
        call_command("load_demo")


def test_made_up_numbers_are_unique_and_valid():
    serials = range(5000)
    assert len({document_number(s) for s in serials}) == 5000
    assert len({phone_number(s) for s in serials}) == 5000
    for serial in serials[::50]:
        assert identity.normalise_phone(phone_number(serial)) == phone_number(serial)


def test_names_come_in_both_scripts():
    for kind, least in (("family", 110), ("male", 80), ("female", 80)):
        names = Names(kind)
        assert len(names.spellings) >= least
        assert all("\u0600" <= s[0].arabic[0] <= "\u06ff" for s in names.spellings)
