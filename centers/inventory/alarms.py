"""Alarms about bags: who holds them answers; until then they are chased (``campaigns.alarms``)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Count, Exists, F, Func, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from centers.models import AlarmAnswer, Bag, BagAlarm, Center, Hospital, Issue
from donors.errors import Refused, refusing
from donors.models import User

# A transfusion begins within hours of the issue and its outcome is reported to the centre (domain.md,
# haemovigilance); three days leave room for a weekend (our choice).
NEWS_AFTER = timedelta(days=3)
KEPT = BagAlarm.Answer.KEPT
# Bags asked about at once; the rest follow an hour later.
ASKED_AT_ONCE = 2000


def waiting(center: Center) -> QuerySet[BagAlarm]:
    """The open alarms of a centre: what it has to take off the shelf first, then hospitals to call.

    Bags without news are on the page of bags at hospitals.
    """
    rows = BagAlarm.objects.open().filter(center=center).exclude(kind=BagAlarm.Kind.NEWS)
    wanted = ("bag__donation", "bag__component", "hospital", "issue__request__hospital", "recall")
    rows = rows.select_related(*wanted).prefetch_related("answers__by")
    return rows.order_by("kind", "hospital", "made_at", "pk")


def counts(centers: QuerySet[Center]) -> list[dict[str, Any]]:
    """One for each ``center`` with open alarms: ``here`` are bags to take off the shelf, ``away``
    recalled ones of which a hospital says nothing, ``to_call`` bags without news of which a hospital
    has to be called: it has no e-mail address, or did not answer."""
    found = BagAlarm.objects.open().filter(center__in=centers).order_by().values("center")
    here, away = Q(kind=BagAlarm.Kind.HOLD), Q(kind=BagAlarm.Kind.RECALL)
    no_mail = Q(hospital=None) | Q(hospital__email="")
    to_call = Q(kind=BagAlarm.Kind.NEWS) & (no_mail | Q(escalated_at__isnull=False))
    rows = found.annotate(
        here=Count("pk", filter=here),
        away=Count("pk", filter=away),
        to_call=Count("pk", filter=to_call),
    )
    named = {center.pk: center for center in centers}
    return [
        row | {"center": named[row["center"]]}
        for row in rows
        if row["here"] or row["away"] or row["to_call"]
    ]


def answer(
    *, alarms: Iterable[BagAlarm], answer: str, by: User | None, name: str, now: datetime
) -> None:
    """What the holder says about these bags; said again, it stands beside the first answer.

    Of a bag that is not found the alarm stays open, until somebody knows what became of it.
    ``by`` is None where a hospital answers by its link; then ``name`` is who answers.
    """
    rows = list(alarms)
    if any(answer not in BagAlarm.ANSWERS[BagAlarm.Kind(row.kind)] for row in rows):
        raise Refused(_("Choose what became of the bag."), "answer")
    if by is None and not name.strip():
        raise Refused(_("Write your name: the centre may have to ask you."), "name")
    with refusing():
        AlarmAnswer.objects.bulk_create(
            AlarmAnswer(alarm=row, answer=answer, name=name.strip(), by=by, at=now) for row in rows
        )
        if answer == BagAlarm.Answer.MISSING:
            return
        keys = [row.pk for row in rows]
        BagAlarm.objects.filter(pk__in=keys, answered_at=None).update(answered_at=now)


@transaction.atomic
def answer_by_link(*, answers: dict[BagAlarm, str], name: str, now: datetime) -> None:
    """A hospital's answers by its link, each bag with its own."""
    if not any(answers.values()):
        raise Refused(_("Say of one bag at least what became of it."))
    for row, said in answers.items():
        if said:
            answer(alarms=[row], answer=said, by=None, name=name, now=now)


def of_hospital(*, hospital: Hospital, kind: str, since: datetime) -> QuerySet[BagAlarm]:
    """What a link of a hospital opens: its open alarms, and those answered since, to correct them."""
    rows = BagAlarm.objects.filter(hospital=hospital, kind=kind, ended_at=None)
    rows = rows.exclude(answered_at__lt=since)
    wanted = ("bag__donation", "bag__component", "issue__request", "center")
    return rows.select_related(*wanted).prefetch_related("answers").order_by("made_at", "pk")


def ask_for_news(*, now: datetime) -> int:
    """An alarm for each bag that left three days ago and of which nothing was heard; how many.

    A bag that a hospital keeps to use is asked about again after as long.
    """
    known = BagAlarm.objects.filter(issue=OuterRef("pk"), ended_at=None)
    known = known.exclude(answers__answer=KEPT, answered_at__lte=now - NEWS_AFTER)
    rows = Issue.objects.filter(
        bag__state=Bag.State.ISSUED, returned=None, issued_at__lte=now - NEWS_AFTER
    ).filter(~Exists(known))
    to = Func(F("pk"), function="hospital_of_issue", output_field=BigIntegerField())
    named = rows.annotate(to=to).select_related("bag")
    found = [
        BagAlarm(
            kind=BagAlarm.Kind.NEWS,
            bag=row.bag,
            center_id=row.bag.center_id,
            hospital_id=row.to,
            issue=row,
            made_at=now,
        )
        for row in named.order_by("issued_at", "pk")[:ASKED_AT_ONCE]
    ]
    with refusing():
        BagAlarm.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)
