"""Access to every page of a centre: anonymous, staff of another centre, another job."""

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.collection import number_ranges, paper_records, reactions
from centers.models import Bag, GroupDoubt, Movement, Result, Staff
from donors.models import Duplicate
from donors.people import corrections, duplicates
from tests.support import blood, factories, machines, supply
from tests.support.owner import owner

pytestmark = pytest.mark.django_db

ANY_JOB = ("reception", "collection", "doctor", "laboratory", "stock", "manager")
PEOPLE = ("reception", "collection", "doctor", "manager")
HANDLERS = ("reception", "collection", "manager")
KEEPERS = ("stock", "laboratory", "doctor", "manager")
RELEASERS = ("laboratory", "doctor", "manager")
# The arguments of each page's address, and the jobs that may open it.
PAGES = {
    "center-detail": ("center", ANY_JOB),
    "session-plan": ("center", ("manager",)),
    "session-board": ("session", PEOPLE),
    "session-arrivals": ("session", PEOPLE),
    "session-day": ("session", PEOPLE),
    "session-team": ("session", ("manager",)),
    "session-arrange": ("session", ("manager",)),
    "number-list": ("session", HANDLERS),
    "number-labels": ("range", HANDLERS),
    "closing": ("session", PEOPLE),
    "reaction-note": ("visit", ("collection", "doctor", "manager")),
    "reaction-list": ("center", ("doctor",)),
    "reaction-detail": ("reaction", ("doctor",)),
    "acceptance": ("center", ("manager",)),
    "visit-correct": ("visit", ("collection", "doctor", "manager")),
    "separation-list": ("center", ("laboratory", "stock", "manager")),
    "separation": ("bag", ("laboratory", "stock", "manager")),
    "hospital-list": ("center", ("stock", "manager")),
    "request-list": ("center", KEEPERS),
    "request-new": ("center", ("stock", "manager")),
    "request-detail": ("request", KEEPERS),
    "request-note": ("request", KEEPERS),
    "patient-list": ("center", KEEPERS),
    "patient-detail": ("patient", KEEPERS),
    "issue-rules": ("center", ("manager",)),
    "hospital-edit": ("hospital", ("stock", "manager")),
    "bags-away": ("center", KEEPERS),
    "transfer-list": ("center", ("stock", "manager")),
    "transfer-new": ("center", ("stock", "manager")),
    "transfer-detail": ("transfer", ("stock", "manager")),
    "count-list": ("center", ("stock", "manager")),
    "count-detail": ("count", ("stock", "manager")),
    "alarm-list": ("center", ("stock", "doctor", "manager")),
    "bag-found": ("bag", ("stock", "doctor", "manager")),
    "patient-reaction-list": ("center", ("doctor",)),
    "patient-reaction-new": ("bag", ("stock", "doctor", "manager")),
    "recall-list": ("center", ("doctor", "manager")),
    "recall-begin": ("donation", ("doctor", "manager")),
    "recall-detail": ("recall", ("doctor", "manager")),
    "look-back-list": ("center", ("doctor",)),
    "bag-label": ("labelled", ("stock", *RELEASERS)),
    "pool": ("center", ("laboratory", "stock", "manager")),
    "lot-list": ("center", ("collection", "stock", *RELEASERS)),
    "lot-detail": ("lot", ("collection", "stock", *RELEASERS)),
    "label-list": ("center", ("stock", *RELEASERS)),
    "label-read": ("center", ("stock", *RELEASERS)),
    "donor-find": ("session", ("reception", "manager")),
    "donor-register": ("session", ("reception", "manager")),
    "paper-list": ("session", HANDLERS),
    "paper-register": ("session", ("reception", "manager")),
    "paper-key": ("paper", HANDLERS),
    "visit-ask": ("visit", PEOPLE),
    "visit-detail": ("visit", PEOPLE),
    "donation-detail": ("donation", ANY_JOB),
    "record-find": ("center", PEOPLE),
    "record-why": ("person", PEOPLE),
    "record-correct": ("person_names", PEOPLE),
    "duplicate-list": ("center", ("doctor", "manager")),
    "duplicate-detail": ("pair", ("doctor", "manager")),
    "result-list": ("center", ("laboratory",)),
    "analyser-list": ("center", ("laboratory",)),
    "analyser-new": ("center", ("laboratory",)),
    "analyser-edit": ("analyser", ("laboratory",)),
    "analyser-file": ("file", ("laboratory",)),
    "equipment-list": ("center", KEEPERS),
    "equipment-new": ("center", ("manager",)),
    "equipment-edit": ("equipment", ("manager",)),
    "equipment-detail": ("fridge", KEEPERS),
    "temperature-alarm": ("alarm", KEEPERS),
    "plate-list": ("center", ("laboratory",)),
    "plate": ("plate", ("laboratory",)),
    "held-list": ("center", ("laboratory", "doctor")),
    "result-enter": ("donation", ("laboratory",)),
    "extended-enter": ("donation", ("laboratory",)),
    "result-detail": ("tested", ("laboratory", "doctor")),
    "release-list": ("center", RELEASERS),
    "stock": ("center", ANY_JOB),
    "floor-list": ("center", ("manager",)),
    "floor-set": ("floor", ("manager",)),
    "bag-list": ("center", ("stock", *RELEASERS)),
    "bag-detail": ("bag", ("stock", *RELEASERS)),
    **dict.fromkeys(("bag-issue", "bag-discard"), ("bag", ("stock", "manager"))),
}
VERBS = {
    "result-repeat": ("tested", ("laboratory", "doctor")),
    "analyser-file-apply": ("file", ("laboratory",)),
    "analyser-file-drop": ("file", ("laboratory",)),
    "equipment-back": ("fridge", ("manager",)),
    **dict.fromkeys(("equipment-check", "equipment-out", "equipment-put-in"), ("fridge", KEEPERS)),
    **dict.fromkeys(("temperature-note", "temperature-file"), ("fridge", KEEPERS)),
    "analyser-file-take-up": ("sent", ("laboratory",)),
    "session-open": ("session", ("reception", "manager")),
    "session-close": ("session", ("reception", "manager")),
    "session-move": ("session", ("manager",)),
    "session-cancel": ("session", ("manager",)),
    "donor-arrive": ("session", ("reception", "manager")),
    "paper-begin": ("session", HANDLERS),
    "paper-drop": ("paper", HANDLERS),
    "visit-clear": ("visit", ("doctor",)),
    "deferral-end": ("deferral", ("doctor",)),
    "lift-ask": ("deferral", ("doctor",)),
    "lift": ("deferral", ("doctor",)),
    "visit-measure": ("visit", ("collection", "doctor", "manager")),
    "visit-accept": ("visit", ("collection", "doctor", "manager")),
    "visit-defer": ("visit", ("doctor",)),
    "visit-leave": ("visit", PEOPLE),
    "record-decide": ("correction", ("doctor", "manager")),
    "duplicate-settle": ("pair", ("doctor", "manager")),
    "merge-part": ("merge", ("doctor", "manager")),
    "visit-back": ("visit", ("reception", "collection", "doctor", "manager")),
    "visit-override": ("visit", ("doctor",)),
    "bleeding-start": ("visit", ("collection", "manager")),
    "bleeding-end": ("visit", ("collection", "manager")),
    "visit-home": ("visit", PEOPLE),
    "session-scan": ("session", PEOPLE),
    "session-people": ("session", PEOPLE),
    "number-give-out": ("session", HANDLERS),
    "number-void": ("session", HANDLERS),
    "closing-sign": ("session", PEOPLE),
    "closing-countersign": ("session", PEOPLE),
    "lot-recall": ("lot", ("doctor", "manager")),
    "label-print": ("center", ("stock", *RELEASERS)),
    "bag-make": ("recipe", ("laboratory", "stock", "manager")),
    "bag-undo": ("bag", ("laboratory", "stock", "manager")),
    "bag-open": ("bag", ("laboratory", "stock", "manager")),
    "request-reserve": ("request", ("stock", "manager")),
    "request-pick": ("request", ("stock", "manager")),
    "pick-put-back": ("pick", KEEPERS),
    "request-issue": ("request", KEEPERS),
    "patient-sample": ("patient", KEEPERS),
    "patient-read": ("patient", ("laboratory",)),
    "patient-crossmatch": ("patient", ("laboratory",)),
    "patient-require": ("patient", KEEPERS),
    "patient-need-end": ("need", ("doctor",)),
    "patient-reading-end": ("reading", ("laboratory", "doctor")),
    "emergency-ask": ("request", ("doctor",)),
    "emergency-agree": ("emergency", KEEPERS),
    "reservation-give-back": ("reservation", ("stock", "manager")),
    "request-close": ("request", ("stock", "manager")),
    "bag-return": ("center", ("stock", "manager")),
    "bag-report": ("center", ("stock", "manager")),
    "transfer-approve": ("transfer", ("manager",)),
    "transfer-refuse": ("transfer", ("manager",)),
    "transfer-decline": ("transfer_in", ("manager",)),
    "transfer-ask-below": ("transfer", ("manager",)),
    "transfer-agree-below": ("transfer", ("manager",)),
    "transfer-withdraw": ("transfer", ("stock", "manager")),
    "transfer-put-in": ("transfer", ("stock", "manager")),
    "transfer-unpack": ("packed", ("stock", "manager")),
    "transfer-cancel": ("transfer", ("manager",)),
    "transfer-send": ("transfer", ("stock", "manager")),
    "transfer-take-out": ("transfer_in", ("stock", "manager")),
    "transfer-receive": ("transfer_in", ("stock", "manager")),
    "transfer-lose": ("packed", ("manager",)),
    "count-scan": ("count", ("stock", "manager")),
    "count-finish": ("count", ("stock", "manager")),
    "count-lose": ("counted", ("manager",)),
    "alarm-answer": ("center", ("stock", "doctor", "manager")),
    "recall-step": ("recalled", ("doctor", "manager")),
    "recall-close": ("recall", ("doctor", "manager")),
    "donation-release": ("tested", RELEASERS),
    "shelf-answer": ("shelf", ("stock", "manager")),
    "stale-set": ("center", ("manager",)),
    "floor-none": ("floor", ("manager",)),
    "stock-confirm": ("center", ("stock", "manager")),
}


