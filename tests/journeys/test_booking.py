"""A visitor checks whether blood is needed, finds a campaign, books a place and cancels it."""

import re

import pytest
from django.utils import timezone

from campaigns.booking import visits
from campaigns.messaging import outbox
from campaigns.models import DeliveredCopy
from centers.models import Appointment, Session, Slot
from centers.sessions import booking
from tests.support import booking as steps
from tests.support import browser, factories

pytestmark = pytest.mark.browser


@pytest.fixture
def campaign(committed):
    made = steps.campaign(places=3, operation=steps.operation(), story_ar="من أجل الناجين.")
    steps.later_slot(made)
    return made


def mail(kind: str) -> str:
    """The newest message of a kind, as its recipient got it."""
    outbox.deliver(now=timezone.now())
    copies = DeliveredCopy.objects.filter(notification__kind=kind)
    return copies.latest("pk").text


def code() -> str:
    return re.search(r"\b\d{6}\b", mail("booking_code")).group()


def press(page, form: str = "") -> None:
    page.locator(f"main form{form} button[type=submit]").click()


def find_and_choose(page) -> None:
    page.goto("/ar/")
    browser.axe(page)
    page.select_option("[name=province]", "MA-TAZ")
    press(page)
    page.wait_for_url("**/ar/?province=MA-TAZ")
    browser.axe(page)
    page.locator("article h3 a").first.click()
    page.wait_for_selector("a[href$='/book/']")
    browser.axe(page)
    page.locator("a[href$='/book/']").click()
    page.wait_for_selector(".steps")
    press(page)
    page.wait_for_selector(".error-summary")
    browser.axe(page)
    page.locator("label[for=id_slot]").click()
    press(page)
    page.wait_for_selector("[name=address]")


def say_who(page, **typed) -> None:
    for name, value in (steps.PERSON | {"family_name": "بناني"} | typed).items():
        if name == "sex":
            page.check(f"[name=sex][value={value}]")
        else:
            page.fill(f"[name={name}]", value)
    press(page)


def test_a_stranger_books_with_a_code_and_gives_the_place_back(campaign, phone):
    page = phone
    find_and_choose(page)
    browser.axe(page)
    say_who(page, birth_date="31/02/1991")
    page.wait_for_selector(".error-summary")
    assert page.input_value("[name=family_name]") == "بناني"
    assert page.input_value("[name=birth_date]") == "31/02/1991"
    browser.axe(page)
    page.fill("[name=birth_date]", steps.PERSON["birth_date"])
    press(page)
    page.wait_for_selector("[name=code]")
    browser.axe(page)
    right = code()
    page.fill("[name=code]", "000000" if right != "000000" else "111111")
    press(page, ".big-entry")
    page.wait_for_selector(".error-summary")
    browser.axe(page)
    assert not Appointment.objects.exists()
    page.fill("[name=code]", right)
    press(page, ".big-entry")
    page.wait_for_selector("form[action$='/give-back/']")
    browser.axe(page)
    assert Appointment.objects.get().donor.family_name_ar == "بناني"
    with page.expect_download() as download:
        page.locator("a[href$='visit.ics']").click()
    assert "BEGIN:VEVENT" in download.value.path().read_text()
    assert "بناني" not in page.evaluate("JSON.stringify(sessionStorage)")
    way_back = re.search(r"/ar/v/\S+", mail("booking_confirmed")).group()
    page.goto(way_back)
    page.locator("form[action$='/give-back/'] button").click()
    page.locator("form[action$='/give-back/'][method='post'] button").click()
    page.wait_for_selector("form[action$='/take-back/']")
    browser.axe(page)
    assert Appointment.objects.get().state == "cancelled"


def test_a_time_that_goes_meanwhile_costs_no_typing(campaign, phone):
    page = phone
    now = timezone.now()
    first, second = Slot.objects.order_by("starts_at")
    find_and_choose(page)
    steps.fill(first, now)
    say_who(page)
    page.wait_for_selector(".error-summary")
    assert page.input_value("[name=address]") == "salma@example.org"
    browser.axe(page)
    page.locator("label[for=id_slot]").click()
    press(page)
    page.wait_for_selector("[name=code]")
    right = code()
    steps.fill(second, now)
    third = factories.session(days=2)
    campaign.sessions.add(third)
    page.fill("[name=code]", right)
    press(page, ".big-entry")
    page.wait_for_selector("form[action$='/move/']")
    browser.axe(page)
    page.locator("label[for=id_slot]").click()
    press(page, "[action$='/move/']")
    page.wait_for_selector("form[action$='/move/']", state="detached")
    page.fill("[name=code]", right)
    press(page, ".big-entry")
    page.wait_for_selector("form[action$='/give-back/']")
    booked = Appointment.objects.get(donor__family_name_ar="بناني")
    assert booked.slot.session == third


