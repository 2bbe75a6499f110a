"""A number of a facility that a session does not use needs confirmation, on every form."""

import re

import pytest
from django.utils import timezone

from centers.collection import number_ranges, phlebotomy
from centers.errors import Foreign
from centers.isbt128 import donation_numbers
from centers.models import Bleeding, Center, ForeignNumber, Kit, NumberRange
from donors.errors import Refused
from tests.support import factories
from tests.support.attack import refused

FOREIGN = ("Q999926000017", "Q999926000018", "Q999926000019")


@pytest.fixture
def session(reference):
    return factories.session()


def label(din: str) -> str:
    return din + donation_numbers.check_character(din)


def needle_in(session, din: str, **said) -> Bleeding:
    nurse = factories.staff(session.center, "collection")
    visit = factories.visit(session, factories.donor(), nurse)
    kit = Kit.objects.get(code="triple")
    said = {"kit": kit, "lot": "L", "arm": "left"} | said
    return phlebotomy.start(visit=visit, number=label(din), by=nurse, now=timezone.now(), **said)


def test_another_facilitys_number_is_asked_about_at_the_needle(session):
    with pytest.raises(Foreign, match="facility Q9999") as asked:
        needle_in(session, FOREIGN[0])
    assert asked.value.field == "number" and not Bleeding.objects.exists()
    with pytest.raises(Foreign):
        needle_in(session, FOREIGN[0], facility="R0001")
    begun = needle_in(session, FOREIGN[0], facility="Q9999")
    assert begun.din == FOREIGN[0]
    kept = ForeignNumber.objects.get()
    assert (kept.din, kept.by) == (FOREIGN[0], begun.started_by)
    with pytest.raises(Foreign):  # the session has a facility: another one needs confirmation
        needle_in(session, FOREIGN[1])
    assert needle_in(session, factories.din()[0]).pk


def test_a_session_without_a_facility_asks_once(session):
    factories.give_facility("")
    session.center.refresh_from_db()
    with pytest.raises(Foreign):
        needle_in(session, FOREIGN[0])
    needle_in(session, FOREIGN[0], facility="Q9999")
    needle_in(session, FOREIGN[1])
    assert ForeignNumber.objects.count() == 1
    with pytest.raises(Foreign):
        needle_in(session, factories.din()[0])


def test_another_centres_facility_is_named(session):
    other = Center.objects.exclude(pk=session.center_id).first()
    factories.give_facility("Q9999", other)
    with pytest.raises(Foreign) as asked:
        needle_in(session, FOREIGN[0])
    assert other.name in str(asked.value)


def test_a_roll_of_another_facility_is_asked_about_and_then_is_the_sessions(session):
    said = {"session": session, "count": 2, "device": "t", "first": label(FOREIGN[0])}
    with pytest.raises(Foreign):
        number_ranges.give_out(**said, **factories.acts())
    number_ranges.give_out(**said, facility="Q9999", **factories.acts())
    assert NumberRange.objects.get().last == FOREIGN[1]
    assert needle_in(session, FOREIGN[1]).device == "t"
    with pytest.raises(Refused, match="none of those handed"):
        needle_in(session, FOREIGN[2], facility="Q9999")


def test_the_page_asks_and_loses_nothing(session, client, settings):
    settings.DEMO = True  # a second factor is asked for otherwise
    nurse = factories.staff(session.center, "collection")
    visit = factories.visit(session, factories.donor(), nurse)
    client.force_login(nurse)
    said = {"arm": "left", "kit": "triple", "number": label(FOREIGN[0]), "lot": "LOT26A"}
    address = f"/en/centre/visits/{visit.public_id}/start/"
    page = client.post(address, said)
    assert page.status_code == 200 and not Bleeding.objects.exists()
    shown = page.content.decode()
    assert "facility Q9999, which this session does not use" in shown
    assert 'type="checkbox"' in shown and 'value="Q9999"' in shown and "LOT26A" in shown
    assert "I compared the label: it is of facility Q9999" in shown
    assert "The label has it" not in shown
    client.post(address, said | {"facility": "Q9999"})
    assert Bleeding.objects.get().din == FOREIGN[0]


def test_a_tick_goes_with_the_facility_that_it_was_shown_for(session, client, settings):
    settings.DEMO = True
    nurse = factories.staff(session.center, "collection")
    visit = factories.visit(session, factories.donor(), nurse)
    client.force_login(nurse)
    said = {"arm": "left", "kit": "triple", "number": label("G123426000001"), "lot": "LOT26A"}
    said["facility"] = "F1234"  # ticked for the number that was scanned first
    address = f"/en/centre/visits/{visit.public_id}/start/"
    shown = client.post(address, said).content.decode()
    box = re.search(r'<input[^>]*name="facility"[^>]*>', shown)[0]
    assert 'value="G1234"' in box and "checked" not in box and "F1234" not in shown
    assert "I compared the label: it is of facility G1234" in shown
    client.post(address, said | {"facility": "G1234"})
    assert Bleeding.objects.get().din == "G123426000001"


def test_the_database_refuses_a_facility_that_nobody_confirmed(session):
    nurse = factories.staff(session.center, "collection")
    visit = factories.visit(session, factories.donor(), nurse)
    words = "the facility is not of this session"
    assert words in refused(
        "INSERT INTO centers_bleeding (visit_id, din, check_character, device, kit_id, lot, arm,"
        " started_at, started_by_id, stopped_because) SELECT %s, %s, %s, '', 'triple', 'L', 'left',"
        " now(), %s, ''",
        visit.pk, FOREIGN[0], donation_numbers.check_character(FOREIGN[0]), nurse.pk,
    )  # fmt: skip
    assert words in refused(
        "INSERT INTO centers_numberrange (session_id, device, first, last, kept_last, issued_at,"
        " issued_by_id) VALUES (%s, 'x', %s, %s, '', now(), %s)",
        session.pk, FOREIGN[0], FOREIGN[1], nurse.pk,
    )  # fmt: skip
    number = {"din": FOREIGN[0], "check_character": donation_numbers.check_character(FOREIGN[0])}
    with pytest.raises(Exception, match=words):
        factories.donation(visit, nurse, **number)


def test_who_confirmed_a_number_stays(session):
    needle_in(session, FOREIGN[0], facility="Q9999")
    assert "append-only" in refused("UPDATE centers_foreignnumber SET din = %s", FOREIGN[1])
    assert "append-only" in refused("DELETE FROM centers_foreignnumber")
