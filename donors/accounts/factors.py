"""Which factors were used in this session, and when. Factors that the account merely has give no
right."""

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
USES = "_factor_uses"  # cached on the request, so that they are read once


def fresh(view: View) -> View:
    """Opening the page and submitting it need a second factor used in the last 15 minutes."""
    vars(view)["asks_fresh"] = ("GET", "HEAD", "POST")
    return view


def fresh_to_send(view: View) -> View:
    """Only submitting needs a second factor used in the last 15 minutes; reading does not."""
    vars(view)["asks_fresh"] = ("POST",)
    return view


def is_full(request: HttpRequest) -> bool:
    """A code, key or passkey that the account still has was used in this session."""
    return settings.DEMO or bool(_uses(request))


def is_fresh(request: HttpRequest) -> bool:
    return settings.DEMO or time.time() - max(_uses(request), default=0) < FRESH.total_seconds()


def _uses(request: HttpRequest) -> list[float]:
    """When second factors were used in this session, in seconds of the epoch. A factor removed from
    the account since then (it may have been stolen) does not count."""
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
    """A password was used in this session; a donor's session begins with an emailed or texted
    code."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "password" for record in records)


def has_second(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user).exists())


def set_up(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **_more: object
) -> None:
    """Setting up a factor requires using it once: that counts as used in this session."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
    vars(request).pop(USES, None)