def test_a_wrong_address_or_another_time_costs_no_typing(campaign, phone):
    find_and_choose(phone)
    phone.fill("[name=given_name]", "سلمى")
    phone.locator(".page-header .back a").click()
    for folded in phone.locator("details:not([open]) summary").all():
        folded.click()  # around midnight the second slot is on another day
    phone.locator(".choice label").last.click()
    press(phone)
    phone.wait_for_selector("[name=address]")
    assert phone.input_value("[name=given_name]") == "سلمى"
    say_who(phone, address="slama@example.org")
    phone.wait_for_selector("[name=code]")
    phone.locator("main a[href*='/book/']").click()
    phone.wait_for_selector("[name=address]")
    assert phone.input_value("[name=address]") == "slama@example.org"
    assert phone.is_checked("[name=sex][value=F]")
    phone.fill("[name=address]", "salma@example.org")
    press(phone)
    phone.wait_for_selector("[name=code]")
    assert "salma@example.org" in phone.locator(".lead").inner_text()


def test_the_pages_that_everybody_reads_are_whole(campaign, phone):
    page = phone
    cancelled = steps.campaign(state="cancelled", because="ثلوج كثيفة", days=2)
    Session.objects.filter(campaigns=cancelled).update(state="cancelled")
    addresses = ("campaigns/", "campaigns/?on=x&free=on", "stock/", "how/")
    for address in (*addresses, f"campaigns/{cancelled.public_id}/"):
        page.goto(f"/ar/{address}")
        assert page.locator("html").get_attribute("dir") == "rtl"
        browser.axe(page)


def test_pages_can_be_read_in_the_dark(campaign, phone_at_night):
    page = phone_at_night
    booked = f"campaigns/{campaign.public_id}/"
    for address in (
        "",
        "campaigns/",
        "campaigns/map/",
        "campaigns/month/",
        booked,
        f"{booked}book/",
        "stock/",
        "may-i-give/",
        "questions/",
    ):
        page.goto(f"/ar/{address}")
        browser.axe(page)


def test_the_booking_works_without_any_script(campaign, chromium, live_server):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/ar/campaigns/{campaign.public_id}/book/")
    page.locator("label[for=id_slot]").click()
    press(page)
    say_who(page)
    page.fill("[name=code]", code())
    press(page, ".big-entry")
    page.wait_for_selector("form[action$='/give-back/']")
    assert Appointment.objects.filter(state="booked").count() == 1
    context.close()


def test_a_stranger_waits_in_a_line_and_takes_the_place_that_comes_free(committed, phone, settings):
    settings.QUIET_HOURS = (24, 0)
    made = steps.campaign(places=1, days=3)
    holder = steps.confirmed(steps.slot(made), timezone.now(), address="first@example.org")
    phone.goto(f"/ar/campaigns/{made.public_id}/book/")
    browser.axe(phone)
    phone.locator("a[href*='/wait/']").click()
    phone.wait_for_selector("[name=address]")
    browser.axe(phone)
    say_who(phone, address="06 61 12 34 56", birth_date="05/06/1988")
    phone.wait_for_selector("[name=code]")
    browser.axe(phone)
    phone.fill("[name=code]", code())
    press(phone, ".big-entry")
    phone.wait_for_selector("form[action$='/leave/']")
    browser.axe(phone)
    booking.cancel(appointment=holder, now=timezone.now())
    visits.offer(now=timezone.now())
    phone.goto(re.search(r"/ar/v/\S+", mail("place_offered")).group())
    browser.axe(phone)
    phone.locator("form[action$='/take/'] button").click()
    phone.wait_for_selector("a[href$='visit.ics']")
    browser.axe(phone)
    phone.locator("a[href$='/move/']").click()
    phone.wait_for_selector(".empty")  # the only slot left
    browser.axe(phone)


def test_what_one_reads_before_giving_is_whole(campaign, phone):
    page = phone
    for address in ("questions/", "safety/", "why/", "centres/", "campaigns/month/", "developers/"):
        page.goto(f"/ar/{address}")
        browser.axe(page)
    page.goto("/ar/may-i-give/")
    press(page)
    page.wait_for_selector(".error-summary")
    browser.axe(page)
    page.fill("[name=birth_date]", "07/03/1990")
    page.fill("[name=weight]", "64")
    for name, value in (("sex", "F"), ("well", "yes"), ("for_good", "no")):
        page.check(f"[name={name}][value={value}]")
    page.locator("details:has([value=MA-HIJAMA]) > summary").click()
    page.check("[value=MA-HIJAMA]")
    press(page)
    page.fill("[name='when_MA-HIJAMA']", f"{timezone.localdate():%d/%m/%Y}")
    browser.axe(page)
    press(page)
    page.wait_for_selector("a[href$='.ics']")
    browser.axe(page)
