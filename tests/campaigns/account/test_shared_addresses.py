"""Twins, brothers, couples and families with one address: each has an own row, place and page."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.messaging import outbox
from campaigns.models import DeliveredCopy, Notification
from centers.models import Appointment
from donors.contact import verification
from donors.models import Donor, Membership, Roster
from donors.people import sharing
from donors.units import rosters
from tests.support import booking as steps
from tests.support import factories

pytestmark = pytest.mark.django_db
BORN = date(1991, 4, 2)
SHARED = {"address": "family@example.org", "family_name": "Alaoui", "sex": "M"}
LINES = """الاسم الشخصي,الاسم العائلي,الجنس,تاريخ الميلاد,الهاتف
حسن,العلوي,M,02/04/1991,0661123456
الحسين,العلوي,M,02/04/1991,0661123456
محمد,العلوي,M,05/09/1994,0661123456
"""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mohamed", "Mohammed", True),
        ("محمد", "Mohamed", True),
        ("صلاح الدين", "Salah Eddine", True),
        ("عبد الرحمان", "عبد الرحمن", True),
        ("El Hassan", "Hassan", True),
        ("Hassan", "Houssine", False),
        ("حسن", "حسين", False),
        ("الحسين", "Hassan", False),
        ("Mohamed", "Mahmoud", False),
        ("Sara", "Salma", False),
        ("", "Hassan", False),
    ],
)
def test_which_given_names_are_one(one, other, same):
    assert sharing.same_given_name(one, other) is same
    assert sharing.same_given_name(other, one) is same


def test_twins_book_with_one_address_and_each_has_an_own_place(reference, now, settings):
    settings.DEMO = True
    slot = steps.slot(steps.campaign())
    first = steps.confirmed(slot, now, given_name="Hassan", birth_date=BORN, **SHARED)
    second = steps.confirmed(slot, now, given_name="Houssine", birth_date=BORN, **SHARED)
    assert first.donor != second.donor
    assert Appointment.objects.live().count() == 2
    told = Notification.objects.filter(kind="booking_confirmed")
    assert {note.donor for note in told} == {first.donor, second.donor}
    outbox.deliver(now=now)
    copies = DeliveredCopy.objects.filter(notification__kind="booking_confirmed")
    links = " ".join(copy.text for copy in copies)
    assert copies.count() == 2 and f"/v/{first.public_id}" in links
    assert f"/v/{second.public_id}" in links


def test_the_same_person_in_the_other_script_is_no_new_row(reference, now):
    known = factories.donor(
        family_name="Alaoui", given_name="Salaheddine", email=SHARED["address"], birth_date=BORN
    )
    arabic = SHARED | {"family_name": "العلوي", "given_name": "صلاح الدين"}
    made = steps.confirmed(steps.slot(steps.campaign()), now, birth_date=BORN, **arabic)
    assert made.donor == known


def test_each_twin_signs_in_to_the_own_page(reference, settings):
    settings.DEMO = True
    twins = {
        name: factories.donor(
            family_name="Alaoui", given_name=name, email=SHARED["address"], birth_date=BORN
        )
        for name in ("Hassan", "Houssine")
    }
    typed = {"address": SHARED["address"], "birth_date": "02/04/1991"}
    for name, donor in twins.items():
        client = Client()
        page = client.post("/en/me/enter/", typed)["Location"]
        proof = donor.contacts.model.objects.get(donor=twins["Hassan"]).proofs.latest("pk")
        code = verification.code_of(proof)
        assert "Enter your given name too" in client.post(page, {"code": code}).text
        assert (
            "Nobody with this given name"
            in client.post(page, {"code": code, "given_name": "Karim"}).text
        )
        client.post(page, {"code": code, "given_name": name})
        donor.refresh_from_db()
        assert client.session["_auth_user_id"] == str(donor.user_id)


def test_a_list_with_twins_and_a_third_brother_is_three_people_however_often(reference, now):
    unit = factories.unit()
    for _twice in range(2):
        roster = rosters.upload(
            file_name="liste.csv",
            content=LINES.encode(),
            unit=unit,
            by=factories.officer(unit),
            now=now,
        )
        rosters.work(now=now)
        rosters.agree(
            roster=Roster.objects.get(pk=roster.pk), now=timezone.now(), leaves_elsewhere=True
        )
        rosters.work(now=timezone.now())
    given = set(Donor.objects.values_list("given_name_ar", flat=True))
    assert given == {"حسن", "الحسين", "محمد"}
    assert Donor.objects.count() == Membership.objects.filter(unit=unit, until=None).count() == 3
