from __future__ import annotations

from django.db import models

from donors.models.naming import Named

from .component import Component


class Kit(Named):
    """A set of bags for collecting blood; ``component`` is its content before separation."""

    code = models.CharField(max_length=12, primary_key=True)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    source = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]


class Recipe(Named):
    """What is made from a bag: whole blood separated, red cells irradiated, plasma thawed.

    Whole blood only from the ``kits`` that have the necessary bags.
    """

    code = models.CharField(max_length=20, primary_key=True)
    of = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="recipes")
    kits = models.ManyToManyField(Kit, related_name="recipes", blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]


class RecipePart(models.Model):
    """One product of a recipe, to be made ``within_hours`` of the collection where set.

    ``life_hours`` counts from the making and never past the expiry of the parent bag; without it
    the product's own shelf life counts from the collection. ``not_if_slow``: not from a bleeding of
    more than fifteen minutes.
    """

    recipe = models.ForeignKey(Recipe, on_delete=models.PROTECT, related_name="parts")
    makes = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    within_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    life_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    not_if_slow = models.BooleanField()
    source = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipe", "makes"], name="recipe_makes_it_once")
        ]

    @property
    def life_days(self) -> int:
        """The shelf life in whole days if given in days; 0 if given in hours."""
        return self.life_hours // 24 if self.life_hours and self.life_hours >= 48 else 0
