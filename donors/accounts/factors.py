"""Which factors a session was begun with, and when: what the account could use opens nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from donors.models import User

FRESH = timedelta(minutes=15)
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
USES = "_factor_uses"  # on the request, so that they are read once


def fresh(view: View) -> View:
    """The page and what is sent from it need a second factor of the last 15 minutes."""
    vars(view)["asks_fresh"] = ("GET", "HEAD", "POST")
    return view


def fresh_to_send(view: View) -> View:
    """Whoever may read reads; what is sent needs a second factor of the last 15 minutes."""
    vars(view)["asks_fresh"] = ("POST",)
    return view


def is_full(request: HttpRequest) -> bool:
    """A code, key or passkey that the account still has was used in this very session."""
    return settings.DEMO or bool(_uses(request))


def is_fresh(request: HttpRequest) -> bool:
    return settings.DEMO or time.time() - max(_uses(request), default=0) < FRESH.total_seconds()


def _uses(request: HttpRequest) -> list[float]:
    """When second factors were used here, in seconds of the epoch. One that was taken from the
    account since, because it was stolen, counts no longer."""
    if USES not in vars(request):
        records = [r for r in get_authentication_records(request, request.user) if _is_second(r)]
        kept = Authenticator.objects.filter(user=request.user, pk__in=[r["id"] for r in records])
        held = set(kept.values_list("pk", flat=True)) if records else set()
        vars(request)[USES] = [record["at"] for record in records if record["id"] in held]
    uses: list[float] = vars(request)[USES]
    return uses


def _is_second(record: dict[str, object]) -> bool:
    return record.get("method") == "mfa" and "id" in record


def used_password(request: HttpRequest) -> bool:
    """In this session; a donor's session was begun by the code of an address instead."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "password" for record in records)


def has_second(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user).exists())


def set_up(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **_more: object
) -> None:
    """A factor was shown to work when it was set up: it counts as used in that session."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
    vars(request).pop(USES, None)
