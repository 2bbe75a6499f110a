"""From the identity card to stock, each step by a different person, in Arabic."""

import pytest

from centers.models import Bag, Donation, StockLevel, Visit
from tests.support import blood, factories, leaving, supply
from tests.support.browser import axe, opened, pressed

pytestmark = pytest.mark.browser


SEND = "main form:not(.actions) button[type=submit]"


def staff(*jobs):
    return factories.staff(factories.center(), *jobs)


def test_a_card_becomes_a_bag_on_the_shelf(committed, phone, sign_in):
    """On a phone; test_drive does the same at a desk."""
    page = phone
    session = factories.session()

    sign_in(page, staff("reception"))
    opened(page, "/ar/centre/")
    page.locator(f"a[href$='/sessions/{session.public_id}/donors/']").click()
    page.fill("[name=text]", "TA445566")
    page.keyboard.press("Enter")
    page.wait_for_selector(".empty")
    axe(page)
    pressed(page, ".empty button")
    assert page.locator("[name=document_number]").input_value() == "TA445566"
    page.fill("[name=document_number]", "")
    pressed(page, SEND)
    page.wait_for_selector(".error-summary")
    page.select_option("[name=document_kind]", "cin")
    for name, value in {
        "document_number": "TA445566",
        "family_name_ar": "العلوي",
        "given_name_ar": "كريم",
        "birth_date": "07/03/1990",
        "phone": "0661234567",
    }.items():
        page.fill(f"[name={name}]", value)
    page.check("[name=sex][value=M]")
    pressed(page, SEND)
    assert "العلوي" in page.locator("h1").inner_text()
    page.locator("a[href$='/ask/']").click()
    page.locator(SEND).click()
    page.wait_for_selector(".error-summary")
    axe(page)
    page.check("[name=all_asked]")
    page.locator(SEND).click()
    page.wait_for_selector("section[aria-labelledby=asked]")

    sign_in(page, staff("collection"))
    opened(page, page.url)
    page.fill("[name=haemoglobin]", "14,2")
    page.keyboard.press("Enter")  # Enter goes to the next field and does not submit
    page.keyboard.type("1208")
    pressed(page, SEND)
    assert page.locator("[name=haemoglobin]").input_value() == "14,2"
    for name, value in {"pressure": "12/8", "weight": "70", "temperature": "36,7"}.items():
        page.fill(f"[name={name}]", value)
    pressed(page, SEND)
    din, _check = factories.din()
    page.wait_for_selector("[name=arm]")
    axe(page)
    page.select_option("[name=arm]", "left")
    page.select_option("[name=kit]", "triple")
    page.keyboard.type(f"={din}00")  # the page puts a scan into the number's field
    page.keyboard.press("Enter")  # as the scanner does
    page.keyboard.type("LOT-1")
    page.keyboard.press("Enter")
    page.wait_for_selector("section[aria-labelledby=lane-giving] li")
    axe(page)
    page.locator("h1").click()  # on the board a scan finds its field, wherever the focus is
    page.keyboard.type(f"={din}00")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=volume]")
    axe(page)
    page.keyboard.type("450")
    page.keyboard.type(f"={din}00")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=times_sure]")  # so fast no blood flows
    axe(page)
    page.check("[name=times_sure]")
    pressed(page, SEND)
    page.wait_for_selector("section[aria-labelledby=lane-resting] li")
    axe(page)
    page.locator("h1").click()
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    axe(page)
    page.keyboard.press("Escape")
    opened(page, f"/ar/centre/donations/{Donation.objects.get().public_id}/")
    page.evaluate("""sessionStorage.setItem("held-keys", JSON.stringify({
        at: Date.now(), reader: document.body.dataset.reader, keys: [{key: "r", code: "KeyR"}]}))""")
    page.reload()  # a letter pressed while the page loaded is no shortcut
    page.wait_for_timeout(400)
    assert not page.locator("[name=grade]").count()
    page.keyboard.press("r")
    page.wait_for_selector("[name=grade]")
    donation = Donation.objects.get()
    assert (donation.din, donation.volume) == (din, 450)
    assert Visit.objects.get().haemoglobin == 142

    sign_in(page, staff("laboratory"))
    opened(page, f"/ar/centre/at/BS-TAZ/separation/?number={din}")
    axe(page)
    for code, volume in blood.VOLUMES.items():
        page.fill(f"form[action*=RBC-PLASMA-PLT] [name={code}]", str(volume))
    page.locator("form[action*=RBC-PLASMA-PLT] button").click()
    page.wait_for_selector(".notice.success")

    for technique, lot in blood.SHEETS:
        sign_in(page, staff("laboratory"))
        opened(page, "/ar/centre/at/BS-TAZ/laboratory/")
        page.locator("main table a").click()
        pressed(page, SEND)
        for code, outcome in blood.ALL_NEGATIVE.items():
            page.locator(f"[name={code}][value='{outcome}'] + label").click()
        page.fill("[name=technique]", technique)
        page.fill("[name=lot]", lot)
        pressed(page, SEND)

    sign_in(page, staff("manager"))
    opened(page, "/ar/centre/at/BS-TAZ/release/")
    pressed(page, "form[action*=release] button")
    blood.label(list(Bag.objects.filter(state="released").select_related("donation", "component")))
    opened(page, "/ar/centre/at/BS-TAZ/stock/")
    assert StockLevel.objects.get(component="RBC-SAGM", blood_group="O+").available == 1

    asked = supply.request(session.center, count=1)
    supply.crossmatched(asked, Bag.objects.get(component="RBC-SAGM"))
    sign_in(page, staff("stock"))
    opened(page, "/ar/centre/at/BS-TAZ/bags/?state=available&component=RBC-SAGM")
    pressed(page, "main table a")
    pressed(page, "a[href*=issue]")
    pressed(page, f"a[href$='/requests/{asked.public_id}/']")
    bag = Bag.objects.get(component="RBC-SAGM")
    leaving.scan_twice(page, sign_in, bag, second=staff("stock"))
    assert Bag.objects.get(component="RBC-SAGM").state == "issued"


