"""A disaster is directed: estimate, response, order by two people, a second shock."""

import pytest

from campaigns.models import Estimate, StandingOrder
from tests.support import asking, factories
from tests.support.browser import axe, opened, pressed

pytestmark = pytest.mark.browser


def test_an_operation_is_directed_from_its_page(committed, desktop, sign_in):
    page = desktop
    operation = asking.operation()
    here = f"/ar/operations/{operation.public_id}/"
    sign_in(page, operation.opened_by)
    opened(page, here)

    pressed(page, "a[href$='/estimate/']")
    page.select_option("[name=basis]", "deaths")
    page.fill("[name=counted]", "632")
    page.fill("[name=because]", "حصيلة وزارة الداخلية، السابعة صباحا")
    pressed(page, "button[name=look]")
    axe(page)
    assert not Estimate.objects.exists() and page.input_value("[name=counted]") == "632"
    pressed(page, "main form button[type=submit]:not([name])")
    assert Estimate.objects.get().admissions == 380

    page.click("details:has(input[value=response]) summary")
    pressed(page, "form[action$='/phase/'] button")
    pressed(page, "a[href$='/order/']")
    page.check("[name=approval][value=nobody]")
    page.fill("[name=because]", "المستشفيات تطلب أكثر مما في المخزون")
    axe(page)
    pressed(page, "main form button[type=submit]")
    assert page.locator("form[action$='/confirm/']").count() == 0
    sign_in(page, factories.administrator())
    opened(page, here)
    pressed(page, "form[action$='/confirm/'] button")
    assert StandingOrder.objects.get().confirmation

    for index in range(page.locator("main details").count()):
        page.locator("main details").nth(index).evaluate("one => { one.open = true }")
    axe(page)
    for language in ("fr", "en"):
        opened(page, here.replace("/ar/", f"/{language}/"))
