"""A whole session: donors by keyboard and scanner, balanced, tested, released, one bag issued."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from centers.isbt128.donation_numbers import check_character
from centers.laboratory import labelling
from centers.models import (
    Acceptance,
    Bag,
    Bleeding,
    Center,
    Closing,
    Donation,
    Issue,
    Request,
    Visit,
)
from tests.support import blood, factories, leaving, supply
from tests.support.browser import axe, opened, pressed
from tests.support.keyboards import AZERTY, Keyboard
from tests.support.owner import owner, past_the_guards

pytestmark = pytest.mark.browser

DONORS = int(os.environ.get("DRIVE_DONORS", "3"))  # a whole session has twenty
MOST_KEYS, MOST_LOADS = (
    20,
    4,
)  # for a known donor, from arrival to bag; a scan's keys are the scanner's
BOARD = "[name=text]"


class Hands:
    """A clerk's keys, what the scanner types for them, and the pages they wait for."""

    def __init__(self, page):
        self.page, self.pressed, self.loads = page, 0, 0
        page.on("domcontentloaded", self.loaded)

    def loaded(self, _page) -> None:
        self.loads += 1

    def keys(self, text: str) -> None:
        """Each character is a key; ``⏎`` is Enter."""
        for key in text:
            self.page.keyboard.press("Enter" if key == "⏎" else key)
            self.pressed += 1

    def scans(self, text: str) -> None:
        for key in text:
            self.page.keyboard.press(key)
        self.page.keyboard.press("Enter")


def change_rule() -> None:
    """The centre's own rule is the doctor."""
    with owner():
        Center.objects.update(acceptance=Acceptance.DOCTOR)


def staff(*jobs):
    return factories.staff(factories.center(), *jobs)


def sign_and_open(page, sign_in, who, address):
    sign_in(page, who)
    opened(page, address)


def receive_and_bleed(page, hands, donor, din) -> None:
    """From the card at reception to the end of the bleeding, for a known donor. From the needle in to the
    needle out nothing but the bag's volume is typed."""
    hands.scans(str(donor.public_id))
    hands.keys("142⏎")  # no wait: what is pressed while the page loads is not lost
    page.wait_for_selector("[name=haemoglobin]")
    hands.keys("12/8⏎71⏎368⏎")
    page.wait_for_selector("[name=lot]")
    if page.locator("[name=kit]").input_value() == "":  # the first bag of the day's kit
        page.select_option("[name=kit]", "triple")
        page.locator("[name=number]").focus()
    hands.scans(f"={din}00")
    hands.scans("LOT26A")
    page.wait_for_selector("[data-scan-after]")
    flows(din)
    hands.keys("450")
    hands.scans(f"={din}00")
    page.wait_for_selector(".notice.success:has-text('450')")


def flows(din) -> None:
    """Eight minutes pass."""
    with past_the_guards():
        begun = Bleeding.objects.get(din=din)
        Bleeding.objects.filter(pk=begun.pk).update(
            started_at=begun.started_at - timedelta(minutes=8)
        )
        Visit.objects.filter(pk=begun.visit_id).update(
            arrived_at=begun.started_at - timedelta(minutes=20)
        )


