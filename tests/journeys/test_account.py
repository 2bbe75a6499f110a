"""The way in: nobody with a right over others passes without a second factor."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.urls import reverse

from tests import factories
from tests.browser import axe

PASSWORD = "a long quiet river"
pytestmark = pytest.mark.browser


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


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
    confirm(phone, code(secret))
    axe(phone)
    phone.goto("/ar/centre/")
    assert "/ar/centre/at/BS-TAZ/" in phone.url

    phone.context.clear_cookies()
    cache.clear()  # a code works once; the clock does not wait for the test
    sign_in(phone, nurse)
    axe(phone)
    confirm(phone, "000000")
    assert phone.locator(".invalid-feedback").inner_text()
    confirm(phone, code(secret))
    phone.goto("/ar/centre/")
    assert "/ar/centre/at/BS-TAZ/" in phone.url
