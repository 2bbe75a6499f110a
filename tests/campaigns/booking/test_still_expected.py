"""Who is not expected any more loses the place and hears it once; the line goes before strangers."""

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.booking import visits
from campaigns.messaging import catalogue, hindrances
from campaigns.models import Notification
from campaigns.organising import day_changes
from centers.models import Appointment, Session, Slot, Waiting
from centers.sessions import booking, planning, releases, waiting_list
from donors.contact import consent
from donors.eligibility import deferrals
from donors.errors import Refused
from donors.models import AccessLog, DeferralReason
from tests.support import booking as steps
from tests.support import factories
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
NAMES = {"name_ar": "قاعة أخرى", "name_fr": "Autre salle", "name_en": "Another room"}


@pytest.fixture(autouse=True)
def _by_day(settings):
    settings.QUIET_HOURS = (24, 0)
    settings.DEMO = True


@pytest.fixture
def campaign(reference):
    return steps.campaign(days=5, places=1)


@pytest.fixture
def booked(campaign, now):
    """The only place is taken a week ago."""
    donor = factories.donor()
    consent.give(donor=donor, purpose="reminders", language="en", now=now)
    place = booking.book(slot=steps.slot(campaign), donor=donor, now=now)
    with owner():
        Appointment.objects.update(made_at=now - timedelta(days=7))
    place.refresh_from_db()
    return place


@pytest.fixture
def line(booked, now):
    people = [factories.donor(language="en") for _two in range(2)]
    session = booked.slot.session
    return [waiting_list.join(session=session, donor=one, now=now) for one in people]


def told(kind):
    return Notification.objects.filter(kind=kind).order_by("pk")


def why(kind, now):
    row = told(kind).latest("pk")
    return hindrances.hindrances([row], now).get(row.pk)


def text(kind):
    row = told(kind).latest("pk")
    row.donor.language = "en"
    return catalogue.render(row).text


def gave(donor, today, now):
    """A donation elsewhere, recorded now."""
    deferrals.after_donation(donor=donor.pk, on=today, by=None, now=now)


def moved(session, now, by):
    planning.move(session=session, starts_at=session.starts_at + by, now=now, **NAMES)


def test_who_gave_elsewhere_gets_no_reminder_and_the_line_gets_the_place(
    client, booked, line, now, today
):
    near = booked.slot.starts_at - timedelta(hours=25)
    assert visits.remind(now=near) == 1
    gave(booked.donor, today, now)
    assert why("visit_reminder", near) == "may not give that day"
    for _twice in range(2):
        releases.release_unable(now=now)
        visits.tell_released(now=now)
    assert told("place_released").get().donor == booked.donor
    said = text("place_released")
    assert "You gave blood on" in said and "may give again from" in said
    offered = Appointment.objects.get(state="offered")
    assert offered.donor == line[0].donor
    page = client.get(reverse("campaigns:visit", args=[booked.public_id])).text
    assert "Please do not come on" in page and "You gave blood on" in page
    later = factories.session(days=200, places=3)
    move = reverse("campaigns:visit-move", args=[booked.public_id])
    assert f'value="{later.slots.get().pk}"' in client.get(move).text
    client.post(move, {"slot": later.slots.get().pk})
    assert Appointment.objects.get(state="booked").donor == booked.donor


def test_who_is_deferred_reads_no_reason(booked, now, today):
    reason = DeferralReason.objects.get(code="MA-HIJAMA")
    deferrals.defer(donor=booked.donor, reason=reason, starts_on=today, **factories.acts())
    releases.release_unable(now=now)
    visits.tell_released(now=now)
    assert "By what was recorded since you booked" in text("place_released")
    assert "ijama" not in text("place_released")


def test_a_confirmation_does_not_expect_somebody_on_a_day_that_fell_away(campaign, now):
    place = steps.confirmed(steps.slot(campaign), now)
    assert why("booking_confirmed", now) is None
    Session.objects.update(state="cancelled", cancelled_because="Snow")
    assert why("booking_confirmed", now) == "visit changed"
    Session.objects.update(state="planned")
    booking.cancel(appointment=place, now=now)
    assert why("booking_confirmed", now) == "visit changed"


def test_after_a_reminder_and_a_move_there_is_a_new_reminder(booked, now):
    near = booked.slot.starts_at - timedelta(hours=25)
    assert visits.remind(now=near) == 1
    moved(booked.slot.session, now, timedelta(days=3))
    assert why("visit_reminder", near) == "visit changed", "the old one waited for the morning"
    assert visits.remind(now=near + timedelta(days=3)) == 1
    assert visits.remind(now=near + timedelta(days=3)) == 0


def test_a_move_is_told_to_who_booked_waits_and_organises_each_once(campaign, booked, line, now):
    officer = factories.officer(campaign.unit)
    for times in (1, 2):
        session = Session.objects.get(campaigns=campaign)
        moved(session, now + timedelta(hours=times), timedelta(hours=1))
        for _twice in range(2):
            visits.tell_moved(now=now + timedelta(hours=times))
            day_changes.tell(now=now + timedelta(hours=times))
    first, last = told("session_moved")
    found = hindrances.hindrances([first, last], now + timedelta(hours=3))
    assert found == {first.pk: "visit changed"}, "only the last move is told"
    assert told("waiting_moved").count() == 4
    assert told("campaign_day_changed").filter(user=officer).count() == 2


def test_a_cancellation_is_told_to_who_booked_waits_and_organises(campaign, booked, line, now):
    officer = factories.officer(campaign.unit)
    planning.cancel(session=booked.slot.session, because="Heavy snow")
    for _twice in range(2):
        visits.tell_released(now=now)
        visits.end_lines(now=now)
        day_changes.tell(now=now)
    assert told("session_cancelled").count() == 1 and told("waiting_over").count() == 2
    assert "does not take place" in text("waiting_over")
    assert told("campaign_day_changed").filter(user=officer).count() == 1


def test_a_place_that_is_added_goes_to_the_line_in_order_and_past_no_one(
    client, campaign, booked, line, now, today
):
    slot = booked.slot
    gave(line[0].donor, today, now)
    Slot.objects.filter(pk=slot.pk).update(places=2)
    with pytest.raises(Refused, match="Others wait"):
        booking.book(slot=slot, donor=factories.donor(), now=now)
    when = client.get(reverse("campaigns:booking-when", args=[campaign.public_id])).text
    assert f'value="{slot.pk}"' not in when and "Tell me when a place is free" in when
    visits.offer(now=now)
    assert Appointment.objects.get(state="offered").donor == line[1].donor
    assert visits.end_lines(now=now) == 1, "who may not give on that day waits no longer"
    assert "you may give from" in text("waiting_over") and not Waiting.objects.live().exists()


def test_whom_no_message_reaches_stands_on_a_list_with_a_number(client, booked, now):
    donor = booked.donor
    donor.contacts.update(failed_at=now)
    donor.contacts.create(channel="sms", address="+212661123456", failed_at=now)
    planning.cancel(session=booked.slot.session, because="Heavy snow")
    visits.tell_released(now=now)
    center = booked.slot.session.center
    client.force_login(factories.staff(center, "reception"))
    text = client.get(reverse("campaigns:unreached")).text
    assert donor.full_name in text and "tel:+212661123456" in text
    assert AccessLog.objects.filter(donor=donor).exists()
    client.force_login(factories.staff(factories.center("CRTS-AGD"), "reception"))
    assert donor.full_name not in client.get(reverse("campaigns:unreached")).text
