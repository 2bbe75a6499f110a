from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from .naming import Language


class User(AbstractUser):
    """A user account. Rights come from dated rows: officer, staff member, donor.

    The two national rights that belong to no such row are flags here.
    """

    language = models.CharField(max_length=2, choices=Language, default=Language.ARABIC)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    is_auditor = models.BooleanField(_("auditor"), default=False)

    @property
    def display_name(self) -> str:
        """Empty for a donor's own account, whose user name is a key."""
        own = self.username.startswith("donor-")
        return self.get_full_name() or ("" if own else self.username)
