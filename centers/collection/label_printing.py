"""Labels as PDF of their exact size: for the bag, the tubes and the record of a number, and for a
released bag."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from zint import DataMatrixOptions, Symbol, Symbology

from centers.isbt128 import data_structures, donation_numbers
from centers.models import Label, NumberRange
from donors.clock.zones import MOROCCO

from .number_ranges import PREFIX

SMALL = (60 * mm, 30 * mm)
LARGE = (100 * mm, 100 * mm)
# 0.25 mm: the smallest module that the standard allows for comfortable reading by a hand scanner.
MODULE = 0.25 * mm
DOT = 0.4 * mm
# The facility number reserved by the standard for demonstrations: never on a real bag.
DEMONSTRATION = "A9999"
SET = (
    (data_structures.BAG, "Poche"),
    (data_structures.PILOT_TUBE, "Tube pilote"),
    (data_structures.TEST_TUBE, "Tube"),
    (data_structures.TEST_TUBE, "Tube"),
    (data_structures.RECORD, "Dossier"),
)


def for_range(held: NumberRange) -> bytes:
    """Five small labels for every number of the range, one per page, in the order of use."""
    prefix = held.first[:PREFIX]
    file = BytesIO()
    canvas = Canvas(file, pagesize=SMALL, invariant=1)
    for serial in range(int(held.first[PREFIX:]), int(held.last[PREFIX:]) + 1):
        for flags, what in SET:
            _small(canvas, f"{prefix}{serial:06d}", flags, what)
            canvas.showPage()
    canvas.save()
    return file.getvalue()


def _small(canvas: Canvas, din: str, flags: str, what: str) -> None:
    width, height = SMALL
    said = data_structures.number(din, flags)
    _bars(canvas, said, 4 * mm, 13 * mm, 12 * mm)
    _matrix(canvas, said, width - 13 * mm, 2 * mm)
    _eye_readable(canvas, din, flags, 3 * mm, 8 * mm)
    canvas.setFont("Helvetica", 6.5)
    canvas.drawString(3 * mm, 3 * mm, _warned(what, din))
    canvas.drawRightString(width - 3 * mm, height - 6 * mm, flags)


def for_labels(rows: Sequence[tuple[Label, bool]], *, sheet: bool) -> bytes:
    """Labels of bags: number, group, product and date, each as a bar code; all in one 2D code.

    With each row whether the donation has haemolysins, which are printed (decree 2-94-20). A page
    each, or four on a ``sheet`` of A4.
    """
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4 if sheet else LARGE, invariant=1)
    for place, (label, high_titre) in enumerate(rows):
        canvas.saveState()
        if sheet:
            column, row = place % 2, place // 2 % 2
            canvas.translate(5 * mm + column * LARGE[0], A4[1] - (row + 1) * (LARGE[1] + 10 * mm))
            canvas.rect(0, 0, *LARGE)
        _large(canvas, label, high_titre=high_titre)
        canvas.restoreState()
        if not sheet or place % 4 == 3 or place == len(rows) - 1:
            canvas.showPage()
    canvas.save()
    return file.getvalue()


def _large(canvas: Canvas, label: Label, *, high_titre: bool) -> None:
    bag = label.bag
    din = bag.donation.din
    parts = (
        data_structures.number(din),
        data_structures.group(label.blood_group),
        data_structures.product(label.product, label.division),
        data_structures.expiry(label.expires_at),
    )
    until = label.expires_at.astimezone(MOROCCO)
    rows = (
        (f"{din[:5]} {din[5:7]} {din[7:]}  [{donation_numbers.check_character(din)}]", "Don"),
        (label.get_blood_group_display().replace("−", "-"), "Groupe"),
        (f"{label.product}  {bag.component.name_fr}", "Produit"),
        (f"{until:%d/%m/%Y %H:%M}", "À utiliser avant"),
    )
    for row, (part, (text, what)) in enumerate(zip(parts, rows, strict=True)):
        top = LARGE[1] - (row + 1) * 20 * mm
        _bars(canvas, part, 5 * mm, top + 6 * mm, 11 * mm)
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(5 * mm, top + 2 * mm, text)
        canvas.setFont("Helvetica", 6.5)
        canvas.drawRightString(LARGE[0] - 4 * mm, top + 2 * mm, what)
    canvas.setFont("Helvetica-Bold", 26)
    canvas.drawRightString(LARGE[0] - 5 * mm, LARGE[1] - 34 * mm, rows[1][0])
    _matrix(canvas, data_structures.compound(*parts), 5 * mm, 2 * mm)
    canvas.setFont("Helvetica", 6.5)
    collected = f"Prélevé le {bag.collected_on:%d/%m/%Y} - don bénévole"
    canvas.drawString(30 * mm, 10 * mm, collected)
    canvas.setFont("Helvetica-Bold", 7.5)
    if label.not_fully_tested:
        canvas.drawString(30 * mm, 14 * mm, "URGENCE : TESTS INCOMPLETS")
    elif high_titre:
        canvas.drawString(30 * mm, 14 * mm, "Hémolysines anti-A/anti-B : receveurs O seulement")
    canvas.setFont("Helvetica", 6.5)
    _fitted(canvas, _warned(bag.center.name_fr, din), 30 * mm, 6 * mm, LARGE[0] - 33 * mm)


def _bars(canvas: Canvas, text: str, x: float, y: float, height: float) -> None:
    """Code 128, one data structure; the caller leaves the quiet zones."""
    symbol = Symbol()
    symbol.symbology = Symbology.CODE128
    _draw(canvas, symbol, text, x, y, MODULE, height)


def _matrix(canvas: Canvas, text: str, x: float, y: float) -> None:
    symbol = Symbol()
    symbol.symbology = Symbology.DATAMATRIX
    symbol.option_3 = DataMatrixOptions.SQUARE
    _draw(canvas, symbol, text, x, y, DOT)


def _draw(
    canvas: Canvas,
    symbol: Symbol,
    text: str,
    x: float,
    y: float,
    module: float,
    height: float | None = None,
) -> None:
    """Draw the symbol with its lower left corner at x, y; ``height`` applies to one-row symbols."""
    symbol.show_text = False
    symbol.encode(text)
    symbol.buffer_vector()
    unit = module * symbol.width / symbol.vector.width
    tall = symbol.vector.height
    for bar in symbol.vector.rectangles:
        up = 0 if height else (tall - bar.y - bar.height) * unit
        canvas.rect(
            x + bar.x * unit,
            y + up,
            bar.width * unit,
            height or bar.height * unit,
            stroke=0,
            fill=1,
        )


def _eye_readable(canvas: Canvas, din: str, flags: str, x: float, y: float) -> None:
    """The number in its three parts, with the check character in a box."""
    canvas.setFont("Helvetica-Bold", 10)
    text = f"{din[:5]} {din[5:7]} {din[7:]}"
    canvas.drawString(x, y, text)
    after = x + canvas.stringWidth(text, "Helvetica-Bold", 10) + 2 * mm
    canvas.rect(after, y - 1 * mm, 4 * mm, 4 * mm)
    canvas.drawCentredString(after + 2 * mm, y, donation_numbers.check_character(din))


def _fitted(canvas: Canvas, text: str, x: float, y: float, width: float) -> None:
    """A line in the largest font size that fits."""
    size = 6.5
    while size > 3 and canvas.stringWidth(text, "Helvetica", size) > width:
        size -= 0.25
    canvas.setFont("Helvetica", size)
    canvas.drawString(x, y, text)


def _warned(text: str, din: str) -> str:
    return f"{text} - DEMO" if din.startswith(DEMONSTRATION) else text
