from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from donors.models import User


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closes self-registration: staff accounts are created by the level above, donors' with a
    booking."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """Ask for the second factor where there is one: a password alone must not change the
        factors."""
        methods: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [m for m in methods if m["id"].startswith("mfa_")] or methods
