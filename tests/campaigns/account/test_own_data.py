"""What a person takes along is complete, and what is erased is gone."""

import json

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils import timezone

from campaigns.account import own_data, own_record
from campaigns.booking import visits
from campaigns.models import Notification
from centers.collection import record_corrections
from centers.models import Appointment
from centers.sessions import releases
from donors.models import Donor, NameVariant, RecordCorrection, Roster, RosterRow
from donors.people import corrections, privacy
from tests.support import blood, factories

pytestmark = pytest.mark.django_db
# Tables with a person, and where the copy of the data has them.
KEPT = {
    "AccessLog": "looked_at",
    "Appointment": "appointments",
    "Call": "calls",
    "Consent": "consents",
    "Contact": "addresses",
    "Deferral": "times_not_to_give",
    "Donation": "donations",
    "Membership": "units",
    "Merge": "joined",
    "Notification": "messages",
    "Pledge": "answers_to_appeals",
    "RecordCorrection": "corrections",
    "RosterRow": "lists_of_people",
    "Sheet": "answers_before_giving",
    "Visit": "visits",
    "Waiting": "waiting_lists",
    "Wish": "kept_for_later",
}
# A group in doubt is explained by a doctor; the others say the same again, or are gone within hours;
# ``Asked`` is a view over messages and calls.
NOT_KEPT = {"Donor", "Duplicate", "GroupDoubt", "PaperRecord", "Askable", "Asked"}


def test_every_table_with_a_person_is_in_the_copy(reference, now):
    held = {
        model.__name__
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is Donor
    }
    assert held - KEPT.keys() - NOT_KEPT == set()
    copied = own_data.everything(factories.donor(), now)
    assert set(KEPT.values()) <= copied.keys()


def test_copy_has_measures_and_corrections(reference, now):
    donor = blood.give().donor
    value = {"address": "+212661999999"}
    by = factories.user()
    said = {"reason": "moved", "because": "a new number, told by phone"}
    corrections.correct(donor=donor, field="phone", value=value, by=by, now=now, **said)
    copied = json.loads(json.dumps(own_data.everything(donor, now), cls=DjangoJSONEncoder))
    assert copied["visits"][0]["measures"]["haemoglobin"] == factories.MEASURES["haemoglobin"]
    assert copied["corrections"][0]["now"] == "+212661999999"


@pytest.mark.parametrize(("job", "status"), [("reception", 403), ("doctor", 200)])
def test_answers_and_measures_leave_by_a_doctor_alone(client, settings, reference, job, status):
    settings.DEMO = True  # a second factor is asked for otherwise
    donor = blood.give().donor
    by = factories.staff(factories.center(), job)
    privacy.give_reason(donor=donor, by=by, reason="person", because="asks at the desk")
    client.force_login(by)
    at = [factories.center().code, donor.public_id]
    export = reverse("campaigns:record-export", args=at)
    assert client.get(export).status_code == status
    page = client.get(reverse("campaigns:record", args=at))
    assert (export in page.text) is (status == 200)


def test_erased_leaves_no_word_file_name_or_old_value(reference, now):
    donor = factories.donor(family_name="Zzyzxbennani", given_name="Karim", phone="0661123456")
    factories.donor(family_name="Alami", given_name="Karim")
    by = factories.user()
    said = {"reason": "moved", "because": "a new number, told by phone"}
    value = {"address": "+212661999999"}
    corrections.correct(donor=donor, field="phone", value=value, by=by, now=now, **said)
    held = Roster.objects.create(
        file_name="liste Zzyzxbennani.xlsx",
        digest="0" * 64,
        state="applied",
        uploaded_at=now,
        uploaded_by=by,
        settled_at=now,
    )
    RosterRow.objects.create(roster=held, number=2, made=donor)
    own_record.erase(donor=donor, now=timezone.now())
    held.refresh_from_db()
    noted = RecordCorrection.objects.get(donor=donor)
    assert (held.file_name, noted.was, noted.now, noted.because) == ("", None, None, "")
    forms = set(NameVariant.objects.values_list("form", flat=True))
    assert "karim" in forms and not any("zyzx" in form for form in forms)


def test_a_place_that_falls_away_is_told_once(reference, now):
    donor = factories.donor(sex="M")
    slot = factories.session(days=9).slots.get()
    Appointment.objects.create(slot=slot, donor=donor, made_at=now)
    proposed = corrections.correct(
        donor=donor,
        field="birth",
        value={"birth_date": "2010-01-01", "birth_precision": "year"},
        reason="card",
        because="the card says so",
        by=factories.user(),
        now=now,
    )
    record_corrections.decide(correction=proposed, agree=True, by=factories.user(), now=now)
    assert releases.release_unable(now=timezone.now()) == 1
    assert visits.tell_released(now=timezone.now()) == 1
    assert visits.tell_released(now=timezone.now()) == 0
    assert Notification.objects.get(kind="place_released").donor == donor
