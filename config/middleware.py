from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse

from donors.access import needs_second_factor


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
