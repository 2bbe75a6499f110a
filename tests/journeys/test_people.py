"""Pages about people: units, lists, eligibility rules, duplicates, the doctor's decision."""

from datetime import date

import pytest
from django.utils import timezone

from campaigns.organising import roster_invitations
from donors.eligibility import policy
from donors.models import Donor, Duplicate, Merge, Officer, PolicyChange, Unit
from donors.people import duplicates
from donors.units import rosters
from tests.support import factories
from tests.support.browser import axe, opened, pressed

pytestmark = pytest.mark.browser
SEND = "main form:not(.actions):not(.filters) button[type=submit]"
LIST = (
    "الاسم العائلي;الاسم الشخصي;تاريخ الازدياد;الجنس;الهاتف\n"
    "بناني;سلمى;٠٧/٠٣/١٩٩٠;أنثى;0661112233\nالعلوي;كريم;01/01/1985;ذكر;0661112244\n;;;;\nx;;;;\n"
)


def test_an_administrator_finds_and_renames_a_unit(committed, desktop, sign_in):
    page = desktop
    sign_in(page, factories.administrator())
    opened(page, "/fr/units/")
    page.fill("[name=q]", "مراكش ولاية")
    page.keyboard.press("Enter")
    pressed(page, "a[href$='/units/PP-MAR/']")
    page.locator("a[href$='/PP-MAR/rename/']").click()
    pressed(page, SEND)
    page.wait_for_selector(".error-summary")
    page.fill("[name=name_fr]", "Wilaya de Marrakech")
    page.fill("[name=because]", "قرار 7")
    pressed(page, SEND)
    page.wait_for_selector(".timeline")
    assert Unit.objects.get(code="PP-MAR").name_fr == "Wilaya de Marrakech"


def test_a_unit_is_moved_and_a_command_ended(committed, desktop, sign_in):
    page = desktop
    factories.officer(factories.unit("DP-ESI"))
    sign_in(page, factories.administrator())
    opened(page, "/ar/units/DP-ESI/move/")
    page.fill("[name=to]", "تازة")
    page.fill("[name=because]", "قرار 7")
    pressed(page, SEND)
    assert "SR-TAZ" in page.locator(".error-summary").inner_text()
    assert page.input_value("[name=to]") == "تازة"
    page.fill("[name=to]", "SR-TAZ")
    pressed(page, SEND)
    page.wait_for_selector(".timeline")
    assert Unit.objects.get(code="DP-ESI").parent.code == "SR-TAZ"
    pressed(page, "a[href$='/end/']")
    pressed(page, SEND)
    page.wait_for_selector("#command")
    page.locator("#command ~ details summary").first.click()
    axe(page)
    assert not Officer.objects.filter(unit__code="DP-ESI", until=None).exists()


def test_an_officer_hands_in_a_list(committed, phone, sign_in):
    page = phone
    sign_in(page, factories.officer(factories.unit()))
    opened(page, "/ar/rosters/")
    unit = factories.unit()
    page.select_option("[name=unit]", str(unit.pk))
    page.set_input_files(
        "[name=file]", {"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )
    pressed(page, SEND)
    page.wait_for_selector("#state")
    rosters.work(now=timezone.now())
    page.wait_for_selector("form[action$='/apply/']")  # the page polled by itself
    axe(page)
    assert "بناني" in page.locator("table").inner_text()
    page.locator("form[action$='/apply/'] button").click()
    assert page.locator("#elsewhere_move:invalid").count() == 1  # neither answer is the default
    page.check("#elsewhere_stay")
    pressed(page, "form[action$='/apply/'] button")
    rosters.work(now=timezone.now())
    page.wait_for_selector(".notice.good")
    axe(page)
    assert Donor.objects.count() == 2
    assert roster_invitations.invite(now=timezone.now()) == 2


def test_two_administrators_change_who_may_give(committed, desktop, sign_in):
    page = desktop
    sign_in(page, factories.administrator())
    opened(page, "/fr/eligibility/")
    pressed(page, "a[href$='/criterion/MA-AGE-MAX/']")
    page.fill("[name=value]", "65")
    page.fill("[name=valid_from]", "01/03/2099")
    page.fill("[name=because]", "منشور 12")
    pressed(page, SEND)
    sign_in(page, factories.administrator())
    page.goto("/fr/eligibility/")
    page.locator("button[name=answer][value=yes]").click()
    page.wait_for_load_state("networkidle")
    assert PolicyChange.objects.get().approved
    assert policy.last("criterion", "MA-AGE-MAX").value == 65


def test_a_manager_joins_two_rows_and_parts_them(committed, desktop, sign_in):
    page = desktop
    born = date(1990, 3, 7)
    for given in ("Mohamed", "Mohammed"):
        factories.donor(family_name="Alaoui", given_name=given, birth_date=born)
    duplicates.review(now=timezone.now())
    sign_in(page, factories.staff(factories.center(), "manager"))
    opened(page, "/fr/centre/at/BS-TAZ/duplicates/")
    pressed(page, "main table a")
    page.check("[name=same][value=yes]")
    page.fill("[name=because]", "نفس البطاقة")
    pressed(page, SEND)
    assert Duplicate.objects.get().same
    page.locator("summary").click()
    axe(page)
    page.fill("[name=because]", "بطاقتان")
    pressed(page, SEND)
    assert Merge.objects.get().undone_at


def test_the_doctor_reads_an_answer_and_clears_it(committed, phone, sign_in):
    page = phone
    donor = factories.donor()
    factories.sheet(donor, ULCER=None)
    visit = factories.visit(factories.session(), donor, factories.user(), accepted=False)
    address = f"/ar/centre/visits/{visit.public_id}/"
    sign_in(page, factories.staff(factories.center(), "collection"))
    opened(page, address)
    assert page.locator("[name=haemoglobin]").count() == 0
    sign_in(page, factories.staff(factories.center(), "doctor"))
    opened(page, address)
    page.locator("section[aria-labelledby=asked] summary").click()
    axe(page)
    page.select_option("form[action$='/clear/'] [name=ground]", "healed")
    page.locator("form[action$='/clear/'] [name=because]").fill("شفي منذ سنوات")
    pressed(page, "form[action$='/clear/'] button")
    assert page.locator("[name=haemoglobin]").count() == 1
