import re

from django.db import models
from django.utils.translation import get_language

from .naming import Named

# What an Arabic name begins with: who looks for a place types its own name.
KIND = re.compile("^(إقليم|عمالة) (.+)$")


class Region(Named):
    code = models.CharField(max_length=8, primary_key=True)


class Province(Named):
    """A province or prefecture; coordinates are its chief town's (GeoNames, CC BY 4.0)."""

    code = models.CharField(max_length=8, primary_key=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="provinces")
    kind = models.CharField(max_length=24)
    chief_town_ar = models.CharField(max_length=100)
    chief_town_fr = models.CharField(max_length=100)
    latitude = models.FloatField()
    longitude = models.FloatField()

    @property
    def chief_town(self) -> str:
        """In the reader's script."""
        return self.chief_town_ar if get_language() == "ar" else self.chief_town_fr

    @property
    def listed(self) -> str:
        """The name in a list to choose from, where the first letters typed find it."""
        return KIND.sub(r"\2 (\1)", self.name)
