"""Reactions of patients to blood: reported by anybody who hears of one, assessed by a doctor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from centers.inventory import found_bags, stock
from centers.models import Assessment, Bag, Center, Issue, PatientReaction, Recall
from centers.models.patient_reaction import PatientReactionQuerySet
from donors.errors import Refused, refusing
from donors.models import User
from donors.people import privacy

LEFT = (Bag.State.ISSUED, Bag.State.TRANSFUSED)


def report(
    *,
    bag: Bag,
    began_at: datetime,
    minutes: int,
    volume: int | None,
    signs: str,
    informant: str,
    kind: str,
    severity: int,
    outcome: str,
    by: User,
    now: datetime,
) -> PatientReaction:
    """What the hospital tells; the bag is noted as transfused. The database recalls the donation where
    the kind may be the fault of the blood."""
    if began_at > now:
        raise Refused(_("This is in the future."), "began_at")
    with refusing():
        held = Bag.objects.select_for_update(of=("self",)).get(pk=bag.pk)
        if held.state == Bag.State.ISSUED:
            stock.move(bag=held, to=Bag.State.TRANSFUSED, by=by)
        elif held.state in found_bags.ENDED:
            kept = {"place": informant, "because": _("A reaction of the patient was reported.")}
            found_bags.record(bag=held, kind="transfused", by=by, now=now, **kept)
        elif held.state not in LEFT and not Issue.objects.filter(bag=held).exists():
            raise Refused(_("By the records this bag never left. Compare the number."))
        reaction = PatientReaction.objects.create(
            bag=held,
            center_id=held.center_id,
            began_at=began_at,
            minutes=minutes,
            volume=volume,
            signs=signs.strip(),
            informant=informant.strip(),
            reported_at=now,
            reported_by=by,
        )
        said = {"kind": kind, "severity": severity, "outcome": outcome}
        Assessment.objects.create(reaction=reaction, at=now, by=by, **said)
    return reaction


def assess(
    *,
    reaction: PatientReaction,
    kind: str,
    severity: int,
    outcome: str,
    imputability: str,
    words: str,
    is_final: bool,
    by: User,
    now: datetime,
) -> Assessment:
    """What a doctor thinks of it now; final with the imputability and what it is founded on. Worse
    news reopens it: another assessment can always follow."""
    if is_final and not imputability:
        raise Refused(_("A reaction is closed with its imputability."), "imputability")
    if is_final and not words.strip():
        raise Refused(_("Say what the assessment is founded on."), "words")
    with refusing():
        return Assessment.objects.create(
            reaction=reaction,
            kind=kind,
            severity=severity,
            outcome=outcome,
            imputability=imputability,
            words=words.strip(),
            is_final=is_final,
            at=now,
            by=by,
        )


def of_center(center: Center) -> PatientReactionQuerySet:
    """The open ones first, then the latest."""
    rows = PatientReaction.objects.filter(center=center).with_last()
    rows = rows.select_related("bag__donation", "bag__component")
    return rows.order_by("is_closed", "-began_at", "-pk")


@dataclass(frozen=True)
class File:
    """All that a doctor needs to judge a reaction."""

    reaction: PatientReaction
    issue: Issue | None
    siblings: list[Bag]
    recall: Recall | None
    others: list[PatientReaction]
    assessments: list[Assessment]


def open_file(*, reaction: PatientReaction, by: User) -> File:
    """Its bag, the other bags of the donation, and other reactions to blood of the same donor; noted as
    a look into the donor's record."""
    bag = reaction.bag
    donor = bag.donation.donor
    privacy.log_access(donor=donor, by=by, reason="patient reaction")
    siblings = Bag.objects.filter(donation=bag.donation).exclude(pk=bag.pk)
    siblings = siblings.exclude(state=Bag.State.SEPARATED).select_related("component", "center")
    others = PatientReaction.objects.filter(bag__donation__donor__in=donor.person.linked_rows())
    recalls = Recall.objects.filter(donation=bag.donation)
    return File(
        reaction=reaction,
        issue=stock.issue_of(bag=bag),
        siblings=list(siblings.order_by("pk")),
        recall=recalls.order_by("-closed_at", "-pk").first(),
        others=list(
            others.exclude(pk=reaction.pk)
            .with_last()
            .select_related("bag__donation")
            .order_by("pk")
        ),
        assessments=list(reaction.assessments.select_related("by").order_by("-pk")),
    )
