from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donors.models import Unit, User

from .memo_text import MemoText
from .operation import Operation

# A unit that is asked again has two days, as the first deadline may have passed.
REOPENED_WAITS = timedelta(days=2)


class MemoQuerySet(models.QuerySet["Memo"]):
    def addressed_below(self, user: User, on: date) -> MemoQuerySet:
        """Memos addressed to a unit under the user's command."""
        units = Unit.objects.commanded_by(user, on)
        return self.filter(pk__in=Addressee.objects.filter(unit__in=units).values("memo"))

    def in_force(self) -> MemoQuerySet:
        """Not withdrawn, and of no closed operation."""
        return self.filter(withdrawn_at=None, operation__closed_at=None)


class Memo(MemoText):
    """An urgent memo (مذكرة استعجالية) down the tree. It orders organisation, never giving.

    Text, deadline, ``version``, ``changed_at`` and ``withdrawn_at`` are those of the latest
    ``MemoVersion``: the database writes the first version, copies every later one to here, and
    refuses any other change. A drill belongs to no operation, since operations are public.
    """

    class Kind(models.TextChoices):
        CAMPAIGN = "campaign", pgettext_lazy("memo", "Organise campaigns")
        MOBILISATION = "ready", pgettext_lazy("memo", "Be ready, without a campaign")
        DRILL = "drill", pgettext_lazy("memo", "Exercise")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    operation = models.ForeignKey(
        Operation, null=True, on_delete=models.PROTECT, related_name="memos"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.CAMPAIGN)
    reference = models.CharField(_("reference"), max_length=60, unique=True)
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="issued_memos")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveSmallIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = MemoQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deadline_at__gt=F("issued_at")), name="memo_deadline_follows_its_issue"
            ),
            models.CheckConstraint(
                condition=Q(kind="drill", operation=None)
                | ~Q(kind="drill") & Q(operation__isnull=False),
                name="drill_alone_has_no_operation",
            ),
            models.CheckConstraint(
                condition=~Q(subject_ar="") & ~Q(body_ar=""), name="memo_has_an_arabic_text"
            ),
            models.CheckConstraint(
                condition=(Q(subject_fr="", body_fr="") | ~Q(subject_fr="") & ~Q(body_fr=""))
                & (Q(subject_en="", body_en="") | ~Q(subject_en="") & ~Q(body_en="")),
                name="memo_language_is_complete",
            ),
        ]

    @property
    def is_drill(self) -> bool:
        return self.kind == self.Kind.DRILL

    @property
    def is_in_force(self) -> bool:
        return not (self.withdrawn_at or (self.operation and self.operation.closed_at))

    def may_spread(self, now: datetime) -> bool:
        """Whether it may still be addressed to more units."""
        return self.is_in_force and self.deadline_at > now

    def is_older(self, answered_at: datetime | None) -> bool:
        """Whether an answer was given to a text that was amended afterwards."""
        return bool(answered_at and self.changed_at and answered_at < self.changed_at)

    @property
    def state(self) -> str:
        """One of the words of ``memo_letters.STATES``."""
        if self.withdrawn_at:
            return "withdrawn"
        if self.operation and self.operation.closed_at:
            return "over"
        return "amended" if self.version > 1 else "in_force"


class AddresseeQuerySet(models.QuerySet["Addressee"]):
    def open(self) -> AddresseeQuerySet:
        """Rows that owe an answer: the memo is in force and no successor answers instead."""
        in_force = {"memo__withdrawn_at": None, "memo__operation__closed_at": None}
        return self.filter(answer="", passed_to=None, **in_force)

    def silent(self, now: datetime) -> AddresseeQuerySet:
        """Open rows after the deadline, which a reopened row has anew."""
        due = Greatest("memo__deadline_at", F("reopened_at") + REOPENED_WAITS)
        return self.open().annotate(due=due).filter(due__lte=now)


class Addressee(models.Model):
    """A unit addressed by a memo, and its answer: one row per unit and memo.

    ``reminded_at`` to ``issuer_told_at`` are the steps of the ladder since the unit was last asked;
    ``skipped`` are the codes of the levels above that had no officer within reach. The row of a
    unit that was closed is ``passed_to`` the row of its successor.
    """

    class Answer(models.TextChoices):
        WILL = "will", _("Will organise")
        CANNOT = "cannot", _("Cannot")

    class Reopened(models.TextChoices):
        DECLINED = "declined", _("The centre declined")
        CANCELLED = "cancelled", _("The campaign was cancelled")
        MISSED = "missed", _("The day passed without a campaign")
        PASSED = "passed", _("Taken over from a unit that closed")

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
    on_behalf = models.BooleanField(default=False, db_default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)
    late_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    escalated_to = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    skipped = ArrayField(models.CharField(max_length=40), default=list, db_default=[])
    issuer_told_at = models.DateTimeField(null=True, blank=True)
    reopened = models.CharField(max_length=9, choices=Reopened, blank=True, db_default="")
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_because = models.TextField(blank=True, db_default="")
    forwarded_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="forwarded"
    )
    forwarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    passed_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_over"
    )

    objects = AddresseeQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(reopened="", reopened_at=None)
                | ~Q(reopened="") & Q(reopened_at__isnull=False),
                name="memo_row_is_reopened_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(passed_to=None) | Q(answer=""), name="memo_row_is_passed_on_unanswered"
            ),
            models.CheckConstraint(
                condition=Q(forwarded_from=None, forwarded_by=None)
                | Q(forwarded_from__isnull=False, forwarded_by__isnull=False),
                name="memo_is_forwarded_by_somebody",
            ),
        ]


class PastAnswer(models.Model):
    """An answer that a unit gave before the present one; append-only by trigger."""

    class Ended(models.TextChoices):
        CHANGED = "changed", _("Changed by the unit")
        DECLINED = "declined", _("The centre declined")
        CANCELLED = "cancelled", _("The campaign was cancelled")
        MISSED = "missed", _("The day passed without a campaign")

    addressee = models.ForeignKey(Addressee, on_delete=models.PROTECT, related_name="past_answers")
    answer = models.CharField(max_length=8, choices=Addressee.Answer)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    on_behalf = models.BooleanField()
    planned_on = models.DateField(null=True)
    expected_donors = models.PositiveIntegerField(null=True)
    because = models.TextField(blank=True)
    ended = models.CharField(max_length=9, choices=Ended)
    ended_at = models.DateTimeField()
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering = ["answered_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["addressee", "answered_at"], name="memo_answer_is_past_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("answered_at")),
                name="memo_answer_ends_after_it_was_given",
            ),
        ]


class MemoReminder(models.Model):
    """A superior reminded a silent unit; once a day, append-only by trigger."""

    addressee = models.ForeignKey(Addressee, on_delete=models.PROTECT, related_name="reminders")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    day = models.DateField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["addressee", "day"], name="silent_unit_is_reminded_once_a_day"
            )
        ]
