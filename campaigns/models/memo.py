from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donors.models import Language, Unit, User

from .operation import Operation


class MemoQuerySet(models.QuerySet["Memo"]):
    def addressed_below(self, user: User, on: date) -> MemoQuerySet:
        """Memos addressed to a unit under the user's command."""
        units = Unit.objects.commanded_by(user, on)
        return self.filter(pk__in=Addressee.objects.filter(unit__in=units).values("memo"))


class Memo(models.Model):
    """An urgent memo (مذكرة استعجالية) down the tree. It orders organisation, never giving.

    Immutable by trigger once issued.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="memos")
    reference = models.CharField(_("reference"), max_length=60, unique=True)
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="issued_memos")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    deadline_at = models.DateTimeField(_("answer expected by"))

    objects = MemoQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deadline_at__gt=F("issued_at")), name="memo_deadline_follows_its_issue"
            )
        ]


class Addressee(models.Model):
    """A unit addressed by a memo, and its answer: one row per unit and memo."""

    class Answer(models.TextChoices):
        WILL = "will", _("Will organise")
        CANNOT = "cannot", _("Cannot")

    memo = models.ForeignKey(Memo, on_delete=models.PROTECT, related_name="addressees")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memos")
    sent_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    planned_on = models.DateField(null=True, blank=True)
    expected_donors = models.PositiveIntegerField(null=True, blank=True)
    because = models.TextField(blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["unit__path"]
        constraints = [
            models.UniqueConstraint(fields=["memo", "unit"], name="memo_addresses_a_unit_once"),
            models.CheckConstraint(
                condition=Q(seen_at=None) | Q(seen_at__gte=F("sent_at")),
                name="memo_seen_after_it_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(
                    acknowledged_at__gte=F("seen_at"),
                    acknowledged_by__isnull=False,
                    seen_at__isnull=False,
                ),
                name="memo_acknowledged_after_it_was_seen",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | ~Q(answer="")
                & Q(
                    answered_at__gte=F("acknowledged_at"),
                    answered_by__isnull=False,
                    acknowledged_at__isnull=False,
                ),
                name="memo_answered_after_it_was_acknowledged",
            ),
            models.CheckConstraint(
                condition=~Q(answer="will") | Q(planned_on__isnull=False, expected_donors__gte=1),
                name="will_organise_has_a_date_and_a_number",
            ),
            models.CheckConstraint(
                condition=~Q(answer="cannot") | ~Q(because=""), name="cannot_has_a_reason"
            ),
        ]
