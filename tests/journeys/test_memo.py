"""An urgent memo becomes a public campaign: three people, in Arabic."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Addressee, Campaign, Memo
from tests.support import factories
from tests.support.browser import opened, pressed

pytestmark = pytest.mark.browser


def test_a_memo_becomes_a_campaign_that_the_public_finds(committed, desktop, sign_in):
    page = desktop
    taza = factories.unit("SR-TAZ")
    officer, manager = factories.officer(taza), factories.staff(factories.center(), "manager")
    day = timezone.localdate() + timedelta(days=3)

    sign_in(page, factories.administrator())
    opened(page, "/ar/desk/")
    pressed(page, "a[href='/ar/operations/']")
    pressed(page, "a[href='/ar/operations/begin/']")
    page.fill("[name=name_ar]", "زلزال الحوز")
    pressed(page, "main form button[type=submit]")
    page.wait_for_selector(".error-summary")
    assert page.input_value("[name=name_ar]") == "زلزال الحوز"
    page.fill("[name=name_fr]", "Séisme d’Al Haouz")
    page.fill("[name=name_en]", "Al Haouz earthquake")
    page.fill("[name=began_on]", "2023-09-08")
    page.select_option("[name=provinces]", ["MA-HAO", "MA-MAR"])
    pressed(page, "main form button[type=submit]")

    pressed(page, "a[href$='/memo/']")
    assert "طوعي" in page.input_value("[name=body_ar]")
    page.fill("[name=reference]", "DGSN/17/2026")
    page.fill("[name=deadline_on]", (day - timedelta(days=1)).isoformat())
    page.check("[name=scope][value=list]")
    pressed(page, "main form button[type=submit]")
    page.wait_for_selector(".error-summary")  # no unit chosen; the text is kept
    assert page.input_value("[name=reference]") == "DGSN/17/2026"
    units = [taza.pk, factories.unit("PP-OUJ").pk]
    page.select_option("[name=units]", [str(pk) for pk in units])
    pressed(page, "main form button[type=submit]")
    assert not Memo.objects.exists() and page.locator(".memo").is_visible()
    pressed(page, "form[action$='/issue/'] button")
    assert Memo.objects.get().addressees.count() == 2

    sign_in(page, officer)
    opened(page, "/ar/desk/")
    pressed(page, "a[href='/ar/memos/']")
    pressed(page, "main table a")
    pressed(page, "form[action$='/acknowledge/'] button")
    will = "form[action$='/will/']"
    page.fill(f"{will} [name$=planned_on]", day.isoformat())
    pressed(page, f"{will} button")
    page.wait_for_selector(".error-summary")  # the number of people is missing
    assert page.input_value(f"{will} [name$=planned_on]") == day.isoformat()
    page.fill(f"{will} [name$=expected_donors]", "120")
    pressed(page, f"{will} button")
    assert Addressee.objects.get(unit=taza).answer == "will"
    campaign = Campaign.objects.get()
    assert (campaign.state, campaign.center.code, campaign.target) == ("asked", "BS-TAZ", 120)

    sign_in(page, manager)
    opened(page, "/ar/drives/")
    pressed(page, "main table a")
    page.fill("[name=place_ar]", "مقر الأمن الجهوي بتازة")
    pressed(page, "form[action$='/confirm/'] button")

    sign_in(page, None)
    opened(page, "/ar/campaigns/")
    pressed(page, f"main a[href*='{campaign.public_id}']")
    assert "مقر الأمن الجهوي بتازة" in page.locator("main").inner_text()

    sign_in(page, Memo.objects.get().issued_by)
    opened(page, f"/ar/memos/{Memo.objects.get().public_id}/")
    pressed(page, "a[href$='/answers/']")
    nodes = page.locator("#tree > .branch")
    assert nodes.count() == 2
    assert nodes.filter(has_text=taza.name_ar).locator(".badge-tone.good").count() == 1
