from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Accounts of staff are made by the level above; donors get theirs with a booking."""

    def is_open_for_signup(self, request) -> bool:
        return False
