from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.booking import visits
from campaigns.models import Notification
from centers.models import Session, Slot
from centers.sessions import booking, planning
from donors.errors import Refused
from tests.support import booking as steps
from tests.support import factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db
NAMES = {"name_ar": "قاعة أخرى", "name_fr": "Autre salle", "name_en": "Another room"}


@pytest.fixture
def session(reference):
    made = factories.session(places=3, days=3)
    starts_at = made.slots.get().starts_at
    for number in (1, 2):
        Slot.objects.create(
            session=made, starts_at=starts_at + timedelta(minutes=30 * number), places=3
        )
    return made


def move(session, now, by=timedelta(minutes=30), **names):
    planning.move(session=session, starts_at=session.starts_at + by, now=now, **NAMES | names)


@pytest.mark.parametrize("minutes", [30, -30, 7, 60 * 24])
def test_times_go_with_the_session_and_places_stay_booked(session, now, minutes):
    slot = session.slots.order_by("starts_at").first()
    booked = booking.book(slot=slot, donor=factories.donor(), now=now)
    before = list(session.slots.order_by("pk").values_list("starts_at", flat=True))
    by = timedelta(minutes=minutes)
    move(session, now, by)
    after = list(session.slots.order_by("pk").values_list("starts_at", flat=True))
    assert after == [at + by for at in before]
    moved = Session.objects.get()
    assert moved.starts_at == session.starts_at + by and moved.ends_at == session.ends_at + by
    assert (moved.was_at, moved.was_en, moved.moves) == (session.starts_at, session.name_en, 1)
    booked.refresh_from_db()
    assert booked.state == "booked" and Slot.objects.get(pk=slot.pk).taken == 1


def test_only_a_planned_session_moves_and_not_into_the_past_or_nowhere(session, now):
    with pytest.raises(Refused, match="in the past"):
        move(session, now, now - session.starts_at)
    same = {name: getattr(session, name) for name in NAMES}
    with pytest.raises(Refused, match="has already"):
        move(session, now, timedelta(), **same)
    Session.objects.update(state="open")
    with pytest.raises(Refused, match="Only a planned session"):
        move(session, now)


def test_booked_are_told_once_a_move_and_later_ones_are_not(session, now):
    first, *_others = session.slots.order_by("starts_at")
    booked = booking.book(slot=first, donor=factories.donor(), now=now)
    move(session, now)
    first.refresh_from_db()
    booking.book(slot=first, donor=factories.donor(), now=now + timedelta(minutes=1))
    for _twice in range(2):
        visits.tell_moved(now=now)
    assert Notification.objects.get(kind="session_moved").donor == booked.donor
    session.refresh_from_db()
    move(session, now + timedelta(hours=1), name_en="A third room")
    visits.tell_moved(now=now + timedelta(hours=1))
    assert Notification.objects.filter(kind="session_moved", donor=booked.donor).count() == 2


def test_manager_moves_it_and_the_public_page_says_so(client, reference, settings):
    settings.DEMO = True
    campaign = steps.campaign(days=3)
    session = campaign.sessions.get()
    path = reverse("centers:session-move", args=[session.public_id])
    typed = NAMES | {"on": session.starts_at.date() + timedelta(days=1), "begins": "10:00"}
    client.force_login(factories.staff(session.center, "reception"))
    assert client.post(path, typed).status_code == 403
    client.force_login(factories.staff(factories.center("CRTS-AGD"), "manager"))
    assert client.post(path, typed).status_code == 404
    client.force_login(factories.staff(session.center, "manager"))
    wrong = client.post(path, typed | {"begins": "x"})
    assert "Something has to be put right" in wrong.text and "Another room" in wrong.text
    assert client.post(path, typed).status_code == 302
    client.logout()
    text = client.get(reverse("campaigns:campaign-detail", args=[campaign.public_id])).text
    assert "Moved: it was planned for" in text and "Another room" in text


def test_database_keeps_moves_whole(session):
    refused("UPDATE centers_session SET moves = 1")
