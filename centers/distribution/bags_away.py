"""Bags at hospitals: brought back, reported as used or thrown away, or not heard of."""

from __future__ import annotations

from datetime import datetime

from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from centers.inventory import stock
from centers.models import AlarmAnswer, Bag, Center, Hospital, Issue, Recall, Return
from donors.errors import Refused, refusing
from donors.models import User


def take_back(
    *, issued: Issue, minutes_out: int, cold_chain_kept: bool, by: User, now: datetime
) -> Return:
    """A hospital returns a bag: if the cold chain was kept, a second person may release it.

    Otherwise it is discarded.
    """
    with refusing():
        bag = Bag.objects.select_for_update(of=("self",)).get(pk=issued.bag_id)
        back = Return.objects.filter(issue=issued).exists()  # it may have been issued again since
        if back or bag.state != Bag.State.ISSUED:
            raise Refused(_("This bag is not at a hospital."))
        made = Return.objects.create(
            issue=issued,
            minutes_out=minutes_out,
            cold_chain_kept=cold_chain_kept,
            at=now,
            by=by,
        )
        if cold_chain_kept and bag.expires_at > now:
            stock.move(bag=bag, to=Bag.State.BLOCKED, by=by, reason="came back")
        else:
            why = "expired" if cold_chain_kept else "cold_chain"
            stock.move(bag=bag, to=Bag.State.DISCARDED, by=by, reason=why)
    return made


def report(*, bag: Bag, transfused: bool, by: User, now: datetime) -> None:
    """The outcome of a bag as the hospital reports it."""
    if bag.state != Bag.State.ISSUED:
        raise Refused(_("This bag is not at a hospital."))
    to = Bag.State.TRANSFUSED if transfused else Bag.State.DISCARDED
    with refusing():
        stock.move(bag=bag, to=to, by=by, reason="" if transfused else "hospital")


def unaccounted(center: Center) -> QuerySet[Bag]:
    """Bags at hospitals without a reported outcome, the oldest first; annotated with ``left_at``,
    ``hospital``, its ``phone``, ``recalled``, and ``said``: what the hospital answered last."""
    open_issue, named = Q(issues__returned=None), Hospital.name_field()
    recalled = Recall.objects.filter(donation=OuterRef("donation"), closed_at=None)
    answers = AlarmAnswer.objects.filter(alarm__bag=OuterRef("pk"), alarm__ended_at=None)
    return (
        Bag.objects.filter(center=center, state=Bag.State.ISSUED)
        .annotate(
            to=Func(F("issues"), function="hospital_of_issue", output_field=BigIntegerField()),
            left_at=F("issues__issued_at"),
            hospital=Coalesce(F(f"issues__request__hospital__{named}"), F("issues__hospital")),
            recalled=Exists(recalled),
            phone=Subquery(Hospital.objects.filter(pk=OuterRef("to")).values("phone")),
            said=Subquery(answers.order_by("-pk").values("answer")[:1]),
        )
        .filter(open_issue)
        .select_related("donation", "component")
        .order_by("left_at", "pk")
    )
