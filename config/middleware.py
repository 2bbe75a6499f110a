from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from centers.models import Staff
from donors.models import Officer


def needs_second_factor(user) -> bool:
    """Everybody with a right over others signs in with two factors; True while one is missing."""
    if user.authenticator_set.exists():
        return False
    return (
        user.is_administrator
        or user.is_auditor
        or Officer.objects.filter(user=user).exists()
        or Staff.objects.filter(user=user).exists()
    )


class SecondFactorMiddleware:
    """Nobody with a staff role goes past the security page before a second factor is set up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if settings.DEMO or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        if match.view_name.startswith(("mfa_", "account_")) or match.view_name == "set_language":
            return None
        if needs_second_factor(request.user):
            return redirect(reverse("mfa_index"))
        return None


class LoginRequired(LoginRequiredMiddleware):
    """After a session that was lost on a form's way, the page with the form opens, not its verb.

    A part of a page that asks by itself has the whole page ask.
    """

    def handle_no_permission(self, request, view_func):
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Refresh": "true"})
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        came_from = urlsplit(request.headers.get("Referer", ""))
        here = came_from.netloc == request.get_host() and came_from.path
        return redirect_to_login(here or "/", self.get_login_url(view_func))


class VerbPages:
    """A verb's address opened like a page, after a reload or by its link, answers with a sentence."""

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
    """What a signed-in reader saw stays in no cache: the next person at the desk presses "back"."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response
