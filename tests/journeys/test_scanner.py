"""Scans and typing on keyboards of every layout in use in Morocco."""

import pytest

from centers.isbt128.donation_numbers import check_character
from centers.models import Bleeding, ForeignNumber, Visit
from donors.people import mrz
from tests.support import factories
from tests.support.browser import axe
from tests.support.keyboards import AZERTY, LAYOUTS, US, Keyboard

pytestmark = pytest.mark.browser

DIN = "A999926000001"
DESKS = {
    "US": {"layout": US},
    "AZERTY": {"layout": AZERTY},
    "AZERTY, digits of the keypad": {"layout": AZERTY, "keypad": True},
    "AZERTY, Caps Lock": {"layout": AZERTY, "caps": True},
    "AZERTY, Caps Lock and keypad": {"layout": AZERTY, "caps": True, "keypad": True},
    "US, Caps Lock": {"layout": US, "caps": True},
    "Arabic": {"layout": LAYOUTS["Arabic"]},
    "a slow scanner": {"layout": AZERTY, "pace": 50},
}


@pytest.fixture
def nurse(committed):
    return factories.staff(factories.center(), "reception", "collection")


@pytest.fixture
def session(nurse):
    return factories.session()


def scan(page, text, *, layout, caps=False, end="Enter", **how):
    Keyboard(page, layout, caps=caps).scans(text, end=end, **how)


def value(page, name="number") -> str:
    return page.locator(f"[name={name}]").first.input_value()


def at_the_chair(page, sign_in, session, nurse) -> Visit:
    visit = factories.visit(session, factories.donor(), nurse)
    sign_in(page, nurse)
    page.goto(f"/ar/centre/visits/{visit.public_id}/")
    page.select_option("[name=arm]", "left")
    page.select_option("[name=kit]", "triple")
    page.locator("[name=number]").focus()
    return visit


def at_the_board(page, sign_in, session, nurse) -> None:
    sign_in(page, nurse)
    page.goto(f"/ar/centre/sessions/{session.public_id}/")


def din_of(number: int) -> str:
    return f"A99992600{number:04}"


def test_a_label_and_a_lot_at_the_chair(desktop, sign_in, session, nurse, subtests):
    page = desktop
    for number, (name, desk) in enumerate(DESKS.items(), 1):
        with subtests.test(desk=name):
            visit = at_the_chair(page, sign_in, session, nurse)
            scan(page, f"={din_of(number)}00", **desk)
            assert value(page) == f"={din_of(number)}00"
            scan(page, "LOT-26/A7", **desk)
            page.wait_for_selector(".notice.success")
            begun = Bleeding.objects.get(visit=visit)
            assert (begun.din, begun.lot.upper()) == (din_of(number), "LOT-26/A7")


def test_a_donors_card_with_no_field_focused(desktop, sign_in, session, nurse, subtests):
    page = desktop
    for name, desk in DESKS.items():
        with subtests.test(desk=name):
            donor = factories.donor()
            at_the_board(page, sign_in, session, nurse)
            page.evaluate("document.activeElement.blur()")
            scan(page, str(donor.public_id), **desk)
            page.wait_for_url("**/visits/**")
            assert Visit.objects.latest("pk").donor == donor


def test_a_label_with_no_field_focused_finds_its_visit(desktop, sign_in, session, nurse, subtests):
    page = desktop
    visit = factories.visit(session, factories.donor(), nurse)
    factories.donation(visit, nurse, din=DIN, check_character=check_character(DIN))
    for name, desk in DESKS.items():
        with subtests.test(desk=name):
            at_the_board(page, sign_in, session, nurse)
            page.evaluate("document.activeElement.blur()")
            scan(page, f"={DIN}00", **desk)
            page.wait_for_url(f"**/visits/{visit.public_id}/**")


def test_an_identity_card_is_found(desktop, sign_in, session, nurse, subtests):
    page, donor = desktop, factories.donor(document_number="AW754103", family_name="Mqadzi")
    first = f"IDMARAW754103<{mrz.check_digit('AW754103<')}".ljust(30, "<")
    lines = (first, "9001018M3001017MAR<<<<<<<<<<<4", "MQADZI<<KARIM".ljust(30, "<"))
    sign_in(page, nurse)
    for name, desk in DESKS.items():
        with subtests.test(desk=name):
            page.goto(f"/ar/centre/sessions/{session.public_id}/donors/")
            scan(page, "AW754103", **desk)
            page.wait_for_selector("#main >> text=Mqadzi")
            page.goto(f"/ar/centre/sessions/{session.public_id}/donors/")
            keyboard = Keyboard(page, desk["layout"], caps=desk.get("caps", False))
            with page.expect_navigation():
                keyboard.scans("\n".join(lines), keypad=desk.get("keypad", False))
            page.wait_for_selector("#main >> text=Mqadzi")
    assert donor.document_key


