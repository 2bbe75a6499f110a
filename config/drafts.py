"""Drafts of forms: the browser keeps what was typed sealed, with a key that only the signed-in reader gets.

The key follows from a random value in a cookie of this browser and from the reader. Signing out deletes the cookie,
and with it every way to open what is left in a tab.
"""

from __future__ import annotations

import base64
import secrets

from django.conf import settings
from django.contrib.messages import ERROR
from django.utils.crypto import salted_hmac

HOST = "__Host-" if settings.SESSION_COOKIE_SECURE else ""
SALT = f"{HOST}drafts"
DONE = f"{HOST}drafts_done"  # read by static/js/drafts.js
ALL = "*"
REACHED = "view_reached"
# Pages of secrets, and a donor's own: no draft of their forms is kept.
WITHOUT = ("account_", "mfa_", "campaigns:me-")
MOST = 24  # characters of the name of a draft


def key(request) -> str:
    """The key of this reader's drafts in this browser; empty where none are kept."""
    user, match = getattr(request, "user", None), request.resolver_match
    if user is None or match is None or match.view_name.startswith(WITHOUT):
        return ""
    if not user.is_authenticated:
        return ""
    salt = request.COOKIES.get(SALT) or vars(request).setdefault(SALT, secrets.token_hex(16))
    digest = salted_hmac("config.drafts", f"{salt}:{user.pk}", algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


class Drafts:
    """Tells the browser which draft was taken, and forgets the key at sign-out."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if SALT in vars(request):
            self._set(response, SALT, vars(request)[SALT], httponly=True)
        match = request.resolver_match
        taken = REACHED in vars(request) and response.status_code in (302, 303)
        if request.method != "POST" or match is None or not taken:
            return response
        if match.view_name == "account_logout":
            response.delete_cookie(SALT)
            self._set(response, DONE, ALL, max_age=60)
        elif request.user.is_authenticated and not _refused(request):
            name = request.POST.get("draft", "")[:MOST]
            if name.isalnum():
                self._set(response, DONE, name, max_age=60)
        return response

    def process_view(self, request, view, args, kwargs):
        """Not reached where a sign-in or a second factor is asked for first."""
        vars(request)[REACHED] = True

    def _set(self, response, name, value, **more):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(name, value, secure=secure, samesite="Lax", **more)


def _refused(request) -> bool:
    """Whether the answer of the form is a refusal, shown on the next page."""
    queued = getattr(getattr(request, "_messages", None), "_queued_messages", [])
    return any(message.level >= ERROR for message in queued)
