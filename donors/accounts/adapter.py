from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Accounts of staff are made by the level above; donors get theirs with a booking."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_reauthentication_methods(self, user) -> list[dict[str, object]]:
        """By a second factor wherever there is one: a password alone must not change what guards it."""
        methods = super().get_reauthentication_methods(user)
        return [m for m in methods if m["id"].startswith("mfa_")] or methods