def test_a_nurse_measures_and_a_doctor_accepts(committed, desktop, sign_in):
    """Two people, the same counts: beyond the scans, 20 keys and 4 pages at most. Found by typing, too."""
    page, hands = desktop, Hands(desktop)
    session, donor = factories.session(), factories.donor(given_name="Zineb", sex="F")
    factories.give_facility("A9999", factories.center())
    nurse, doctor = staff("reception", "collection"), staff("doctor")
    board = f"/ar/centre/sessions/{session.public_id}/"
    gave_before(donor, nurse)
    factories.sheet(donor)
    change_rule()
    sign_and_open(page, sign_in, nurse, board)
    hands.scans(str(donor.public_id))
    page.wait_for_selector("[name=haemoglobin]")
    hands.keys("142⏎12/8")
    page.evaluate("history.back()")  # nothing typed is lost
    page.wait_for_selector("[data-scan-after]")
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert "12/8" not in kept and "draft:" in kept
    page.evaluate("history.forward()")
    page.wait_for_selector("main .notice button")
    assert page.input_value("[name=pressure]") == "12/8"
    page.locator("[name=pressure]").focus()
    hands.loads = 0
    hands.keys("⏎71⏎368⏎")
    page.wait_for_selector("[data-key=a], section[aria-labelledby=accept]")
    assert page.evaluate("JSON.stringify(sessionStorage)").count("draft:") == 0
    axe(page)
    measured = hands.loads
    sign_and_open(page, sign_in, doctor, board)
    page.keyboard.type("Zineb")
    page.locator("#found a").click()
    page.wait_for_selector("section[aria-labelledby=earlier] td")
    axe(page)
    hands.loads = 0
    hands.keys("⏎")
    page.wait_for_selector("section[aria-labelledby=lane-ready] li")
    assert Visit.objects.get(outcome="accepted", session=session).decided_by == doctor
    sign_and_open(page, sign_in, nurse, board)
    hands.loads += measured
    assert hands.pressed + len("450") <= MOST_KEYS and hands.loads <= MOST_LOADS
    page.locator(".main-nav form[action$='/logout/'] button").click()
    page.wait_for_url("**/ar/**")
    assert page.evaluate("JSON.stringify(sessionStorage)").count("draft:") == 0


def gave_before(donor, nurse) -> None:
    """A known donor who gave half a year ago, from the left arm."""
    visit = factories.visit(factories.session(), donor, nurse)
    number, check = factories.din()
    with past_the_guards():
        Bleeding.objects.create(
            visit=visit,
            din=number,
            check_character=check,
            kit_id="triple",
            lot="LOT25",
            arm="left",
            started_at=timezone.now() - timedelta(days=180),
            started_by=nurse,
        )


def test_the_donors_of_a_drive(committed, desktop, sign_in):
    page, hands = desktop, Hands(desktop)
    factories.give_facility("A9999", factories.center())
    session = factories.session()
    nurse = staff("reception", "collection", "doctor")
    board = f"/ar/centre/sessions/{session.public_id}/"
    donors = [factories.donor() for _ in range(DONORS)]
    for donor in donors:
        gave_before(donor, nurse)
        factories.sheet(donor)
    change_rule()

    sign_and_open(page, sign_in, nurse, f"{board}numbers/")
    page.fill("[name=count]", str(DONORS + 4))
    page.fill("[name=device]", "طاولة 1")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector("a[href$='.pdf']")
    axe(page)
    held = session.ranges.get()
    numbers = [f"{held.first[:7]}{int(held.first[7:]) + n:06d}" for n in range(DONORS + 4)]

    opened(page, board)
    axe(page)
    hands.loads = 0
    for donor, din in zip(donors, numbers, strict=False):
        receive_and_bleed(page, hands, donor, din)
    assert Donation.objects.filter(session=session).count() == DONORS
    assert hands.pressed <= MOST_KEYS * DONORS
    assert hands.loads <= MOST_LOADS * DONORS
    assert set(Donation.objects.values_list("device", "mode")) == {("طاولة 1", "online")}

    opened(page, f"{board}numbers/")
    page.locator("summary").last.click()
    page.locator("form[action*=void] [name=number]").fill(
        numbers[-1] + check_character(numbers[-1])
    )
    page.select_option("[name=because]", "label")
    pressed(page, "form[action*=void] button")
    opened(page, f"{board}closing/")
    pressed(page, "form[action*=close] button")
    opened(page, f"{board}closing/")
    page.fill("[name=returned]", "3")
    page.fill("[name=bags]", str(DONORS))
    pressed(page, "form[action*=sign] button")
    axe(page)
    sign_and_open(page, sign_in, staff("doctor"), f"{board}closing/")
    page.fill("#second_returned", "3")
    page.fill("#second_bags", str(DONORS))
    pressed(page, "form[action*=countersign] button")
    sheet = Closing.objects.get()
    assert sheet.second_by != sheet.first_by and sheet.explanation == ""
    axe(page)

    for technique, lot in blood.SHEETS:
        sign_in(page, staff("laboratory"))
        for donation in Donation.objects.order_by("pk"):
            page.goto(f"/ar/centre/donations/{donation.public_id}/results/enter/")
            for code, outcome in blood.ALL_NEGATIVE.items():
                page.locator(f"[name={code}][value='{outcome}'] + label").click()
            page.fill("[name=technique]", technique)
            page.fill("[name=lot]", lot)
            with page.expect_navigation():
                page.locator("[name=lot]").press("Enter")
        axe(page)
    sign_and_open(page, sign_in, staff("manager"), "/ar/centre/at/BS-TAZ/release/")
    for _ in range(DONORS):
        pressed(page, "form[action*=release] button >> nth=0")
    labels = Bag.objects.filter(state="released").select_related("donation", "component")
    labelling.print_labels(bags=labels.order_by("pk"), **factories.acts())
    sign_and_open(page, sign_in, staff("stock"), "/ar/centre/at/BS-TAZ/labels/read/")
    axe(page)
    for bag in labels.order_by("pk"):  # two scans a bag, and no key besides
        scanner = Keyboard(page, AZERTY)
        scanner.scans(blood.number_bar(bag))
        with page.expect_navigation():
            scanner.scans(blood.square_code(bag))
        page.wait_for_selector(".notice.success")
    assert set(Bag.objects.values_list("state", flat=True)) == {"available"}

    sign_and_open(page, sign_in, staff("stock"), "/ar/centre/at/BS-TAZ/hospitals/")
    names = {"name_ar": "مستشفى ابن باجة", "name_fr": "CHP Ibn Baja", "name_en": "Ibn Baja"}
    for name, value in (names | {"city": "تازة"}).items():
        page.fill(f"[name={name}]", value)
    pressed(page, "main form button")
    opened(page, "/ar/centre/at/BS-TAZ/requests/new/")
    page.select_option("[name=hospital]", label="مستشفى ابن باجة")
    page.fill("[name=reference]", "D-17")
    page.select_option("[name=recipient_group]", "O+")
    page.select_option("[name=component]", Bag.objects.first().component_id)
    page.fill("[name=count]", "1")
    page.locator("[name=urgency]").first.check()
    leaving.fill_patient(page)
    pressed(page, "main form button")
    bag = Bag.objects.get(donation__din=numbers[0])
    supply.crossmatched(Request.objects.get(), bag)
    leaving.scan_twice(page, sign_in, bag, second=staff("stock"))
    page.wait_for_selector("section[aria-labelledby=out]")
    axe(page)
    given = Issue.objects.get()
    assert given.bag.donation.din == numbers[0] and given.bag.state == "issued"
    assert given.request.reference == "D-17" and given.recipient_group == "O+"
    assert given.pick.by != given.issued_by


