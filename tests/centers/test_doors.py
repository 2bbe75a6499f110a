"""Who may open which page of a centre: a stranger, a neighbour, a colleague of another job."""

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.models import Bag, Movement, Result, Staff
from donors import duplicates
from donors.models import Duplicate
from tests import blood, factories

pytestmark = pytest.mark.django_db

ANY_JOB = ("reception", "collection", "doctor", "laboratory", "stock", "manager")
PEOPLE = ("reception", "collection", "doctor", "manager")
RELEASERS = ("laboratory", "doctor", "manager")
# What each page is addressed by, and whose jobs open it.
PAGES = {
    "center-detail": ("center", ANY_JOB),
    "session-plan": ("center", ("manager",)),
    "session-board": ("session", PEOPLE),
    "session-arrivals": ("session", PEOPLE),
    "donor-find": ("session", ("reception", "manager")),
    "donor-register": ("session", ("reception", "manager")),
    "visit-ask": ("visit", PEOPLE),
    "visit-detail": ("visit", PEOPLE),
    "donation-detail": ("donation", ANY_JOB),
    "duplicate-list": ("center", ("doctor", "manager")),
    "duplicate-detail": ("pair", ("doctor", "manager")),
    "result-list": ("center", ("laboratory",)),
    "result-enter": ("donation", ("laboratory",)),
    "result-detail": ("tested", ("laboratory", "doctor")),
    "release-list": ("center", RELEASERS),
    "stock": ("center", ANY_JOB),
    "floor-set": ("floor", ("manager",)),
    "bag-list": ("center", ("stock", *RELEASERS)),
    "bag-detail": ("bag", ("stock", *RELEASERS)),
    "bag-issue": ("bag", ("stock", "manager")),
    "bag-discard": ("bag", ("stock", "manager")),
}
VERBS = {
    "session-open": ("session", ("reception", "manager")),
    "session-close": ("session", ("reception", "manager")),
    "session-move": ("session", ("manager",)),
    "session-cancel": ("session", ("manager",)),
    "donor-arrive": ("session", ("reception", "manager")),
    "visit-clear": ("visit", ("doctor",)),
    "deferral-end": ("deferral", ("doctor",)),
    "lift-ask": ("deferral", ("doctor",)),
    "lift": ("deferral", ("doctor",)),
    "visit-measure": ("visit", ("collection", "doctor", "manager")),
    "visit-defer": ("visit", ("doctor",)),
    "visit-leave": ("visit", PEOPLE),
    "duplicate-settle": ("pair", ("doctor", "manager")),
    "merge-part": ("merge", ("doctor", "manager")),
    "donation-record": ("visit", ("collection", "manager")),
    "donation-release": ("tested", RELEASERS),
    "stock-confirm": ("center", ("stock", "manager")),
}


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture
def things(reference):
    tested = blood.tested()
    donation = blood.give()
    one, other = factories.donor(family_name="Twin"), factories.donor(family_name="Twin")
    pair = Duplicate.objects.create(one=one, other=other, reason="birth", found_at=timezone.now())
    joined = duplicates.merge(
        kept=factories.donor(),
        gone=factories.donor(),
        by=factories.user(),
        because="same card",
        now=timezone.now(),
    )
    deferral = donation.donor.deferrals.get()
    return {
        "deferral": [donation.visit.public_id, deferral.pk],
        "pair": [donation.center.code, pair.public_id],
        "merge": [donation.center.code, joined.public_id],
        "center": [donation.center.code],
        "session": [donation.session.public_id],
        "visit": [donation.visit.public_id],
        "donation": [donation.public_id],
        "tested": [tested.public_id],
        "floor": [donation.center.code, "RBC-SAGM", "O+"],
        "bag": [donation.bags.first().public_id],
    }


def counted() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Movement, Result, Bag))


def test_every_page_has_its_door_here():
    from centers.urls import urlpatterns

    assert {p.name for p in urlpatterns} == {"home", *PAGES, *VERBS}


def test_a_stranger_is_sent_to_the_sign_in(client, things):
    for name, (thing, _jobs) in (PAGES | VERBS).items():
        address = reverse(f"centers:{name}", args=things[thing])
        for response in (client.get(address), client.post(address)):
            assert response.status_code == 302 and "/account/login" in response["Location"], name


def test_a_neighbour_finds_nothing(client, things):
    client.force_login(factories.staff(factories.center("CRTS-RAB"), *ANY_JOB))
    before = counted()
    for name, (thing, _jobs) in (PAGES | VERBS).items():
        address = reverse(f"centers:{name}", args=things[thing])
        method = client.post if name in VERBS else client.get
        assert method(address).status_code == 404, name
    assert counted() == before


@pytest.mark.parametrize("job", ANY_JOB)
def test_a_colleague_opens_the_doors_of_the_job(client, things, job):
    client.force_login(factories.staff(factories.center(), job))
    for name, (thing, jobs) in PAGES.items():
        response = client.get(reverse(f"centers:{name}", args=things[thing]))
        assert response.status_code == (200 if job in jobs else 403), name


@pytest.mark.parametrize("job", ANY_JOB)
def test_a_colleague_of_another_job_changes_nothing(client, things, job):
    client.force_login(factories.staff(factories.center(), job))
    before = counted()
    for name, (thing, jobs) in VERBS.items():
        if job not in jobs:
            response = client.post(reverse(f"centers:{name}", args=things[thing]))
            assert response.status_code == 403, name
    assert counted() == before


def test_a_verb_is_never_a_get(client, things):
    client.force_login(factories.staff(factories.center(), *ANY_JOB))
    for name, (thing, _jobs) in VERBS.items():
        assert client.get(reverse(f"centers:{name}", args=things[thing])).status_code == 405, name


def test_an_administrator_sees_stock_and_no_person(client, things):
    client.force_login(factories.administrator())
    open_pages = {"stock", "floor-set"}
    for name, (thing, _jobs) in PAGES.items():
        response = client.get(reverse(f"centers:{name}", args=things[thing]))
        assert response.status_code == (200 if name in open_pages else 404), name


def test_a_door_shuts_when_the_job_ends(client, things, today):
    person = factories.staff(factories.center(), "laboratory")
    client.force_login(person)
    address = reverse("centers:result-list", args=things["center"])
    assert client.get(address).status_code == 200
    person.jobs.update(until=today)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(("count", "shown"), [(0, "do not work at a centre"), (2, "Rabat")])
def test_home_offers_the_readers_centres(client, reference, today, count, shown):
    person = factories.user()
    for code in ("BS-TAZ", "CRTS-RAB")[:count]:
        center = factories.center(code)
        Staff.objects.create(user=person, center=center, job="reception", since=today)
    client.force_login(person)
    assert shown in client.get(reverse("centers:home")).text


def test_home_of_one_centre_opens_it(client, reference):
    client.force_login(factories.staff(factories.center(), "stock"))
    assert client.get(reverse("centers:home"))["Location"].endswith("/at/BS-TAZ/")


def test_pages_read_in_every_language(client, things):
    client.force_login(factories.staff(factories.center(), *ANY_JOB))
    for language in ("ar", "fr"):
        for name, (thing, _jobs) in PAGES.items():
            path = reverse(f"centers:{name}", args=things[thing])
            assert client.get(path.replace("/en/", f"/{language}/")).status_code == 200, name
