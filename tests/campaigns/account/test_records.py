"""A person's record outside a session: opened with a reason, read, corrected by two, printed."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.account import looks
from donors.eligibility import deferrals
from donors.models import AccessLog, DeferralReason, Donor, RecordCorrection, User
from tests.support import blood, factories

pytestmark = pytest.mark.django_db
WHY = {"reason": "person", "because": "asks for a certificate"}
CARD = {"reason": "card", "because": "card seen at the desk"}


@pytest.fixture(scope="module")
def person_pk(shared_rows):
    donation = blood.give()
    donation.session.state = "closed"
    donation.session.save(update_fields=["state"])
    deferrals.defer(
        donor=donation.donor,
        reason=DeferralReason.objects.get(code="MA-VACCINE"),
        starts_on=timezone.localdate(),
        by=donation.operator,
        now=timezone.now(),
    )
    return donation.donor_id


@pytest.fixture
def person(person_pk, settings):
    settings.DEMO = True
    return Donor.objects.get(pk=person_pk)


def page(name, person, *more, at="BS-TAZ"):
    space = "centers" if name in ("why", "correct") else "campaigns"
    full = f"{space}:record-{name}" if name else "campaigns:record"
    return reverse(full, args=[at, person.public_id, *more])


def enter(client, *jobs, at="BS-TAZ"):
    user = factories.staff(factories.center(at), *jobs)
    client.force_login(user)
    return user


def test_record_opens_with_a_reason_for_who_has_the_right(client, person):
    for jobs in (["laboratory"], ["stock"]):
        enter(client, *jobs)
        assert client.get(page("", person)).status_code == 403
    user = enter(client, "reception", at="CRTS-RAB")
    User.objects.filter(pk=user.pk).update(first_name="Salma")
    for name in ("", "certificate"):
        shut = client.get(page(name, person, at="CRTS-RAB"))
        assert shut["Location"] == page("why", person, at="CRTS-RAB")
    assert person.family_name not in client.get(shut["Location"]).text
    assert "a few words" in client.post(shut["Location"], WHY | {"because": "x"}).text
    assert not AccessLog.objects.filter(by=user).exists()
    opened = client.post(shut["Location"], WHY)
    shown = client.get(opened["Location"]).text
    assert "asks for a certificate" in shown and person.family_name in shown
    assert "Salma" in shown and user.username not in shown
    assert AccessLog.objects.filter(by=user, donor=person).count() == 2
    other = enter(client, "reception", at="CRTS-RAB")
    assert client.get(page("", person, at="CRTS-RAB")).status_code == 302
    assert not AccessLog.objects.filter(by=other).exists()


def test_reason_of_a_deferral_is_a_doctors(client, person):
    name = DeferralReason.objects.get(code="MA-VACCINE").name
    for job, seen in (("reception", False), ("doctor", True)):
        enter(client, job)
        client.post(page("why", person), WHY)
        shown = client.get(page("", person)).text
        assert (name in shown) == seen and person.donations.get().din[-6:] in shown


def test_sex_is_proposed_by_one_and_agreed_by_another(client, person):
    enter(client, "manager")
    client.post(page("why", person), WHY)
    client.post(page("correct", person, "sex"), CARD | {"sex": "F"})
    noted = RecordCorrection.objects.get(donor=person)
    url = reverse("centers:record-decide", args=["BS-TAZ", noted.public_id])
    assert "Take it back" in client.get(page("", person)).text
    assert client.post(url, {"agree": "yes"}).status_code == 302
    person.refresh_from_db()
    assert person.sex == "M"
    enter(client, "reception")
    client.post(page("why", person), WHY)
    assert client.post(url, {"agree": "yes"}).status_code == 403
    enter(client, "doctor")
    assert client.post(url, {"agree": "yes"})["Location"] == page("why", person)
    client.post(page("why", person), WHY)
    assert "I compared the document" in client.get(page("", person)).text
    shown = client.post(url, {"agree": "yes"}, follow=True).text
    person.refresh_from_db()
    assert person.sex == "F" and "May give from" in shown and "<del><bdi>Male" in shown


@pytest.mark.parametrize(
    ("field", "typed", "was", "now"),
    [
        ("names", {"family_name": "Bennani", "given_name": "Karim"}, "Alaoui", "Karim Bennani"),
        ("document", {"document_kind": "cin", "document_number": "zz 77"}, "TA", "ZZ77"),
        ("phone", {"phone": "06 61 12 34 56"}, "—", "+212661123456"),
        ("province", {"province": "MA-FES"}, "Taza", "Fez"),
        ("unit", {"unit": "unit", "since": "07/03/2026"}, "—", "since 07/03/2026"),
    ],
)
def test_other_fields_are_corrected_at_once_with_the_old_shown(
    client, person, field, typed, was, now
):
    enter(client, "reception")
    client.post(page("why", person), WHY)
    if field == "unit":
        typed = typed | {"unit": factories.unit().pk}
    shown = client.get(page("correct", person, field))
    assert shown.status_code == 200
    answer = client.post(page("correct", person, field), CARD | typed)
    assert answer.status_code == 302, answer.text
    shown = client.get(page("", person)).text
    assert f"<del><bdi>{was}" in shown or was in shown
    assert now in shown and CARD["because"] in shown


def test_certificate_has_both_languages_and_no_invented_day(client, person_pk, settings):
    settings.DEMO = True
    person = factories.donor(birth_date="1990-01-01", birth_precision="year")
    enter(client, "reception")
    client.post(page("why", person), WHY)
    shown = client.get(page("certificate", person)).text
    assert 'lang="ar"' in shown and 'lang="fr"' in shown and "شهادة تبرع بالدم" in shown
    assert "Attestation de don de sang" in shown and "01/01/1990" not in shown
    assert AccessLog.objects.filter(donor=person, reason="certificate").count() == 1


def test_each_page_that_logs_its_readers_is_named():
    logged = re.compile(r"log_access\([^)]*reason=f?\"([a-z -]+)")
    sources = [p.read_text() for app in ("campaigns", "centers") for p in Path(app).rglob("*.py")]
    reasons = {reason for text in sources for reason in logged.findall(text)}
    assert len(reasons) > 20 and reasons <= {*looks.PAGES, looks.CALL}
