"""The board's field: a visit by name, document, card or number for everybody who works there; the needle out."""

from datetime import timedelta

import pytest
from django.urls import reverse

from centers.models import Bleeding, Donation
from tests.support import blood, factories
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(settings):
    settings.DEMO = True  # a second factor is asked for otherwise
    return factories.staff(factories.center(), "collection")


@pytest.fixture
def visit(nurse):
    donor = factories.donor(
        given_name="Zineb",
        family_name="Bennani",
        given_name_ar="زينب",
        family_name_ar="بناني",
        sex="F",
        document_number="TA998877",
    )
    return factories.visit(factories.session(), donor, nurse)


def typed(client, visit, text: str, name="session-people"):
    address = reverse(f"centers:{name}", args=[visit.session.public_id])
    return client.post(address, {"text": text})


@pytest.mark.parametrize("text", ["zin", "Bennani", "بناني", "زين", "TA998877", "zineb bennani"])
def test_while_typing_the_visit_is_offered(client, nurse, visit, text):
    factories.donor(given_name="Zineb", family_name="Bennani", sex="F")  # of no session
    client.force_login(nurse)
    page = typed(client, visit, text).text
    assert page.count("<li>") == 1 and str(visit.public_id) in page
    answer = typed(client, visit, text, "session-scan")
    assert answer["Location"].endswith(f"/visits/{visit.public_id}/")


def test_the_end_of_the_bags_number_is_enough(client, nurse, visit):
    donation = blood.give(visit)
    client.force_login(nurse)
    assert str(visit.public_id) in typed(client, visit, donation.din[-4:]).text
    assert typed(client, visit, "z").text.strip() == ""
    assert "Nobody of this session" in typed(client, visit, "Tahiri").text


def test_several_are_shown_with_their_birth_dates(client, nurse, visit):
    twin = factories.donor(given_name="Zineb", family_name="Bennani", sex="F")
    other = factories.visit(visit.session, twin, nurse)
    client.force_login(nurse)
    page = typed(client, visit, "zineb bennani", "session-scan").text
    assert str(visit.public_id) in page and str(other.public_id) in page


def test_the_volume_and_the_bag_end_the_bleeding_from_the_board(client, nurse, visit):
    number = "".join(factories.din())
    client.force_login(nurse)
    start = {"arm": "left", "kit": "triple", "number": number, "lot": "L-77"}
    client.post(reverse("centers:bleeding-start", args=[visit.public_id]), start)
    scanned = f"450={number[:13]}00"
    asked = typed(client, visit, scanned, "session-scan")
    assert "hardly flows so fast" in asked.text and not Donation.objects.exists()
    with past_the_guards():
        begun = Bleeding.objects.get()
        at = begun.started_at - timedelta(minutes=8)
        Bleeding.objects.update(started_at=at)
    done = typed(client, visit, scanned, "session-scan")
    assert done.status_code == 302 and Donation.objects.get().volume == 450
    typed(client, visit, scanned, "session-scan")
    assert Donation.objects.count() == 1


def test_reception_alone_may_not_end_a_bleeding(client, visit):
    blood.give(visit)
    client.force_login(factories.staff(factories.center(), "reception"))
    scanned = f"450={Donation.objects.get().din}00"
    assert typed(client, visit, scanned, "session-scan").status_code == 403
