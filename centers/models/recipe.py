from __future__ import annotations

from django.db import models

from donors.models.naming import Named

from .component import Component


class Kit(Named):
    """A set of bags that blood is collected into; ``component`` is what it holds before separation."""

    code = models.CharField(max_length=12, primary_key=True)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    source = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]


class Recipe(Named):
    """What a bag is made into: whole blood separated, red cells irradiated, plasma thawed.

    Out of whole blood only from the ``kits`` that have the bags for it.
    """

    code = models.CharField(max_length=20, primary_key=True)
    of = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="recipes")
    kits = models.ManyToManyField(Kit, related_name="recipes", blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]


class RecipePart(models.Model):
    """One product of a recipe. ``within_hours`` of the collection it has to be made, where that counts.

    ``life_hours`` runs from the making and never past the date of the bag it is made from; without
    it the product keeps its own life from the collection. ``not_if_slow``: not from a bleeding of
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
        """Whole days of a life that is told in days; 0 for one of hours."""
        return self.life_hours // 24 if self.life_hours and self.life_hours >= 48 else 0
