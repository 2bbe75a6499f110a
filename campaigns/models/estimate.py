from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .operation import Operation

QUANTITIES = ("admissions", "red_cells", "platelets", "plasma")


def _bags() -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(max_digits=5, decimal_places=2)


class Estimate(models.Model):
    """A version of what an operation is expected to need; each has a low and a high figure.

    ``counted`` is the number of admissions, injured or dead (``basis``) that the admissions follow
    from. Red cells and plasma are in bags, platelets in adult doses, each per admission. ``curve``
    is [hours since ``starts_at``, share of everything used by then], from [0, 0] to a share of 1.
    ``weights`` says by centre code which centres receive the patients. The database numbers the
    versions.
    """

    class Basis(models.TextChoices):
        ADMISSIONS = "admissions", _("Admissions to hospital")
        INJURED = "injured", _("Injured")
        DEATHS = "deaths", _("Deaths")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="estimates")
    number = models.PositiveSmallIntegerField(editable=False, default=0)
    made_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True)
    basis = models.CharField(max_length=10, choices=Basis)
    counted = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    admissions = models.PositiveIntegerField()
    admissions_low = models.PositiveIntegerField()
    admissions_high = models.PositiveIntegerField()
    red_cells = _bags()
    red_cells_low = _bags()
    red_cells_high = _bags()
    platelets = _bags()
    platelets_low = _bags()
    platelets_high = _bags()
    plasma = _bags()
    plasma_low = _bags()
    plasma_high = _bags()
    curve = models.JSONField()
    weights = models.JSONField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "number"], name="estimates_of_an_operation_have_no_gap"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}_low__gte": 0, f"{name}__gte": F(f"{name}_low")})
                    & Q(**{f"{name}_high__gte": F(name)}),
                    name=f"estimate_of_{name}_is_between_low_and_high",
                )
                for name in QUANTITIES
            ),
            models.CheckConstraint(
                condition=Q(admissions_high__lte=1_000_000), name="estimate_is_of_one_country"
            ),
        ]
