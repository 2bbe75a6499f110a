"""Responses used by several rooms: a public page, a calendar file, a QR code."""

from __future__ import annotations

from functools import wraps

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page, require_safe

KEPT_SECONDS = 3  # with the two of the server's cache a change shows within five


def for_everybody(view):
    """Public; caches may keep it briefly, but not with a signed-in reader's header."""

    @wraps(view)
    def shown(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        signed_in = request.user.is_authenticated or "messages" in request.COOKIES
        if signed_in or response.status_code >= 400:
            patch_cache_control(response, private=True)
        else:
            patch_cache_control(
                response,
                public=True,
                max_age=KEPT_SECONDS,
                stale_while_revalidate=60,
                stale_if_error=86_400,
            )
        return response

    return login_not_required(require_safe(conditional_page(shown)))


def qr_code(address: str) -> HttpResponse:
    response = HttpResponse(content_type="image/svg+xml")
    code = segno.make(address, error="m")
    # HttpResponse has write(), which the stubs do not know as a file.
    code.save(response, kind="svg", scale=4, border=4, light="#fff", nl=False)  # type: ignore[arg-type]
    return response


def kept_by_reader(response: HttpResponse) -> HttpResponse:
    """A page of one reader that stays readable on the reader's own device without a network: its
    worker keeps a copy until the reader signs out."""
    response["X-Keep"] = "own"
    return response


def calendar_file(text: str, name: str = "") -> HttpResponse:
    """With a ``name`` it is downloaded, without one a program subscribes to it."""
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