# Of no single centre: ``tests/centers/test_patient_reactions.py`` tries the report.
OF_THE_COUNTRY = {"home", "haemovigilance", "haemovigilance-report", "haemovigilance-file"}

# Doctors' pages answer 404 to colleagues with other jobs.
DOCTORS = {
    "look-back": ("look_back", "page"),
    "held-settle": ("held", "form"),
    "trace-forward": ("visit", "page"),
    "trace-back": ("labelled", "page"),
    "group-correct": ("in_question", "page"),
    "group-anew": ("in_question", "verb"),
    "group-doubt": ("doubt", "page"),
    "group-doubt-relabel": ("doubted", "verb"),
    "group-doubt-discard": ("doubted", "verb"),
    "patient-reaction": ("patient_reaction", "page"),
    "patient-reaction-assess": ("patient_reaction", "form"),
    "look-back-recall": ("look_back", "verb"),
    "look-back-step": ("look_back", "form"),
    "look-back-letter": ("look_back", "page"),
    "look-back-letters": ("look_back", "page"),
    "look-back-close": ("look_back", "verb"),
}


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture(scope="module")
def things(shared_rows):
    """The arguments of the pages' addresses."""
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
    known = factories.donor(blood_group="A+")
    held = number_ranges.give_out(
        session=donation.session,
        count=2,
        device="table 1",
        first="".join(factories.din()),
        by=factories.user(),
        now=timezone.now(),
    )
    typed = paper_records.begin(
        session=donation.session,
        donor=factories.donor(),
        by=factories.user(),
        now=timezone.now(),
    )
    in_question = blood.tested(blood.give(blood.accepted_visit(donor=known)))
    doubt = GroupDoubt.objects.get(donation=in_question)
    proposed = corrections.correct(
        donor=donation.donor,
        field="sex",
        value={"sex": "F"},
        reason="card",
        because="the card says so",
        by=factories.user(),
        now=timezone.now(),
    )
    person = [donation.center.code, donation.donor.public_id]
    papers = supply.papers(donation.center, tested) | machines.papers(donation.center)
    papers |= machines.cold(donation.center)
    reaction = reactions.note(
        visit=donation.visit,
        kind="faint",
        grade=1,
        imputability="definite",
        after_leaving=False,
        injured=False,
        by=factories.user(),
        now=timezone.now(),
    )
    return papers | {
        "reaction": [reaction.pk],
        "paper": [typed.public_id],
        "deferral": [donation.visit.public_id, deferral.pk],
        "pair": [donation.center.code, pair.public_id],
        "person": person,
        "person_names": [*person, "names"],
        "correction": [donation.center.code, proposed.public_id],
        "merge": [donation.center.code, joined.public_id],
        "center": [donation.center.code],
        "session": [donation.session.public_id],
        "visit": [donation.visit.public_id],
        "donation": [donation.public_id],
        "tested": [tested.public_id],
        "in_question": [in_question.public_id],
        "doubt": [doubt.public_id],
        "doubted": [doubt.public_id, in_question.bags.first().public_id],
        "shelf": [donation.center.code, "RBC-SAGM"],
        "floor": [donation.center.code, "RBC-SAGM", "O+"],
        "range": [donation.session.public_id, held.first],
        "recipe": [donation.bags.first().public_id, "RBC-ALONE"],
        "bag": [donation.bags.first().public_id],
    }


