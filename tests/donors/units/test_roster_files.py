import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.errors import Refused
from donors.units import roster_files, roster_lines

HEAD = "nom;prenom;date de naissance;sexe;telephone\n"
LINE = "Bennani;Salma;07/03/1990;F;0661123456\n"
CONTENT_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""
RELS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
BOOK = """<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>"""
BOOK_RELS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"""


def excel(rows: list[list[str]], **more: str) -> bytes:
    """The smallest workbook; a cell that begins with = is a formula with a stored value."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for place, cell in enumerate(row):
            ref = f"{chr(65 + place)}{number}"
            if cell.startswith("="):
                cells.append(f'<c r="{ref}" t="str"><f>{cell[1:]}</f><v>stored</v></c>')
            elif cell.isdigit():
                cells.append(f'<c r="{ref}"><v>{cell}</v></c>')
            else:
                cells.append(f'<c r="{ref}" t="inlineStr"><is><t>{cell}</t></is></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    sheet = f'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = {
            "[Content_Types].xml": CONTENT_TYPES, "_rels/.rels": RELS, "xl/workbook.xml": BOOK,
            "xl/_rels/workbook.xml.rels": BOOK_RELS, "xl/worksheets/sheet1.xml": sheet,
        } | more  # fmt: skip
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_arabic_survives_every_usual_encoding(encoding):
    text = "الاسم العائلي;الاسم الشخصي;تاريخ الازدياد;الجنس\n" + "بناني;سلمى;07/03/1990;أنثى\n" * 5
    rows = roster_files.read(text.encode(encoding))
    assert rows[1] == ["بناني", "سلمى", "07/03/1990", "أنثى"]
    assert roster_lines.missing(roster_lines.columns(rows[0])) == []


def test_french_of_windows_survives():
    rows = roster_files.read("nom;prénom\nBénani;Zoé\nHélène;Gaël\n".encode("cp1252"))
    assert rows[0] == ["nom", "prénom"] and rows[1] == ["Bénani", "Zoé"]


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_every_usual_delimiter_and_a_quoted_new_line(delimiter):
    text = delimiter.join(["nom", "prenom", "sexe"]) + "\r\n"
    text += delimiter.join(['"Ben\nAli"', f'"Sal{delimiter}ma"', "F"]) + "\r\n"
    assert roster_files.read(text.encode())[1] == ["Ben\nAli", f"Sal{delimiter}ma", "F"]


def test_an_excel_list_is_read_and_no_formula_runs():
    rows = roster_files.read(excel([["nom", "prenom", "ne le"], ["Bennani", "=1+1", "32939"]]))
    assert rows == [["nom", "prenom", "ne le"], ["Bennani", "stored", "32939"]]


def bomb() -> bytes:
    return excel([["nom"]], **{"xl/media/a.bin": "0" * 30_000_000})


REFUSED = {
    "empty": (b"  \n ", "empty"),
    "large": (b"x" * (roster_files.MOST_BYTES + 1), "larger than 10 MB"),
    "old excel": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old kind"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "neither an Excel file"),
    "program": (b"MZ\x90\x00" + b"\0" * 400, "neither an Excel file"),
    "zip": (None, "neither an Excel file"),
    "cut off": (excel([["nom"]])[:300], "damaged"),
    "bomb": (None, "unpacks to far more"),
    "long cell": (HEAD.encode() + b"x" * 300 + b";;;;\n", "more than 200"),
    "wide": (b";".join(b"x" for _n in range(80)), "more than 60 columns"),
    "quote": (b'nom;prenom\n"Ben;Ali\n', "damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_list_gets_a_sentence(name):
    content, sentence = REFUSED[name]
    if name == "zip":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.txt", "hello")
        content = file.getvalue()
    if name == "bomb":
        content = bomb()
    with pytest.raises(Refused, match=sentence):
        roster_files.read(content)


def test_a_hundred_thousand_lines_and_no_more():
    rows = (HEAD + LINE * roster_files.MOST_ROWS).encode()
    assert len(roster_files.read(rows)) == roster_files.MOST_ROWS + 1
    with pytest.raises(Refused, match="more than 100,000"):
        roster_files.read(rows + LINE.encode())


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+212661123456", "-1", "@x", "plain", "'quoted"])
def test_a_cell_goes_out_harmless_and_comes_back_as_it_was(cell):
    out = roster_files.harmless(cell)
    assert not out.startswith(("=", "+", "-", "@"))
    assert roster_files.read(f"nom\n{out}\n".encode())[1] == [cell]


@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_a_known_refusal(content):
    try:
        rows = roster_files.rows_of(content)
    except roster_files.Unfit as error:
        assert error.args[0] in roster_files.SENTENCES
    else:
        assert all(isinstance(cell, str) for row in rows for cell in row)
