from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
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
    ``story`` says why, before; the ``afterword`` how it went. ``decided_at`` and ``decided_by`` are
    of the last change of the state; without a person it came with the calendar. All changes are
    among its ``steps``.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ASKED = "asked", _("Waiting for the centre")
        AGREED = "agreed", _("Agreed, not yet public")
        CONFIRMED = "confirmed", _("Public")
        RUNNING = "running", _("Under way")
        DECLINED = "declined", _("Declined by the centre")
        CANCELLED = "cancelled", _("Cancelled")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn by the unit")
        LAPSED = "lapsed", _("The day passed without a decision")

    OPEN = (State.CONFIRMED, State.RUNNING)
    """Public and not over."""
    BEFORE = (State.DRAFT, State.ASKED, State.AGREED)
    """Not public yet."""
    PUBLIC = (*OPEN, State.CANCELLED, State.CLOSED)
    HELD = (State.AGREED, *OPEN)
    """With rooms and a day from the centre, and not over."""
    GOING = (State.ASKED, *HELD)
    LIVING = (*GOING, State.CLOSED)

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
    partners_ar = models.CharField(max_length=300, blank=True)
    partners_fr = models.CharField(max_length=300, blank=True)
    partners_en = models.CharField(max_length=300, blank=True)
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
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
                condition=Q(state__in=["draft", "asked"], decided_at=None, decided_by=None)
                | Q(state="lapsed", decided_at__isnull=False, decided_by=None)
                | Q(state__in=["running", "closed"], decided_at__isnull=False)
                | ~Q(state__in=["draft", "lapsed"])
                & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="campaign_is_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["addressee"],
                condition=Q(state__in=["draft", "asked", "agreed", "confirmed", "running"]),
                name="memo_answer_has_one_living_campaign",
            ),
        ]
        indexes = [models.Index(fields=["state", "planned_on"], name="campaign_by_day")]

    @property
    def is_ahead(self) -> bool:
        return self.state in self.BEFORE

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_coming(self) -> bool:
        """Whether its texts and figures may still change."""
        return self.is_ahead or self.is_open

    @property
    def is_held(self) -> bool:
        return self.state in self.HELD

    @property
    def has_page(self) -> bool:
        """Whether anybody may open its page."""
        return self.state in self.PUBLIC

    @property
    def has_rooms(self) -> bool:
        return self.has_page or self.state == self.State.AGREED

    @property
    def partners(self) -> str:
        """With whom the unit organises it, in the reader's language."""
        return str(getattr(self, f"partners_{(get_language() or 'ar')[:2]}", self.partners_ar))