def counted() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Movement, Result, Bag))


def test_every_page_has_its_door_here():
    from centers.urls import urlpatterns

    assert {p.name for p in urlpatterns} == {*OF_THE_COUNTRY, *PAGES, *VERBS, *DOCTORS}


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


@pytest.mark.parametrize("job", ANY_JOB)
def test_a_doctors_pages_are_a_doctors(client, things, job):
    client.force_login(factories.staff(factories.center(), job))
    for name, (thing, kind) in DOCTORS.items():
        address = reverse(f"centers:{name}", args=things[thing])
        answer = client.get(address) if kind == "page" else client.post(address)
        doctors = 302 if kind == "verb" else 200  # an empty form comes back
        assert answer.status_code == (doctors if job == "doctor" else 404), name


def test_a_verb_is_never_a_get(client, things):
    client.force_login(factories.staff(factories.center(), *ANY_JOB))
    for name, (thing, _jobs) in VERBS.items():
        assert client.get(reverse(f"centers:{name}", args=things[thing])).status_code == 405, name


def test_an_administrator_sees_stock_and_no_person(client, things):
    client.force_login(factories.administrator())
    open_pages = {"stock", "floor-list", "floor-set", "transfer-detail"}
    for name, (thing, _jobs) in PAGES.items():
        response = client.get(reverse(f"centers:{name}", args=things[thing]))
        assert response.status_code == (200 if name in open_pages else 404), name


def test_a_door_shuts_when_the_job_ends(client, things, today):
    person = factories.staff(factories.center(), "laboratory")
    client.force_login(person)
    address = reverse("centers:result-list", args=things["center"])
    assert client.get(address).status_code == 200
    with owner():
        person.jobs.update(until=today)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(("count", "shown"), [(0, "do not work at a centre"), (2, "Rabat")])
def test_home_offers_the_readers_centres(client, reference, today, count, shown):
    person = factories.user()
    with owner():
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
