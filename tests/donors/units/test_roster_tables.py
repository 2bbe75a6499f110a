"""Lists as offices keep them: hidden sheets, titles, empty rows, months first, old code pages."""

import pytest

from donors.errors import Refused
from donors.units import roster_files, roster_lines, roster_tables
from tests.donors.units.test_roster_files import HEAD, LINE, TODAY, excel, ods

HEADS = ["nom", "prenom", "date de naissance", "sexe"]
SALMA = ["Bennani", "Salma", "07/03/1990", "F"]


def table(content: bytes) -> roster_tables.Table:
    return roster_tables.found(roster_files.sheets(content))


def read(content: bytes) -> list[tuple[int, str, str]]:
    """Number, date of birth and fault of each line."""
    of = table(content)
    lines = [(n, *roster_lines.read(row, of.columns, TODAY, of.order)) for n, row in of.lines]
    return [(n, said["birth_date"], fault) for n, said, fault in lines]


@pytest.mark.parametrize("book", [excel, ods])
def test_a_hidden_first_sheet_is_passed_over(book):
    content = book(
        {"old": [HEADS, ["Gone", "Long", "01/01/1950", "M"]], "List": [HEADS, SALMA]}, hidden="old"
    )
    of = table(content)
    assert (of.sheet, of.lines) == ("List", [(2, SALMA)])


@pytest.mark.parametrize("book", [excel, ods])
def test_a_list_below_titles_and_empty_rows_keeps_the_numbers_of_the_file(book):
    rows = [["Donneurs, novembre 2026"], [], [], HEADS, SALMA, [], ["Alaoui", "Ali", "", "M"]]
    assert read(book({"List": rows})) == [(5, "1990-03-07", ""), (7, "", "birth_date")]


def test_an_empty_line_of_a_text_counts():
    assert [n for n, *_rest in read((HEAD + "\r\n" + LINE + ";;;;\n" + LINE).encode())] == [3, 5]


def test_the_first_sheet_may_be_a_cover():
    of = table(excel({"Cover": [["Sûreté régionale"]], "List": [HEADS, SALMA]}))
    assert of.sheet == "List"


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        ({"A": [HEADS, SALMA], "B": [HEADS, SALMA]}, "Several sheets hold a list: A, B"),
        ({"A": [["x"]], "B": [["t"], [], ["nom", "sexe"]]}, "Sheet “B”, row 3: A line has to name"),
        ({"A": [[], HEADS]}, "Sheet “A”, row 2: There is nobody"),
        ({"A": [HEADS, [], ["x" * 300]]}, "Sheet “A”, row 3: A cell holds more"),
    ],
)
def test_what_is_refused_names_sheet_and_row(sheets, said):
    with pytest.raises(Refused, match=said):
        table(excel(sheets))


def test_every_sheet_hidden_is_told():
    with pytest.raises(Refused, match="is hidden"):
        table(excel({"A": [HEADS, SALMA]}, hidden="A"))


def test_a_password_is_told():
    locked = b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(Refused, match="password"):
        roster_files.read(locked)


def test_a_password_of_opendocument_is_told():
    lock = '<manifest:encryption-data manifest:checksum="x"/>'
    with pytest.raises(Refused, match="password"):
        roster_files.read(ods({"A": [HEADS]}, locked=lock))


@pytest.mark.parametrize("first", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
def test_the_line_that_names_the_delimiter_is_no_row(first):
    assert read((first + HEAD + "A,b;" + LINE[8:]).encode()) == [(2, "1990-03-07", "")]


def test_a_title_with_commas_does_not_choose_the_delimiter():
    title = "Liste des donneurs, unité de Taza, le 28, novembre\n"
    assert read((title + HEAD + LINE).encode()) == [(3, "1990-03-07", "")]


def test_old_dos_letters_are_read():
    rows = roster_files.read(
        "nom;prénom;né le\nBénani;Zoé;1990\nHélène;Gaël;1991\n".encode("cp850")
    )
    assert rows == [
        ["nom", "prénom", "né le"],
        ["Bénani", "Zoé", "1990"],
        ["Hélène", "Gaël", "1991"],
    ]


def born(*dates: str) -> bytes:
    return (HEAD + "".join(f"Bennani{n};Salma;{day};F;\n" for n, day in enumerate(dates))).encode()


def test_one_line_with_the_month_first_decides_the_others():
    said = read(born("03/07/1990", "12/25/1990", "1991"))
    assert [day for _n, day, _fault in said] == ["1990-03-07", "1990-12-25", "1991"]


def test_days_come_first_where_nothing_else_is_said():
    assert read(born("03/07/1990", "01/02/1990"))[0][1] == "1990-07-03"


def test_dates_in_both_orders_are_left_to_the_writer():
    said = read(born("25/12/1990", "12/25/1990", "03/07/1990", "05/05/1990"))
    assert [(day, fault) for _n, day, fault in said] == [
        ("1990-12-25", ""), ("1990-12-25", ""), ("03/07/1990", "order"), ("1990-05-05", ""),
    ]  # fmt: skip
