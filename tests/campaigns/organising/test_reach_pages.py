"""Pages of reach: the officer's own, one unit step by step, the list of units to call."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.messaging import outbox
from campaigns.models import Notification
from campaigns.organising import ladder
from donors.units import officer_reach
from tests.support import asking, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(reference):
    return factories.officer(factories.unit("SR-TAZ"))


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


def test_an_officer_proves_a_number_and_enters_an_absence(client, officer, today):
    client.force_login(officer)
    assert client.get("/ar/reach/").status_code == 200
    client.post("/ar/reach/phone/", {"number": "0661123456"})
    phone = officer_reach.phone_of(officer)
    assert client.get("/ar/reach/").content.decode().count("+212661123456") == 1
    client.post("/ar/reach/prove/", {"code": officer_reach.code_of(phone)})
    phone.refresh_from_db()
    assert phone.verified_at
    days = {"since": today.isoformat(), "until": (today + timedelta(days=9)).isoformat()}
    client.post("/ar/reach/away/", days)
    absence = officer.absences.get()
    assert "overlap" in client.post("/en/reach/away/", days).content.decode()
    client.post(f"/ar/reach/back/{absence.pk}/")
    assert officer_reach.absences(officer, timezone.now()) == []


def test_a_wrong_code_is_counted_and_the_sixth_try_refused(client, officer):
    client.force_login(officer)
    client.post("/ar/reach/phone/", {"number": "0661123456"})
    for _try in range(5):
        client.post("/ar/reach/prove/", {"code": "12"})
    phone = officer_reach.phone_of(officer)
    client.post("/ar/reach/prove/", {"code": officer_reach.code_of(phone)})
    phone.refresh_from_db()
    assert (phone.attempts, phone.verified_at) == (5, None)


def test_the_page_of_reach_is_for_officers(client, reference):
    client.force_login(factories.user())
    assert client.get("/ar/reach/").status_code == 403


def test_sent_is_said_only_where_something_was_sent(client, officer):
    memo = asking.memo("SR-TAZ")
    client.force_login(officer)
    path = f"/en/memos/{memo.public_id}/SR-TAZ/"
    assert "The memo was sent" not in client.get(path).content.decode()
    outbox.deliver(now=timezone.now())
    assert Notification.objects.get(user=officer).state == "sent"
    assert "The memo was sent" in client.get(path).content.decode()


def test_a_neighbour_reads_no_steps_and_only_a_superior_reminds(client, officer):
    soon = timezone.now() + timedelta(milliseconds=100)
    memo = asking.memo("SR-TAZ", deadline_at=soon)
    path = f"/en/memos/{memo.public_id}/SR-TAZ/"
    while timezone.now() <= soon:
        pass
    client.force_login(factories.officer(factories.unit("PP-OUJ")))
    assert client.get(path).status_code == 404
    client.force_login(officer)
    assert client.post(f"{path}remind/").status_code == 404
    client.force_login(factories.officer(factories.unit("DGSN")))
    assert "This unit is silent" in client.get(path).content.decode()
    client.post(f"{path}remind/")
    assert Notification.objects.filter(kind="memo_late", user=officer).count() == 1
    row = memo.addressees.get()
    assert "Remind" in client.get(path).content.decode()
    client.post(f"{path}cannot/", {f"cannot-{row.pk}-because": "No room"})
    row.refresh_from_db()
    assert row.answer == "cannot" and row.on_behalf


def test_the_issuer_reads_skipped_levels_and_whom_to_call(client, reference, settings):
    settings.QUIET_HOURS = (24, 0)
    memo = asking.memo("CP-GUF")
    ladder.tend(now=memo.deadline_at + ladder.ABOVE)
    client.force_login(memo.issued_by)
    page = client.get(f"/en/memos/{memo.public_id}/").content.decode()
    assert factories.unit("PP-OUJ").name_en in page
    calls = client.get(f"/en/memos/{memo.public_id}/calls/")
    assert "No officer within reach" in calls.content.decode()
    client.post(f"/en/memos/{memo.public_id}/CP-GUF/phone/", {"typed": "0535671234"})
    calls = client.get(f"/en/memos/{memo.public_id}/calls/")
    assert "+212535671234" in calls.content.decode()
    client.force_login(factories.officer(factories.unit("CP-GUF")))
    assert client.get(f"/en/memos/{memo.public_id}/calls/").status_code == 403
