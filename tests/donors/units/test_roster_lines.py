from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.units import roster_lines

ON = date(2026, 11, 24)
HEAD = ["Nom", "Prénom", "Date de naissance", "Sexe", "N° CIN", "Téléphone", "E-mail", "Langue"]
GOOD = ["Bennani", "Salma", "07/03/1990", "F", "ab 123456", "06 61 12 34 56", "S@Example.org", "fr"]


def line(**changed):
    cells = dict(zip(("n", "p", "d", "s", "c", "t", "e", "l"), GOOD, strict=True)) | changed
    return roster_lines.read(list(cells.values()), roster_lines.columns(HEAD), ON)


def test_a_whole_line_is_read():
    said, fault = line()
    assert fault == ""
    assert (said["birth_date"], said["sex"], said["document_number"]) == (
        "1990-03-07",
        "F",
        "AB123456",
    )
    assert (said["phone"], said["email"], said["language"]) == (
        "+212661123456",
        "s@example.org",
        "fr",
    )


@pytest.mark.parametrize(
    "text",
    ["7/3/1990", "07-03-1990", "07.03.1990", "1990-03-07", "٠٧/٠٣/١٩٩٠", "32939", "07/03/90"],
)
def test_a_date_of_birth_is_understood(text):
    assert line(d=text)[0]["birth_date"] == "1990-03-07"


@pytest.mark.parametrize("text", ["F", "femme", "Féminin", "أنثى", "female"])
def test_a_sex_is_understood(text):
    assert line(s=text)[0]["sex"] == "F"


@pytest.mark.parametrize("text", ["661123456", "0661123456", "+212 661-123456", "٠٦٦١١٢٣٤٥٦"])
def test_a_phone_is_understood(text):
    assert line(t=text)[0]["phone"] == "+212661123456"


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"n": ""}, "name"),
        ({"n": "=HYPERLINK(1)"}, "formula"),
        ({"p": "@Salma"}, "formula"),
        ({"d": ""}, "birth_date"),
        ({"d": "31/02/1990"}, "birth_date"),
        ({"d": "13/1990"}, "birth_date"),
        ({"d": "07/03/1890"}, "age"),
        ({"d": "07/03/2020"}, "age"),
        ({"s": "x"}, "sex"),
        ({"c": "123"}, "document"),
        ({"t": "12"}, "phone"),
        ({"e": "no address"}, "email"),
    ],
)
def test_a_fault_has_its_sentence(changed, fault):
    assert line(**changed)[1] == fault
    assert fault in roster_lines.FAULTS


def test_an_arabic_name_under_a_latin_heading_is_arabic():
    said, fault = line(n="بناني", p="سلمى")
    assert (fault, said["family_name_ar"], said["family_name"]) == ("", "بناني", "")


def test_what_is_missing_is_named():
    assert roster_lines.missing(roster_lines.columns(["nom", "sexe"])) == [
        "family_name", "given_name", "birth_date",
    ]  # fmt: skip


FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y")


@given(st.dates(date(1930, 1, 1), date(2008, 12, 31)), st.sampled_from(FORMATS))
def test_every_date_comes_back(born, form):
    assert line(d=born.strftime(form))[0]["birth_date"] == born.isoformat()
    serial = (born - roster_lines.EXCEL_BEGINS) // timedelta(days=1)
    assert line(d=str(serial))[0]["birth_date"] == born.isoformat()


@given(st.lists(st.text(max_size=30), max_size=9))
def test_any_line_is_read_or_has_a_fault(cells):
    said, fault = roster_lines.read(cells, roster_lines.columns(HEAD), ON)
    assert fault in roster_lines.FAULTS or fault == "" and said["birth_date"]


@pytest.mark.parametrize(("text", "kept"), [("1990", "1990"), ("07/1990", "1990-07")])
def test_a_year_alone_is_kept_as_a_year(text, kept):
    said, fault = line(d=text)
    assert (said["birth_date"], fault) == (kept, "")