def test_a_paper_of_the_drive_is_typed_by_two(committed, phone, sign_in):
    page, hands = phone, Hands(phone)
    session, donor = factories.session(), factories.donor(document_number="TA778899")
    nurse, number = staff("reception", "collection"), factories.din()[0]
    arrived, started, ended = (
        timezone.localtime() - timedelta(minutes=minutes) for minutes in (20, 12, 4)
    )
    pile = f"/ar/centre/sessions/{session.public_id}/paper/"
    for clerk in (nurse, staff("reception")):
        sign_and_open(page, sign_in, clerk, pile)
        page.fill("[name=text]", "TA778899")
        pressed(page, "main form:has([name=text]) button")
        pressed(page, "main form[action*=begin] button")
        page.locator("summary").first.click()
        page.check("[name=all_asked]")
        page.locator("[name=outcome][value=given]").check()
        page.locator("[name=arrived]").focus()
        hands.keys(f"{arrived:%H:%M}⏎142⏎12/8⏎71⏎368⏎")
        for name in ("decided_by", "taken_by"):
            page.select_option(f"[name={name}]", str(nurse.pk))
        page.locator("[name=number]").focus()
        hands.scans(f"={number}00")
        for name, value in (("kit", "triple"), ("arm", "left")):
            page.select_option(f"[name={name}]", value)
        for name, value in (
            ("lot", "LOT26A"),
            ("started", f"{started:%H.%M}"),
            ("ended", f"{ended:%Hh%M}"),
        ):
            page.fill(f"[name={name}]", value)
        page.fill("[name=volume]", "450")
        pressed(page, "main form:has([name=volume]) button[type=submit]")
        page.wait_for_selector(".notice.success")
    donation = Donation.objects.get()
    assert (donation.mode, donation.donor, donation.din) == ("paper", donor, number)
