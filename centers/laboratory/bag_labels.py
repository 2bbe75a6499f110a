"""Labels of released bags, as Directive 2002/98/EC Annex III asks, in French and Arabic.

Four quadrants (ISBT 128): number and producer, group, product, expiry; each with its bars, and one
square code with all four.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from centers.collection import label_printing
from centers.isbt128 import data_structures
from centers.models import Component, Label
from donors import typeface
from donors.clock.zones import MOROCCO

SIDE = 100 * mm
HALF = SIDE / 2
DOTS = 600 / 25.4  # of Arabic lines, for each mm


def pdf(labels: Sequence[tuple[Label, bool]], *, sheet: bool) -> bytes:
    """A page of 100 × 100 mm each, or four on a ``sheet`` of A4.

    With each label whether its donation has haemolysins, which are printed (decree 2-94-20).
    """
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4 if sheet else (SIDE, SIDE), invariant=1)
    for place, (label, high_titre) in enumerate(labels):
        canvas.saveState()
        if sheet:
            column, row = place % 2, place // 2 % 2
            canvas.translate(
                5 * mm + column * SIDE, A4[1] - 10 * mm - (row + 1) * SIDE - row * 5 * mm
            )
        _label(canvas, label, high_titre=high_titre)
        canvas.restoreState()
        if not sheet or place % 4 == 3 or place == len(labels) - 1:
            canvas.showPage()
    canvas.save()
    return file.getvalue()


def _label(canvas: Canvas, label: Label, *, high_titre: bool) -> None:
    canvas.setLineWidth(0.3)
    canvas.rect(0, 0, SIDE, SIDE)
    canvas.line(HALF, 0, HALF, SIDE)
    canvas.line(0, HALF, SIDE, HALF)
    din = label.bag.donation.din
    parts = (
        data_structures.number(din),
        data_structures.group(label.blood_group),
        data_structures.product(label.product, label.division),
        data_structures.expiry(label.expires_at),
    )
    corners = ((0, HALF), (HALF, HALF), (0, 0), (HALF, 0))
    for part, (x, y) in zip(parts, corners, strict=True):
        label_printing.bars(canvas, part, x + 4 * mm, y + 35 * mm, 11 * mm)
    _producer(canvas, label, din)
    _group(canvas, label)
    _product(canvas, label)
    _expiry(canvas, label, high_titre=high_titre)
    label_printing.matrix(canvas, data_structures.compound(*parts), HALF + 4 * mm, 3 * mm)


def _producer(canvas: Canvas, label: Label, din: str) -> None:
    bag, y = label.bag, HALF
    label_printing.eye_readable(canvas, din, "00", 4 * mm, y + 30 * mm)
    _both(canvas, 0, y + 25 * mm, f"Prélevé le {bag.collected_on:%d/%m/%Y}", "تاريخ السحب")
    _both(canvas, 0, y + 21 * mm, "Don volontaire", "تبرع تطوعي")
    names = label_printing.warned(bag.center.name_fr, din).split(" – ")
    for row, name in enumerate(names):
        _line(canvas, name, 4 * mm, y + (15 - 3.5 * row) * mm, 43 * mm)
    _arabic(canvas, bag.center.name_ar, 4 * mm, y + 4 * mm, 43, 4.5)


def _group(canvas: Canvas, label: Label) -> None:
    x, y = HALF, HALF
    abo, positive = label.blood_group[:-1], label.blood_group.endswith("+")
    canvas.setFont("Helvetica-Bold", 60)
    canvas.drawCentredString(x + 25 * mm, y + 14 * mm, abo + ("+" if positive else "-"))
    _both(
        canvas,
        x,
        y + 5 * mm,
        f"Rh D {'POSITIF' if positive else 'NÉGATIF'}",
        "ريسوس د موجب" if positive else "ريسوس د سالب",
        bold=True,
    )


def _product(canvas: Canvas, label: Label) -> None:
    component = label.bag.component
    canvas.setFont("Helvetica", 7)
    canvas.drawString(4 * mm, 31.5 * mm, f"{label.product}V{label.division}")
    _line(canvas, component.name_fr, 4 * mm, 27 * mm, 43 * mm, bold=True)
    _arabic(canvas, component.name_ar, 4 * mm, 21.8 * mm, 43, 4.5, bold=True)
    _both(canvas, 0, 18 * mm, f"Volume : {label.volume} mL", "الحجم")
    lines = (
        ("Anticoagulant", "مضاد التخثر", component.anticoagulant, component.anticoagulant_ml),
        ("Additif", "المحلول المضاف", component.additive, component.additive_ml),
    )
    y = 14 * mm
    for french, arabic, name, volume in lines:
        if name:
            held = f"{name} {volume} mL" if volume else name
            _both(canvas, 0, y, f"{french} : {held}", arabic)
            y -= 4 * mm
    _both(canvas, 0, 4 * mm, _kept(component), "درجة الحفظ")


def _kept(component: Component) -> str:
    """The temperature of storage in French; the directive asks for it on the label."""
    low, high = component.storage_min_c, component.storage_max_c
    if low is None:
        return f"Conserver à {high} °C ou moins".replace("-", "−")
    return f"Conserver de {low:+d} à {high:+d} °C"


def _expiry(canvas: Canvas, label: Label, *, high_titre: bool) -> None:
    x = HALF
    until = label.expires_at.astimezone(MOROCCO)
    _both(canvas, x, 31 * mm, "À utiliser avant", "صالح إلى غاية")
    canvas.setFont("Helvetica-Bold", 13)
    canvas.drawString(x + 4 * mm, 25 * mm, f"{until:%d/%m/%Y %H:%M}")
    if label.not_fully_tested:
        canvas.rect(x + 17 * mm, 10 * mm, HALF - 18 * mm, 13 * mm, fill=1)
        canvas.setFillGray(1)
        canvas.setFont("Helvetica-Bold", 8)
        canvas.drawString(x + 19 * mm, 18 * mm, "TESTS INCOMPLETS")
        _arabic(canvas, "فحوص غير مكتملة", x + 18 * mm, 11 * mm, 30, 5.5, bold=True, colour="#fff")
        canvas.setFillGray(0)
    elif high_titre:
        _line(
            canvas, "Hémolysines : receveurs O seulement", x + 4 * mm, 20.5 * mm, 43 * mm, bold=True
        )
        _arabic(canvas, "هيموليزين: لمستقبلي الفصيلة O فقط", x + 20 * mm, 14.5 * mm, 28, 4.5)
    if label.bag.donation.din.startswith(label_printing.DEMONSTRATION):
        canvas.setFont("Helvetica-Bold", 9)
        canvas.drawRightString(SIDE - 3 * mm, 3 * mm, "DEMO")


def _both(
    canvas: Canvas, x: float, y: float, french: str, arabic: str, *, bold: bool = False
) -> None:
    """A fact on one line of a quadrant: French from the left, Arabic from the right."""
    _line(canvas, french, x + 4 * mm, y, 29 * mm, bold=bold)
    _arabic(canvas, arabic, x + 33 * mm, y - 1.4 * mm, 15, 4.2, bold=bold)


def _line(
    canvas: Canvas, text: str, x: float, y: float, width: float, *, bold: bool = False
) -> None:
    label_printing.fitted(canvas, text, x, y, width, font="Helvetica-Bold" if bold else "Helvetica")


def _arabic(
    canvas: Canvas,
    words: str,
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    bold: bool = False,
    colour: str = "#000000",
) -> None:
    """``width`` and ``height`` in mm."""
    picture = typeface.arabic_line(
        words, round(width * DOTS), round(height * DOTS), bold=bold, colour=colour
    )
    canvas.drawImage(ImageReader(BytesIO(picture)), x, y, width * mm, height * mm, mask="auto")
