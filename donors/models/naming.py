from django.db import models
from django.utils.translation import get_language


class Named(models.Model):
    """A place or body with its name in three languages."""

    name_ar = models.CharField(max_length=200)
    name_fr = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return getattr(self, self.name_field(), self.name_ar)

    @staticmethod
    def name_field() -> str:
        """The column of the name in the reader's language, to sort by."""
        return f"name_{get_language() or 'ar'}"[:7]


class Language(models.TextChoices):
    ARABIC = "ar", "العربية"
    FRENCH = "fr", "Français"
    ENGLISH = "en", "English"