def test_the_number_of_a_new_donors_card(desktop, sign_in, session, nurse):
    page = desktop
    sign_in(page, nurse)
    page.goto(f"/ar/centre/sessions/{session.public_id}/register/")
    page.locator("[name=document_number]").focus()
    scan(page, "ZA754103", layout=AZERTY, end="Tab")
    assert value(page, "document_number") == "ZA754103"
    assert page.evaluate("document.activeElement.name") != "document_number"


@pytest.mark.parametrize("gap", [70, 110])
def test_a_fast_hand_is_not_misread(desktop, sign_in, session, nurse, subtests, gap):
    page = desktop
    for language, layout in LAYOUTS.items():
        arabic = language == "Arabic"
        with subtests.test(layout=language):
            at_the_chair(page, sign_in, session, nurse)
            typed = "ضصثق5412" if arabic else f"{DIN}{check_character(DIN)}"
            Keyboard(page, layout).types(typed, gap=gap)
            page.wait_for_timeout(300)
            assert value(page) == typed
            page.goto(f"/ar/centre/sessions/{session.public_id}/donors/")
            name = "شيبلا قثص" if arabic else "azzam qawi w"
            Keyboard(page, layout).types(name.replace("لا", "ل").replace(" ", ""), gap=gap)
            page.wait_for_timeout(300)
            assert value(page, "text") == name.replace("لا", "ل").replace(" ", "")


def test_words_that_come_fast_stay_words(desktop, sign_in, session, nurse):
    """Six fast keys in a name field that are neither a card nor a number stay as typed."""
    page = desktop
    sign_in(page, nurse)
    page.goto(f"/ar/centre/sessions/{session.public_id}/donors/")
    Keyboard(page, AZERTY).types("azzawi", gap=30)
    page.wait_for_timeout(300)
    assert value(page, "text") == "azzawi"


def test_a_scanner_that_sends_numbers_of_characters(desktop, sign_in, session, nurse):
    page = desktop
    at_the_chair(page, sign_in, session, nurse)
    Keyboard(page, LAYOUTS["Arabic"]).alt(f"={DIN}00")
    assert value(page) == f"={DIN}00"


def test_a_scanner_without_an_end_and_without_the_sign(desktop, sign_in, session, nurse):
    page = desktop
    at_the_chair(page, sign_in, session, nurse)
    scan(page, f"{DIN}00", layout=AZERTY, end="")
    page.wait_for_timeout(400)
    assert value(page) == f"={DIN}00"
    page.fill("[name=number]", "")
    scan(page, f"]C0={DIN}00", layout=AZERTY)
    assert value(page) == f"={DIN}00"


def test_a_slow_computer_reads_the_same(desktop, sign_in, session, nurse):
    page = desktop
    at_the_chair(page, sign_in, session, nurse)
    page.evaluate(
        "document.querySelector('[name=number]').addEventListener('input', () => {"
        " const end = performance.now() + 150; while (performance.now() < end); })"
    )
    scan(page, f"={DIN}00", layout=AZERTY)
    assert value(page) == f"={DIN}00"


def test_what_is_pasted_stays(desktop, sign_in, session, nurse):
    page = desktop
    at_the_chair(page, sign_in, session, nurse)
    page.keyboard.insert_text("=Q999926000001 00")
    page.wait_for_timeout(300)
    assert value(page) == "=Q999926000001 00"


def test_another_facilitys_label_is_a_question(desktop, sign_in, session, nurse):
    page = desktop
    visit = at_the_chair(page, sign_in, session, nurse)
    scan(page, "=Q99992600000100", layout=US)
    with page.expect_navigation():
        scan(page, "LOT26A", layout=US)
    assert not Bleeding.objects.exists()
    assert "Q9999" in page.locator(".invalid-feedback").first.inner_text()
    assert value(page, "lot") == "LOT26A"
    axe(page)
    page.locator("[name=facility]").check()
    with page.expect_navigation():
        page.locator("form[action$='/start/'] [type=submit]").click()
    assert Bleeding.objects.get(visit=visit).din == "Q999926000001"
    assert ForeignNumber.objects.get().by == nurse
