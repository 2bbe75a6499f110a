"""Scans that come slowly, unevenly, or on the heels of typed keys: each key once, in the right field."""

from datetime import timedelta
from itertools import cycle, product

import pytest
from django.db.models import F

from centers.isbt128.donation_numbers import check_character
from centers.models import Bleeding, Visit
from tests.support import factories
from tests.support.browser import axe
from tests.support.keyboards import AZERTY, LAYOUTS, US, Keyboard, on_us
from tests.support.owner import past_the_guards

from .test_scanner import DIN, at_the_board, at_the_chair, nurse, scan, session, value

__all__ = ["nurse", "session"]  # fixtures

pytestmark = pytest.mark.browser


# Milliseconds before each key, the first one's and then the others': slow scanners, and one late key.
GAPS = {
    "late after the sign": lambda n: 75 if n == 1 else 12,
    "late after twelve": lambda n: 75 if n == 12 else 12,
    "very late after twelve": lambda n: 300 if n == 12 else 12,
    "75 a key": lambda n: 75,
    "120 a key": lambda n: 120,
    "slow, then quick": lambda n: 90 if n < 8 else 12,
}
layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())


def spaced(page, text, *, layout, gap, end="Enter"):
    """A scan with the gap of each key named; ``gap`` has the place of the key in the text."""
    keyboard = Keyboard(page, layout)
    for n, (code, shift) in enumerate(on_us(text)):
        keyboard.press(code, shift=shift, gap=gap(n))
    if end:
        keyboard.press(end, gap=gap(len(text)))


def test_a_slow_scan_at_the_board(desktop, sign_in, session, nurse, subtests):
    """With the cursor in the field and without, each key once; the donor in the chair is found.

    Each pace on one layout, each layout at two paces: what is late does not depend on what a key says.
    """
    page = desktop
    visit = factories.visit(session, factories.donor(), nurse)
    factories.donation(visit, nurse, din=DIN, check_character=check_character(DIN))
    for (pace, gap), layout in zip(GAPS.items(), cycle(LAYOUTS.values()), strict=False):
        with subtests.test(pace=pace):
            at_the_board(page, sign_in, session, nurse)
            for without_cursor in (False, True):
                page.locator("[name=text]").fill("")
                if without_cursor:
                    page.evaluate("document.activeElement.blur()")
                spaced(page, f"={DIN}00", layout=layout, gap=gap, end="")
                page.wait_for_timeout(200)
                assert value(page, "text") == f"={DIN}00"
            page.locator("[name=text]").fill("")
            page.evaluate("document.activeElement.blur()")
            spaced(page, f"={DIN}00", layout=layout, gap=gap)
            page.wait_for_url(f"**/visits/{visit.public_id}/**")


@layouts
def test_a_scan_too_slow_to_be_told_arrives_as_its_characters(
    desktop, sign_in, session, nurse, layout
):
    page = desktop
    at_the_board(page, sign_in, session, nurse)
    page.evaluate("document.activeElement.blur()")
    spaced(page, f"={DIN}00", layout=layout, gap=lambda n: 500, end="")
    page.wait_for_timeout(200)
    keys = on_us(f"={DIN}00")
    assert value(page, "text") == "".join(layout.says(code, shift=shift) for code, shift in keys)
    page.goto("about:blank")  # a pause finds people: no longer once the cookies change
    at_the_board(page, sign_in, session, nurse)
    page.locator("[name=text]").fill("=")  # a sign, a long wait, and the rest as a burst of its own
    spaced(page, f"{DIN}00", layout=layout, gap=lambda n: 12 if n else 900, end="")
    page.wait_for_timeout(200)
    assert value(page, "text") == f"={DIN}00"


def test_a_person_with_the_keypad_is_not_taken_for_a_slow_scanner(desktop, sign_in, session, nurse):
    """On AZERTY the same keys could mean =Q9999; at a person's pace what is written counts."""
    page = desktop
    at_the_chair(page, sign_in, session, nurse)
    keyboard = Keyboard(page, AZERTY)
    for n, character in enumerate(f"={DIN}00"):
        pad = (
            f"Numpad{character}" if character.isdigit() else {"=": "Equal", "A": "KeyQ"}[character]
        )
        keyboard.press(pad, shift=character == "A", gap=90 if n else 500)
    page.wait_for_timeout(200)
    assert value(page) == f"={DIN}00"


