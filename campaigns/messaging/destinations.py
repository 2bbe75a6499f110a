"""Which phone numbers an SMS may go to: those of the countries that are paid for, at an ordinary price."""

from __future__ import annotations

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberType

DEAR = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PAGER,
    PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
}
NO_COUNTRY = "001"  # satellites and other networks that belong to none: +870, +881, +882, +883


def is_dear(number: str) -> bool:
    """Whether an SMS to this number would cost more than one at home: a premium or satellite number,
    or one of a country outside ``SMS_COUNTRIES``."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return True
    country = phonenumbers.region_code_for_number(parsed)
    if country is None or country == NO_COUNTRY or country not in settings.SMS_COUNTRIES:
        return True
    return phonenumbers.number_type(parsed) in DEAR
