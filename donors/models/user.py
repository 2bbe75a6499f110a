from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from .naming import Language


class User(AbstractUser):
    """Somebody who signs in. Rights come from dated rows: officer's, staff member's, donor's.

    The two national rights that no row below can carry stand here as flags.
    """

    language = models.CharField(max_length=2, choices=Language, default=Language.ARABIC)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    is_auditor = models.BooleanField(_("auditor"), default=False)

    @property
    def display_name(self) -> str:
        """Empty for a donor's own account, whose name is a key."""
        own = self.username.startswith("donor-")
        return self.get_full_name() or ("" if own else self.username)