def test_the_board_follows_the_room_without_reloading(committed, desktop, sign_in):
    session = factories.session()
    sign_in(desktop, staff("doctor"))
    opened(desktop, f"/ar/centre/sessions/{session.public_id}/")
    visit = factories.visit(session, factories.donor(), factories.user(), accepted=False)
    desktop.wait_for_selector(f"a[href*='{visit.public_id}']")
    axe(desktop)
    desktop.locator(f"a[href*='{visit.public_id}']").click()
    desktop.locator("summary").first.click()
    pressed(desktop, "form[action*=defer] button")
    desktop.select_option("[name=reason]", label="الحجامة")
    pressed(desktop, "form[action*=defer] button")
    visit.refresh_from_db()
    assert visit.outcome == "deferred"


def test_what_was_typed_comes_back_to_its_writer_alone(committed, desktop, sign_in):
    at = factories.center()
    supply.hospital(at)
    first, second = staff("stock"), staff("stock")
    sign_in(desktop, first)
    opened(desktop, f"/ar/centre/at/{at.code}/requests/new/")
    note = desktop.locator("main p.notice button")
    desktop.fill("[name=reference]", "D-17")
    desktop.reload()
    note.wait_for()
    assert desktop.locator("[name=reference]").input_value() == "D-17"
    assert "D-17" not in desktop.evaluate("JSON.stringify(sessionStorage)")
    axe(desktop)
    note.click()
    assert desktop.locator("[name=reference]").input_value() == "" and not note.is_visible()
    desktop.fill("[name=reference]", "D-18")
    sign_in(desktop, second)
    desktop.goto(f"/ar/centre/at/{at.code}/requests/new/")
    assert desktop.locator("[name=reference]").input_value() == ""
    sign_in(desktop, first)
    desktop.goto(f"/ar/centre/at/{at.code}/requests/new/")
    assert desktop.locator("[name=reference]").input_value() == ""
