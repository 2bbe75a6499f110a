from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from donors.models import BloodGroup, Donor

from .bag import Bag
from .donation import Donation


def of_the_person(path: str) -> Q:
    """Rows under ``path`` that belong to the person of a doubt in the outer query."""
    rows = [OuterRef("donor"), OuterRef("donor__merged_into")]
    mine = [Q(**{path: row}) | Q(**{f"{path}__merged_into": row}) for row in rows]
    return mine[0] | mine[1]


class GroupDoubtQuerySet(models.QuerySet["GroupDoubt"]):
    def open_for(self, donor: Donor) -> GroupDoubtQuerySet:
        """The open doubts about a person."""
        return self.filter(donor__in=donor.person.linked_rows(), closed_at=None)

    def people(self) -> models.QuerySet[GroupDoubt, int]:
        """The kept rows of those whose group is in doubt now, without the rows merged into them."""
        kept = Coalesce("donor__merged_into", "donor")
        return self.filter(closed_at=None).values_list(kept, flat=True)

    def touching(self, centers: list[int]) -> GroupDoubtQuerySet:
        """Donors who gave at one of the centres, or of whom one of them has a bag."""
        given = Donation.objects.filter(of_the_person("donor"), center__in=centers)
        bags = Bag.objects.filter(of_the_person("donation__donor"), center__in=centers)
        return self.filter(Exists(given) | Exists(bags))

    def to_settle(self) -> GroupDoubtQuerySet:
        """Open doubts, and ended ones with bags that a doctor still has to decide about; oldest
        first.

        Those are bags here that are labelled with another group than the proved one.
        """
        here = Bag.objects.filter(of_the_person("donation__donor"), state=Bag.State.BLOCKED)
        undecided = here.exclude(blood_group="").exclude(blood_group=OuterRef("group"))
        proved = self.model.objects.exclude(proof=None)
        later = proved.filter(donor=OuterRef("donor"), pk__gt=OuterRef("pk"))
        left = Q(Exists(undecided), ~Exists(later), proof__isnull=False)
        rows = self.filter(Q(closed_at=None) | left).select_related("donation")
        return rows.order_by(F("closed_at").desc(nulls_first=True), "pk")


class GroupDoubt(models.Model):
    """A reading contradicts the known group of a person; all the person's bags are held.

    The database opens it with the contradicting reading or joining (``donation`` is the one that
    was read, ``since`` the number of the last reading before the proof), and ends it: as a ``slip``
    when only one reader saw another group; else by a new sample. ``two_read`` once both readers of
    a tube contradict. At its end ``rows`` names the donors, ``group`` the group proved by
    ``proof``, and no reading up to ``last_result`` opens a doubt again.
    """

    class Cause(models.TextChoices):
        READING = "reading", _("A reading of the laboratory")
        JOINING = "joining", _("Two records of one person were joined")

    class Verdict(models.TextChoices):
        SLIP = "slip", _("A slip of one reader")
        STANDS = "stands", _("A new sample agrees with the group on record")
        CORRECTED = "corrected", _("The group on record was corrected by a new sample")
        PARTED = "parted", _("The two records were parted again")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="group_doubts")
    donation = models.ForeignKey(
        Donation, null=True, blank=True, on_delete=models.PROTECT, related_name="group_doubts"
    )
    cause = models.CharField(max_length=8, choices=Cause)
    known = models.CharField(max_length=3, choices=BloodGroup, blank=True)
    since = models.BigIntegerField()
    two_read = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(max_length=9, choices=Verdict, blank=True)
    because = models.CharField(max_length=200, blank=True)
    proof = models.ForeignKey(
        Donation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    group = models.CharField(max_length=3, choices=BloodGroup, blank=True)
    rows = ArrayField(models.BigIntegerField(), default=list, blank=True)
    last_result = models.BigIntegerField(null=True, blank=True)

    objects = GroupDoubtQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donor"], condition=Q(closed_at=None), name="donor_has_one_open_group_doubt"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, verdict="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(verdict=""),
                name="group_doubt_is_ended_by_somebody_with_its_verdict",
            ),
            models.CheckConstraint(
                condition=Q(proof=None, verdict__in=["", "slip", "parted"])
                | Q(proof__isnull=False, verdict__in=["stands", "corrected"]),
                name="group_doubt_is_settled_by_a_proof",
            ),
        ]


class Relabelling(models.Model):
    """A doctor relabels a held bag with the group that its own donation's readings prove.

    Immutable by trigger; another person releases the bag again.
    """

    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="relabellings")
    before = models.CharField(max_length=3, choices=BloodGroup)
    after = models.CharField(max_length=3, choices=BloodGroup)
    because = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(before=F("after")) & ~Q(because=""),
                name="bag_is_relabelled_to_another_group",
            )
        ]
