from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from centers.models import Center, Session
from donors.models import Unit
from donors.models.naming import Named

from .memo import Addressee
from .operation import Operation


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def public(self) -> CampaignQuerySet:
        return self.filter(state__in=Campaign.PUBLIC)


class Campaign(Named):
    """Why, by whom and for whom blood is collected: the public page of one or more sessions.

    ``target`` and ``cap`` are donations; the cap prevents more donations than can be used. The
    ``story`` says why, before; the ``afterword`` how it went.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Waiting for the centre")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined by the centre")
        CANCELLED = "cancelled", _("Cancelled")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn by the unit")
        LAPSED = "lapsed", _("The day passed without a decision")

    PUBLIC = (State.CONFIRMED, State.CANCELLED, State.CLOSED)
    LIVING = (State.DRAFT, State.CONFIRMED, State.CLOSED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    operation = models.ForeignKey(
        Operation, null=True, blank=True, on_delete=models.PROTECT, related_name="campaigns"
    )
    addressee = models.ForeignKey(
        Addressee, null=True, blank=True, on_delete=models.PROTECT, related_name="campaigns"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="campaigns")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="campaigns")
    sessions = models.ManyToManyField(Session, related_name="campaigns", blank=True)
    story_ar = models.TextField(blank=True)
    story_fr = models.TextField(blank=True)
    story_en = models.TextField(blank=True)
    afterword_ar = models.TextField(blank=True)
    afterword_fr = models.TextField(blank=True)
    afterword_en = models.TextField(blank=True)
    planned_on = models.DateField()
    target = models.PositiveIntegerField()
    cap = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    because = models.CharField(max_length=200, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cap__gte=F("target"), target__gte=1),
                name="campaign_cap_covers_its_target",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", decided_at=None, decided_by=None)
                | Q(state="lapsed", decided_at__isnull=False, decided_by=None)
                | ~Q(state__in=["draft", "lapsed"])
                & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="campaign_is_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["addressee"],
                condition=Q(state__in=["draft", "confirmed"]),
                name="memo_answer_has_one_living_campaign",
            ),
        ]
        indexes = [models.Index(fields=["state", "planned_on"], name="campaign_by_day")]
