"""Asking by telephone: who is on the list, one caller a person, and what each outcome does."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from campaigns.appeals import calls, responses
from campaigns.messaging import allowance
from campaigns.models import Appeal, Askable, Call, Notification
from campaigns.planning import register
from centers.models import Appointment
from donors.contact import consent
from donors.errors import Refused
from donors.models import AccessLog, Contact, Donor
from tests.support import appealing, factories
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
NUMBER = "+212535123456"


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture
def appeal(now) -> Appeal:
    made = appealing.opened(now, people=1)
    with past_the_guards():
        Appeal.objects.update(state="asking")
    made.refresh_from_db()
    return made


@pytest.fixture
def person(appeal, now) -> Donor:
    """Agreed at the centre, and gave the number of a telephone without SMS."""
    return unreached(now)


def unreached(now, number=NUMBER) -> Donor:
    donor = factories.donor(blood_group="O+")
    with past_the_guards():
        Contact.objects.filter(donor=donor).delete()
    Contact.objects.create(donor=donor, channel="sms", address=number)
    consent.give(donor=donor, purpose="appeals", language="fr", now=now - timedelta(days=1))
    return donor


@pytest.fixture
def caller(appeal):
    return factories.staff(appeal.center, "reception")


def called(donor, by, outcome, at, *, appeal) -> Call:
    return Call.objects.create(
        appeal=appeal, donor=donor, by=by, begun_at=at, leased_until=at + calls.LEASE,
        outcome=outcome, said_at=at,
    )  # fmt: skip


def on_list(appeal, now) -> list[Donor]:
    return list(calls.people(appeal, now))


def test_only_those_are_called_whom_no_message_reaches(appeal, person, now):
    assert on_list(appeal, now) == [person]  # not the one who got the invitation
    asked = appealing.invitation(appeal)
    with past_the_guards():
        Notification.objects.filter(pk=asked.pk).update(state="failed", settled_at=now)
        Contact.objects.create(donor=asked.donor, channel="sms", address="+212600000001")
    assert set(on_list(appeal, now)) == {person, asked.donor}


@pytest.mark.parametrize(
    "why", ["withdrawn", "paused", "group", "wrong", "lately", "month", "removed"]
)
def test_others_are_not_called(appeal, person, caller, now, why):
    if why == "withdrawn":
        consent.withdraw(donor=person, purpose="appeals", now=now + timedelta(minutes=1))
    elif why == "paused":
        Donor.objects.filter(pk=person.pk).update(paused_until=now.date() + timedelta(days=9))
    elif why == "group":
        with past_the_guards():
            Donor.objects.filter(pk=person.pk).update(blood_group="A+")
    elif why == "wrong":
        Contact.objects.update(failed_at=now, failed_reason="unknown")
    elif why == "removed":
        Contact.objects.filter(donor=person).update(removed_at=now, address="")
    else:
        kind = {"lately": "appeal_invitation", "month": "second_gift"}[why]
        made = now - timedelta(days=3)
        if why == "month":  # twice in thirty days is enough, also with a call of another appeal
            made = now - timedelta(days=20)
            called(person, caller, "no", now - timedelta(days=25), appeal=appeal)
        with past_the_guards():
            Notification.objects.create(
                kind=kind, cause="x", recipient=f"d:{person.pk}", subject_id=0,
                donor=person, contact=person.contacts.get(), channel="sms", state="sent",
                made_at=made, due_at=made, settled_at=made,
            )  # fmt: skip
    assert on_list(appeal, now) == []


def test_a_call_takes_of_the_allowance_of_every_sender(appeal, person, caller, now):
    """What somebody answered by telephone counts as a message does; what nobody heard does not."""
    for outcome, free in (("unheard", now), ("no", now + timedelta(days=14))):
        called(person, caller, outcome, now, appeal=appeal)
        assert allowance.may_be_asked_from(person, now) == free
    Contact.objects.create(donor=person, channel="email", address="a@example.org", verified_at=now)
    register.renew(now=now)
    assert Askable.objects.get(donor=person).rests_until == now + timedelta(days=14)


def test_one_person_is_leased_to_one_caller_and_each_look_is_logged(appeal, person, caller, now):
    call = calls.take_next(appeal=appeal, by=caller, now=now)
    assert call.donor == person and AccessLog.objects.get(donor=person).by == caller
    assert calls.take_next(appeal=appeal, by=caller, now=now) == call
    other = factories.staff(appeal.center, "reception")
    assert calls.take_next(appeal=appeal, by=other, now=now) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.create(
            appeal=appeal, donor=person, by=other, begun_at=now, leased_until=now + calls.LEASE
        )
    later = now + calls.LEASE + timedelta(seconds=1)
    taken = calls.take_next(appeal=appeal, by=other, now=later)
    assert taken.pk == call.pk and taken.by == other
    with pytest.raises(Refused, match="no longer yours"):
        calls.settle(call=call, outcome="no", slot=None, by=caller, now=later)
    assert AccessLog.objects.filter(donor=person).count() == 2


def test_nobody_is_called_in_quiet_hours_or_for_an_appeal_that_is_over(
    appeal, person, caller, now, settings
):
    settings.QUIET_HOURS = (20, 9)
    with pytest.raises(Refused, match="at this hour"):
        calls.take_next(appeal=appeal, by=caller, now=now.replace(hour=22))
    settings.QUIET_HOURS = (24, 0)
    with past_the_guards():
        Appeal.objects.update(state="covered")
    appeal.refresh_from_db()
    with pytest.raises(Refused, match="no more|any more"):
        calls.take_next(appeal=appeal, by=caller, now=now)


def test_yes_books_a_place_that_counts_for_the_appeal(appeal, person, caller, now):
    client = Client(enforce_csrf_checks=True)
    client.force_login(caller)
    assert "Show me the next person" in client.get(reverse("campaigns:call-list")).text
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    taken = client.post(reverse("campaigns:call-next", args=[appeal.public_id]), token)
    page = client.get(taken.url).text
    assert person.full_name in page and f"tel:{NUMBER}" in page
    slot = responses.slots(appeal, now).first()
    call = Call.objects.get()
    said = reverse("campaigns:call-said", args=[call.public_id])
    assert page.count("csrfmiddlewaretoken") >= 2  # of both forms
    assert client.post(said, token).status_code == 200 and not Appointment.objects.exists()
    assert client.post(said, token | {"slot": slot.pk}).status_code == 302
    call.refresh_from_db()
    assert call.outcome == "yes" and call.appointment.donor == person
    assert responses.given(appeal, person).appointment == call.appointment
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.update(outcome="no", appointment=None)


@pytest.mark.parametrize("outcome", ["no", "stop", "wrong", "unheard"])
def test_each_other_answer_has_its_effect(client, appeal, person, caller, now, outcome):
    client.force_login(caller)
    client.post(reverse("campaigns:call-next", args=[appeal.public_id]))
    call = Call.objects.get()
    client.post(reverse("campaigns:call-said", args=[call.public_id]), {"outcome": outcome})
    call.refresh_from_db()
    assert call.outcome == outcome and on_list(appeal, call.said_at) == []
    if outcome == "no":
        assert responses.given(appeal, person).state == "declined"
    assert (consent.purposes(person) & {"appeals"} == set()) == (outcome == "stop")
    assert (calls.numbers(person) == []) == (outcome == "wrong")
    rested = call.said_at + calls.RESTED + timedelta(seconds=1)
    assert (on_list(appeal, rested) == [person]) == (outcome == "unheard")


@pytest.mark.parametrize("who", ["neighbour", "laboratory", "officer"])
def test_list_is_for_reception_and_managers_of_the_centre(client, appeal, person, who):
    user = {
        "neighbour": lambda: factories.staff(factories.center("CRTS-RAB"), "manager"),
        "laboratory": lambda: factories.staff(appeal.center, "laboratory"),
        "officer": lambda: factories.officer(factories.unit()),
    }[who]()
    client.force_login(user)
    assert appeal.code not in client.get(reverse("campaigns:call-list")).text
    taken = client.post(reverse("campaigns:call-next", args=[appeal.public_id]))
    assert taken.status_code == 404 and not Call.objects.exists()


def test_call_of_another_is_not_shown(client, appeal, person, caller, now):
    call = calls.take_next(appeal=appeal, by=caller, now=now)
    client.force_login(factories.staff(appeal.center, "reception"))
    assert client.get(reverse("campaigns:call", args=[call.public_id])).status_code == 404
