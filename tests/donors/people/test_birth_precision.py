"""People of whom only the year, or the month and year, of birth is known."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from campaigns.account import own_data
from donors.clock import partial_dates
from donors.clock.partial_dates import PartialDate
from donors.contact import verification
from donors.eligibility import criteria
from donors.models import Donor
from donors.people import duplicates, search
from tests.support import factories

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 15)
BORN_1990 = {"birth_date": date(1990, 1, 1), "birth_precision": "year"}


@pytest.mark.parametrize(
    ("typed", "shown", "iso", "latest"),
    [
        ("1990", "1990", "1990", date(1990, 12, 31)),
        ("00/00/1990", "1990", "1990", date(1990, 12, 31)),
        ("02/1992", "02/1992", "1992-02", date(1992, 2, 29)),
        ("00-02-1992", "02/1992", "1992-02", date(1992, 2, 29)),
        ("1992-02", "02/1992", "1992-02", date(1992, 2, 29)),
        ("07/03/1990", "07/03/1990", "1990-03-07", date(1990, 3, 7)),
    ],
)
def test_what_is_known_is_read_and_shown_and_no_day_is_invented(typed, shown, iso, latest):
    born = partial_dates.read(typed)
    assert (str(born), born.isoformat(), born.latest) == (shown, iso, latest)
    assert partial_dates.read("13/1990") is partial_dates.read("90") is None


@pytest.mark.parametrize(
    ("year", "month", "precision", "reasons", "free_on"),
    [
        (2008, 1, "year", ["MA-AGE-MIN"], date(2026, 12, 31)),
        (2008, 6, "month", ["MA-AGE-MIN"], date(2026, 6, 30)),
        (2008, 5, "month", [], JUNE),
        (2007, 1, "year", [], JUNE),
        (1960, 1, "year", ["MA-AGE-MAX"], None),
    ],
)
def test_rules_take_the_end_that_is_safe(reference, year, month, precision, reasons, free_on):
    person = factories.donor(birth_date=date(year, month, 1), birth_precision=precision)
    found = criteria.assess(donor=person, on=JUNE)
    assert (found.codes, found.next_on) == (reasons, free_on)
    among = criteria.eligible(Donor.objects.filter(pk=person.pk), JUNE)
    assert among.exists() == (not reasons)
    with connection.cursor() as cursor:
        cursor.execute("SELECT donation_conflict(%s, %s)", [person.pk, JUNE])
        assert (cursor.fetchone()[0] == "donor_under_18") == (reasons == ["MA-AGE-MIN"])


def test_database_stores_no_day_beside_a_precision_that_has_none(reference):
    person = factories.donor(**BORN_1990)
    person.refresh_from_db()
    assert person.latest_birth_date == date(1990, 12, 31)
    with pytest.raises(IntegrityError, match="invents_no_day"), transaction.atomic():
        Donor.objects.filter(pk=person.pk).update(birth_date=date(1990, 6, 1))


def test_search_and_comparison_meet_a_year_and_a_day_within_it(reference, now):
    person = factories.donor(family_name="Bennani", given_name="Salma", sex="F", **BORN_1990)
    for typed in ("Salma Bennani 1990", "Salma Bennani 07/03/1990"):
        assert search.find(typed) == [person]
    assert search.find("Bennani 07/03/1991") == []
    twin = ["Salma", "Bennani", "", ""]
    day = PartialDate(date(1990, 3, 7))
    assert duplicates.namesakes(written=twin, born=day, sex="F") == [person]


def test_sign_in_takes_a_day_for_a_year_but_no_year_for_a_day(reference, now):
    year = factories.donor(email="year@example.org", **BORN_1990)
    day = factories.donor(email="day@example.org", birth_date=date(1990, 3, 7))

    def found(address, typed):
        born = partial_dates.read(typed)
        asked = verification.ask_to_sign_in(address=address, born=born, sender="", now=now)
        return asked.contact and asked.contact.donor

    assert found("year@example.org", "07/03/1990") == found("year@example.org", "1990") == year
    assert found("day@example.org", "07/03/1990") == day
    assert found("day@example.org", "1990") is None


def test_a_date_that_was_not_typed_opens_no_record_of_the_same_address(reference, now):
    shared = {"email": "home@example.org"}
    year = factories.donor(given_name="Salma", **shared, **BORN_1990)
    day = factories.donor(given_name="Karim", birth_date=date(1990, 3, 7), **shared)

    def opened(typed, given_name):
        said = {"address": shared["email"], "born": partial_dates.read(typed), "sender": ""}
        proof = verification.ask_to_sign_in(**said, now=now)
        code = verification.code_of(proof)
        return verification.prove(proof=proof, code=code, given_name=given_name, now=now).donor

    assert opened("07/03/1990", "Karim") == day
    assert opened("07/03/1990", "Salma") == year
    assert opened("01/01/1990", "Karim") == opened("1990", "Karim") == year


def test_own_data_name_the_year_alone(reference, now):
    kept = own_data.everything(factories.donor(**BORN_1990), now)
    assert kept["person"]["birth_date"] == "1990"