@pytest.mark.parametrize("gap", [5, 30, 75, 300], ids=lambda ms: f"{ms} ms after the typed key")
@pytest.mark.parametrize("layout", [US, AZERTY], ids=["US", "AZERTY"])
def test_a_scan_right_after_a_typed_volume(desktop, sign_in, session, nurse, layout, gap):
    page = desktop
    visit = at_the_chair(page, sign_in, session, nurse)
    scan(page, f"={DIN}00", layout=US)
    scan(page, "LOT26A", layout=US)
    page.wait_for_selector(".notice.success")
    with past_the_guards():  # eight minutes pass
        begun = Bleeding.objects.filter(visit=visit)
        begun.update(started_at=F("started_at") - timedelta(minutes=8))
    page.goto(f"/ar/centre/visits/{visit.public_id}/")
    page.locator("[name=volume]").focus()
    Keyboard(page, US).types("450", gap=12)
    spaced(page, f"={DIN}00", layout=layout, gap=lambda n: 12 if n else gap, end="")
    page.wait_for_timeout(200)
    assert (value(page, "volume"), value(page)) == ("450", f"={DIN}00")
    page.reload()  # what the draft keeps
    assert (value(page, "volume"), value(page)) == ("450", f"={DIN}00")
    page.fill("[name=number]", "")
    page.fill("[name=volume]", "")
    page.locator("[name=volume]").focus()
    Keyboard(page, US).types("450", gap=12)
    spaced(page, f"={DIN}00", layout=layout, gap=lambda n: 12 if n else gap)
    page.wait_for_selector(".notice.success")
    assert Visit.objects.get().donation.volume == 450


@layouts
def test_a_number_scanned_in_the_lot_goes_to_its_own_field(
    desktop, sign_in, session, nurse, subtests, layout
):
    page = desktop
    at_the_chair(page, sign_in, session, nurse)
    # Each also when a number is there already: it is that of the bag scanned last.
    for before, gap, there in product(("", "ABC"), (12, 75), ("", "=A99992600000200")):
        with subtests.test(before=before, gap=gap, there=there):
            page.fill("[name=number]", there)
            page.fill("[name=lot]", before)
            spaced(page, f"={DIN}00", layout=layout, gap=lambda n, gap=gap: gap if n else 900)
            assert (value(page), value(page, "lot")) == (f"={DIN}00", before)
            # Enter went on from the number.
            assert page.evaluate("document.activeElement.name") == "lot"
    assert not Bleeding.objects.exists()


def test_a_number_scanned_at_a_choice_a_box_or_a_button(desktop, sign_in, session, nurse):
    page = desktop
    at_the_chair(page, sign_in, session, nurse)
    for place in ("select[name=kit]", "select[name=arm]", "form[action$='/start/'] [type=submit]"):
        page.fill("[name=number]", "")
        page.locator(place).focus()
        spaced(page, f"={DIN}00", layout=AZERTY, gap=lambda n: 75 if n else 900, end="Tab")
        assert value(page) == f"={DIN}00"
        assert (value(page, "kit"), value(page, "arm")) == ("triple", "left")


def test_a_second_scan_takes_the_place_of_the_first(desktop, sign_in, session, nurse):
    page = desktop
    at_the_chair(page, sign_in, session, nurse)
    for din in ("A999926000002", DIN):
        scan(page, f"={din}00", layout=AZERTY, end="")
        page.wait_for_timeout(500)
    assert value(page) == f"={DIN}00"


def test_a_sign_in_a_sentence_stays(desktop, sign_in, session, nurse):
    page = desktop
    at_the_chair(page, sign_in, session, nurse)
    page.fill("[name=lot]", "")
    Keyboard(page, US).types("Hb=11.5,x", gap=90)
    page.wait_for_timeout(300)
    assert value(page, "lot") == "Hb=11.5,x" and value(page) == ""


@pytest.mark.parametrize("pace", [75, 140])
def test_a_slow_card_presses_no_shortcut(desktop, sign_in, session, nurse, pace):
    page = desktop
    donor = next(d for d in iter(factories.donor, None) if str(d.public_id)[0].isalpha())
    at_the_board(page, sign_in, session, nurse)
    page.evaluate("document.activeElement.blur()")
    scan(page, str(donor.public_id), layout=US, pace=pace)
    page.wait_for_url("**/visits/**")
    assert Visit.objects.get().donor == donor


def test_the_tick_names_its_facility_and_does_not_stick(desktop, sign_in, session, nurse):
    page = desktop
    visit = at_the_chair(page, sign_in, session, nurse)
    scan(page, "=F12342600000100", layout=US)
    with page.expect_navigation():
        scan(page, "LOT26A", layout=US)
    assert "F1234" in page.locator("label[for=id_facility]").inner_text()
    page.locator("[name=facility]").check()
    page.locator("[name=number]").focus()
    scan(page, "=G12342600000100", layout=US)
    assert value(page) == "=G12342600000100"
    with page.expect_navigation():
        page.locator("[name=lot]").press("Enter")
    assert "G1234" in page.locator("label[for=id_facility]").inner_text()
    assert not page.locator("[name=facility]").is_checked()
    axe(page)
    page.locator("[name=facility]").check()
    with page.expect_navigation():
        page.locator("[name=lot]").press("Enter")
    assert Bleeding.objects.get(visit=visit).din == "G123426000001"
