"""Sign-in: nobody with a right over others gets in without a second factor."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.support import factories, sessions
from tests.support.browser import axe

PASSWORD = "a long quiet river"
pytestmark = pytest.mark.browser


def confirm(page, digits: str) -> None:
    page.fill("[name=code]", digits)
    page.press("[name=code]", "Enter")


def sign_in(page, user) -> None:
    page.goto("/ar/account/login/")
    page.fill("[name=login]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")


@pytest.fixture
def nurse(committed):
    user = factories.staff(factories.center(), "reception")
    user.set_password(PASSWORD)
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def test_nurse_sets_up_a_second_factor_and_signs_in_with_it(nurse, phone):
    phone.goto("/ar/account/login/")
    axe(phone)
    sign_in(phone, nurse)
    phone.goto("/ar/centre/")
    assert reverse("mfa_index").split("/", 2)[2] in phone.url
    axe(phone)
    phone.goto("/ar/account/2fa/totp/activate/")
    axe(phone)
    phone.fill("[name=password]", PASSWORD)
    phone.press("[name=password]", "Enter")
    axe(phone)
    confirm(phone, "000000")
    assert phone.locator(".invalid-feedback").inner_text()
    axe(phone)
    secret = phone.input_value("#authenticator_secret")
    confirm(phone, sessions.code(secret))
    axe(phone)
    phone.goto("/ar/centre/")
    assert "/ar/centre/at/BS-TAZ/" in phone.url

    phone.context.clear_cookies()
    cache.clear()  # a code works once; the test does not wait for the next
    sign_in(phone, nurse)
    axe(phone)
    confirm(phone, "000000")
    assert phone.locator(".invalid-feedback").inner_text()
    confirm(phone, sessions.code(secret))
    phone.goto("/ar/centre/")
    assert "/ar/centre/at/BS-TAZ/" in phone.url


def test_what_was_typed_comes_back_after_the_code(committed, phone, client, settings, live_server):
    keeper = factories.administrator()
    secret = sessions.with_app(keeper)
    sessions.begin(client, keeper, password_ago=0, factor_ago=6 * 3600)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    phone.context.add_cookies([cookie])
    phone.goto("/ar/units/SR-TAZ/")
    phone.click("summary:has(+ form), details:has([name=email]) summary")
    phone.fill("[name=name]", "Amina Tazi")
    phone.fill("[name=email]", "amina@example.org")
    phone.press("[name=email]", "Enter")
    phone.wait_for_selector("[data-reauthentication]")
    axe(phone)
    confirm(phone, "000000")
    assert phone.locator(".invalid-feedback").inner_text()
    confirm(phone, sessions.code(secret))
    phone.wait_for_url("**/units/SR-TAZ/")
    phone.wait_for_selector("main p.notice button")
    assert phone.input_value("[name=name]") == "Amina Tazi"
    in_sight = "f => f.getBoundingClientRect().top < innerHeight"
    assert phone.locator("[name=name]").evaluate(in_sight)
    phone.press("[name=email]", "Enter")
    phone.wait_for_selector(".notice.success")
    assert factories.unit().invitations.get().email == "amina@example.org"
    assert phone.input_value("[name=name]") == ""
