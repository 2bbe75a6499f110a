from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .bag import Bag
from .center import Center
from .recall import Recall
from .request import Hospital, Issue


class BagAlarmQuerySet(models.QuerySet["BagAlarm"]):
    def open(self) -> BagAlarmQuerySet:
        return self.filter(answered_at=None, ended_at=None)


class BagAlarm(models.Model):
    """The holder of a bag has to act on it and to answer.

    The database makes it with the bad news: ``HOLD`` where it takes a bag out of stock, ``RECALL``
    for each bag of a recalled donation that had left. ``NEWS`` asks a hospital for the outcome of a
    bag. ``center`` answers for it; ``hospital`` is empty where the bag is at the centre, or where the
    issue names no hospital of the list. ``ended_at``: the bag moved on, nothing is left to answer.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", _("Take it off the shelf")
        RECALL = "recall", _("Recalled: do not use")
        NEWS = "news", _("No news")

    class Answer(models.TextChoices):
        SET_ASIDE = "set_aside", _("Set aside: it will not be used")
        TRANSFUSED = "transfused", _("Transfused: the patient's doctor knows")
        DESTROYED = "destroyed", _("Destroyed")
        SENT_BACK = "sent_back", _("On its way back to the centre")
        KEPT = "kept", _("Still here, to be used")
        MISSING = "missing", _("Not found")

    # The answers that may be given, by kind.
    ANSWERS = {
        Kind.HOLD: (Answer.SET_ASIDE, Answer.MISSING),
        Kind.RECALL: (
            Answer.SET_ASIDE,
            Answer.TRANSFUSED,
            Answer.DESTROYED,
            Answer.SENT_BACK,
            Answer.MISSING,
        ),
        Kind.NEWS: (
            Answer.TRANSFUSED,
            Answer.DESTROYED,
            Answer.SENT_BACK,
            Answer.KEPT,
            Answer.MISSING,
        ),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=6, choices=Kind)
    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="bag_alarms")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="alarms")
    hospital = models.ForeignKey(
        Hospital, null=True, blank=True, on_delete=models.PROTECT, related_name="alarms"
    )
    issue = models.ForeignKey(
        Issue, null=True, blank=True, on_delete=models.PROTECT, related_name="alarms"
    )
    recall = models.ForeignKey(
        Recall, null=True, blank=True, on_delete=models.PROTECT, related_name="alarms"
    )
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    told_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    escalated_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = BagAlarmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bag", "kind"],
                condition=Q(answered_at=None, ended_at=None),
                name="bag_has_one_open_alarm_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="hold", issue=None, recall=None)
                | Q(kind="recall", recall__isnull=False)
                | Q(kind="news", issue__isnull=False, recall=None),
                name="alarm_is_about_what_its_kind_says",
            ),
        ]
        indexes = [
            models.Index(
                fields=["center", "made_at"],
                condition=Q(answered_at=None, ended_at=None),
                name="alarm_open_of_center",
            )
        ]

    @property
    def place(self) -> str:
        """Where the bag is: the hospital as the issue names it, or the centre."""
        if self.hospital:
            return self.hospital.name
        return self.issue.place if self.issue else self.center.name


class AlarmAnswer(models.Model):
    """What the holder said about the bag. Append-only: a later answer may contradict an earlier one.

    ``by`` is the member of staff who wrote it; empty where the hospital answered by its link. ``name``
    is the person at the hospital.
    """

    alarm = models.ForeignKey(BagAlarm, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(max_length=10, choices=BagAlarm.Answer)
    name = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False) | ~Q(name=""), name="alarm_is_answered_by_somebody"
            )
        ]


class FoundBag(models.Model):
    """A bag that had ended otherwise by the records was found, or had been transfused. Append-only.

    ``place`` is where: a hospital, a ward, a fridge.
    """

    class Kind(models.TextChoices):
        FOUND = "found", _("It was found: blocked until somebody discards it")
        TRANSFUSED = "transfused", _("It had been transfused")

    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="found")
    kind = models.CharField(max_length=10, choices=Kind)
    place = models.CharField(max_length=120)
    because = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(place="") & ~Q(because=""), name="found_bag_was_somewhere"
            )
        ]
