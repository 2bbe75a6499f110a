from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from centers.models import Staff
from donors.accounts import factors
from donors.models import Officer

# Account pages that a session without its second factor may open: sign-out and entering the factor.
STEPS = {
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


def has_rights_over_others(user) -> bool:
    return (
        user.is_administrator
        or user.is_auditor
        or Officer.objects.filter(user=user).exists()
        or Staff.objects.filter(user=user).exists()
    )


class SecondFactorMiddleware:
    """Admits a session to staff pages only after a second factor was used in it, and to views
    declared with ``donors.accounts.factors.fresh`` only if that was recent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        everybody = not getattr(view, "login_required", True)
        if settings.DEMO or everybody or not request.user.is_authenticated or name in STEPS:
            return None
        if factors.is_full(request):
            stale = request.method in getattr(view, "asks_fresh", ()) and not factors.is_fresh(
                request
            )
            return self._ask(request, _("Show again that it is you.")) if stale else None
        own = name.startswith(("mfa_", "account_"))
        if not own and not has_rights_over_others(request.user):
            return None
        return self._stop(request, own)

    def _stop(self, request, own):
        """The session has no second factor yet: ask for it, or set one up after the password if
        there is none."""
        if factors.has_second(request.user):
            return self._ask(request, _("Your work opens with your second factor."))
        if not factors.used_password(request):
            return render(request, "account/not_by_code.html", status=403)
        return None if own else redirect("mfa_index")

    def _ask(self, request, sentence):
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Refresh": "true"})
        messages.info(request, sentence)
        if request.method == "POST":
            messages.info(request, _("Then send the form once more: what you typed comes back."))
        next_page = request.get_full_path() if request.method != "POST" else page_of(request)
        method = get_adapter().get_reauthentication_methods(request.user)[0]
        return See(f"{method['url']}?{urlencode({'next': next_page})}")


class See(HttpResponseRedirect):
    """Redirect that is always opened with GET (303)."""

    status_code = 303


def page_of(request) -> str:
    """The page of this site that contains the submitted form."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    here = came_from.netloc == request.get_host() and came_from.path
    return f"{here}?{came_from.query}" if here and came_from.query else here or "/"


class LoginRequired(LoginRequiredMiddleware):
    """When a session expired before a form was submitted, sign-in leads to the page with the form,
    not to its POST address. A polled part of a page makes the whole page redirect.
    """

    def handle_no_permission(self, request, view_func):
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Refresh": "true"})
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(page_of(request), self.get_login_url(view_func))


class VerbPages:
    """A POST-only address opened with GET (reload, copied link) answers with an explanation instead
    of 405."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response


class NothingKept:
    """Forbids caching of signed-in pages: otherwise the next person at the desk sees them by
    "back"."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response
