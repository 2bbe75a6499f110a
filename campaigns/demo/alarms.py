"""A recall that is being chased, a look-back half way, and a patient's reaction to be assessed."""

from __future__ import annotations

from datetime import datetime, timedelta

from campaigns.alarms import chasing
from centers.haemovigilance import patient_reactions
from centers.inventory import look_back_steps, recalls
from centers.models import Assessment, Bag, Center, Donation, Issue, LookBack, LookBackStep, Recall
from donors.clock.calendar import local_day

from .staff import Crew

FAULT = "دفعة أكياس بها عيب في اللحام، حسب إشعار المورد"
SIGNS = "طفح وحكة بعد ربع ساعة، أوقف النقل وأعطي مضاد الهيستامين"
INFORMANT = "طبيبة المداومة، قسم الجراحة"
SENT = "المختبر المرجعي، العينة المحفوظة"


def load(*, center: Center, crew: Crew, now: datetime) -> None:
    _recall(center, crew, now)
    _reaction(center, crew, now)
    _look_back(center, crew, now)


def _recall(center: Center, crew: Crew, now: datetime) -> None:
    """Of an hour ago: the hospital was written to three times, and the manager knows."""
    away = Bag.objects.filter(center=center, state=Bag.State.ISSUED)
    shelved = Bag.objects.filter(center=center, state=Bag.State.AVAILABLE)
    both = Donation.objects.filter(bags__in=away).filter(bags__in=shelved)
    donation = both.order_by("-collected_on", "pk").first()
    if donation is None:  # a very small demonstration
        return
    begun = now - timedelta(minutes=70)
    recalls.begin(
        donation=donation,
        cause=Recall.Cause.LOT,
        because=FAULT,
        by=crew[center.code]["doctor"],
        now=begun,
    )
    for minutes in (0, 35, 65):
        chasing.chase(now=begun + timedelta(minutes=minutes))


def _reaction(center: Center, crew: Crew, now: datetime) -> None:
    """Reported yesterday, to be assessed."""
    used = Issue.objects.filter(bag__center=center, bag__state=Bag.State.TRANSFUSED)
    issue = used.select_related("bag").order_by("-issued_at", "pk").first()
    if issue is None:
        return
    patient_reactions.report(
        bag=issue.bag,
        began_at=min(issue.issued_at + timedelta(hours=3), now - timedelta(hours=5)),
        minutes=15,
        volume=60,
        signs=SIGNS,
        informant=INFORMANT,
        kind=Assessment.Kind.ALLERGIC,
        severity=Assessment.Severity.SEVERE,
        outcome=Assessment.Outcome.RECOVERED,
        by=crew[center.code]["stock"],
        now=now - timedelta(hours=4),
    )


def _is_hidden(look_back: LookBack, center: Center, crew: Crew) -> tuple[bool, bool]:
    place = look_back.donation.center
    return place != center, not crew[place.code]["doctor"].username.startswith("demo-")


def _look_back(center: Center, crew: Crew, now: datetime) -> None:
    """Half way, where a visitor may enter as the doctor, here at best: confirmed, and the letter to
    the donor sent."""
    rows = LookBack.objects.filter(closed_at=None).select_related("donation__center")
    found = sorted(rows, key=lambda row: (_is_hidden(row, center, crew), row.pk))
    for look_back in found[:1]:
        by = crew[look_back.donation.center.code]["doctor"]
        recalls.recall_earlier(look_back=look_back, by=by, now=now)
        today, first = local_day(now), local_day(look_back.opened_at)
        steps = (
            (LookBackStep.Kind.SAMPLE, first, SENT),
            (LookBackStep.Kind.CONFIRMED, min(today, first + timedelta(days=4)), ""),
            (LookBackStep.Kind.DONOR_LETTER, min(today, first + timedelta(days=5)), ""),
        )
        for kind, on, words in steps:
            look_back_steps.note(look_back=look_back, kind=kind, on=on, words=words, by=by, now=now)
