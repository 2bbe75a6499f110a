import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.errors import Refused
from donors.units import roster_files, roster_lines

HEAD = "nom;prenom;date de naissance;sexe;telephone\n"
LINE = "Bennani;Salma;07/03/1990;F;0661123456\n"
TODAY = date(2026, 11, 24)
OPEN = "http://schemas.openxmlformats.org"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def excel(
    sheets: list[list[str]] | dict[str, list[list[str]]], hidden: str = "", **more: str
) -> bytes:
    """The smallest workbook; a cell that begins with = is a formula with a stored value."""
    named = sheets if isinstance(sheets, dict) else {"List": sheets}
    tags, links, parts = "", "", {}
    for n, (name, rows) in enumerate(named.items(), 1):
        state = ' state="hidden"' if name == hidden else ""
        tags += f'<sheet name="{name}" sheetId="{n}"{state} r:id="r{n}"/>'
        links += f'<Relationship Id="r{n}" Type="{OPEN}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{n}.xml"/>'
        lines = "".join(
            f'<row r="{at}">{_cells(at, row)}</row>' for at, row in enumerate(rows, 1) if row
        )
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{OPEN}/spreadsheetml/2006/main"><sheetData>{lines}</sheetData></worksheet>'
        )
    main = f"{OPEN}/officeDocument/2006/relationships"
    return _packed(
        {
            "_rels/.rels": f'<Relationships xmlns="{OPEN}/package/2006/relationships"><Relationship Id="r1" Type="{main}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{OPEN}/spreadsheetml/2006/main" xmlns:r="{main}"><sheets>{tags}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{OPEN}/package/2006/relationships">{links}</Relationships>',
            **parts,
            **more,
        }
    )  # fmt: skip


def _cells(number: int, row: list[str]) -> str:
    cells = ""
    for place, cell in enumerate(row):
        ref = f"{chr(65 + place)}{number}"
        if cell.startswith("="):
            cells += f'<c r="{ref}" t="str"><f>{cell[1:]}</f><v>stored</v></c>'
        elif cell.isdigit():
            cells += f'<c r="{ref}"><v>{cell}</v></c>'
        else:
            cells += f'<c r="{ref}" t="inlineStr"><is><t>{cell}</t></is></c>'
    return cells


def ods(sheets: dict[str, list[list[str]]], hidden: str = "", locked: str = "") -> bytes:
    """The smallest OpenDocument spreadsheet; empty rows are repeated ones, as LibreOffice has them."""
    tables = ""
    for name, rows in sheets.items():
        lines = "".join(
            "<table:table-row>" + "".join(f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row) + "</table:table-row>"
            if row else '<table:table-row table:number-rows-repeated="1"><table:table-cell/></table:table-row>'
            for row in rows
        )  # fmt: skip
        tables += f'<table:table table:name="{name}" table:style-name="{"off" if name == hidden else "on"}">{lines}</table:table>'
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/></style:style>'
        for name, shown in (("on", "true"), ("off", "false"))
    )
    spaces = " ".join(f'xmlns:{n}="{ODF}:{n}:1.0"' for n in ("office", "table", "text", "style"))
    return _packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{ODF}:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{locked}</manifest:file-entry></manifest:manifest>',
        }
    )  # fmt: skip


def _packed(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text if name == "mimetype" else f'<?xml version="1.0"?>{text}')
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
        rows = roster_files.sheets_of(content)
    except roster_files.Unfit as error:
        assert error.args[0] in roster_files.SENTENCES
    else:
        assert all(isinstance(cell, str) for of in rows for row in of.rows for cell in row)
