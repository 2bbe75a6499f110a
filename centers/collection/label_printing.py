"""Labels as PDF of their exact size, for the bag, the tubes and the record of a number."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from zint import DataMatrixOptions, Symbol, Symbology

from centers.isbt128 import data_structures, donation_numbers
from centers.models import NumberRange

from .number_ranges import PREFIX

SMALL = (60 * mm, 30 * mm)
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
    bars(canvas, said, 4 * mm, 13 * mm, 12 * mm)
    matrix(canvas, said, width - 13 * mm, 2 * mm)
    eye_readable(canvas, din, flags, 3 * mm, 8 * mm)
    canvas.setFont("Helvetica", 6.5)
    canvas.drawString(3 * mm, 3 * mm, warned(what, din))
    canvas.drawRightString(width - 3 * mm, height - 6 * mm, flags)


def bars(canvas: Canvas, text: str, x: float, y: float, height: float) -> None:
    """Code 128, one data structure; the caller leaves the quiet zones."""
    symbol = Symbol()
    symbol.symbology = Symbology.CODE128
    _draw(canvas, symbol, text, x, y, MODULE, height)


def matrix(canvas: Canvas, text: str, x: float, y: float) -> None:
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


def eye_readable(canvas: Canvas, din: str, flags: str, x: float, y: float) -> None:
    """The number in its three parts, with the check character in a box."""
    canvas.setFont("Helvetica-Bold", 10)
    text = f"{din[:5]} {din[5:7]} {din[7:]}"
    canvas.drawString(x, y, text)
    after = x + canvas.stringWidth(text, "Helvetica-Bold", 10) + 2 * mm
    canvas.rect(after, y - 1 * mm, 4 * mm, 4 * mm)
    canvas.drawCentredString(after + 2 * mm, y, donation_numbers.check_character(din))


def fitted(
    canvas: Canvas, text: str, x: float, y: float, width: float, *, font: str = "Helvetica"
) -> None:
    """A line in the largest font size that fits."""
    size = 7.0
    while size > 3 and canvas.stringWidth(text, font, size) > width:
        size -= 0.25
    canvas.setFont(font, size)
    canvas.drawString(x, y, text)


def warned(text: str, din: str) -> str:
    return f"{text} - DEMO" if din.startswith(DEMONSTRATION) else text
