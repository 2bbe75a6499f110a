from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from donors.models import Language


class MemoText(models.Model):
    """What a memo says: Arabic always, French and English where they were written.

    ``reports`` and ``urgency`` are chosen from lists, so that they read in each language.
    ``must_be_read``: somebody else than the issuer has to have read this very text.
    """

    class Urgency(models.TextChoices):
        USUAL = "usual", pgettext_lazy("urgency", "Usual")
        URGENT = "urgent", pgettext_lazy("urgency", "Urgent")
        AT_ONCE = "at_once", pgettext_lazy("urgency", "Very urgent")

    class Report(models.TextChoices):
        CONTACT = "contact", _("Name and telephone of the contact person")
        DONORS = "donors", _("Number of donors of each day, without names")
        DIFFICULTIES = "troubles", _("Difficulties met")

    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.URGENT)
    subject_ar = models.CharField(max_length=200)
    subject_fr = models.CharField(max_length=200, blank=True)
    subject_en = models.CharField(max_length=200, blank=True)
    body_ar = models.TextField()
    body_fr = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    slogan = models.CharField(max_length=120, blank=True)
    reports = ArrayField(models.CharField(max_length=8, choices=Report), default=list, blank=True)
    deadline_at = models.DateTimeField(_("answer expected by"))
    must_be_read = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def languages(self) -> list[str]:
        """Those the text is written in, Arabic first."""
        return [code for code in Language.values if getattr(self, f"body_{code}")]

    @property
    def language(self) -> str:
        """The language that a reader of the current one gets."""
        wanted = (get_language() or "ar")[:2]
        return wanted if wanted in self.languages else Language.ARABIC

    @property
    def subject(self) -> str:
        return str(getattr(self, f"subject_{self.language}"))

    @property
    def body(self) -> str:
        return str(getattr(self, f"body_{self.language}"))

    @property
    def texts(self) -> list[tuple[str, str, str]]:
        """Language, subject and text: the reader's language first, Arabic always among them."""
        order = sorted(self.languages, key=lambda code: code != self.language)
        return [(c, getattr(self, f"subject_{c}"), getattr(self, f"body_{c}")) for c in order]

    @property
    def report_labels(self) -> list[str]:
        return [str(self.Report(value).label) for value in self.reports]
