"""Sessions after a sign-in: which factor was used, and how long ago."""

from __future__ import annotations

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)


def with_app(user) -> str:
    """Set up an authenticator app for the user; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code(secret: str) -> str:
    """What the app shows now. An older one may end to count before a slow machine has sent it."""
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


def begin(client, user, *, password_ago=None, factor_ago=None) -> None:
    """A session of ``user`` in which a password and the app were used so many seconds ago."""
    client.force_login(user)
    records = []
    if password_ago is not None:
        records.append({"method": "password", "at": time.time() - password_ago})
    if factor_ago is not None:
        app = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
        at = time.time() - factor_ago
        records.append({"method": "mfa", "type": app.type, "id": app.pk, "at": at})
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
