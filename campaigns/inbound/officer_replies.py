"""An officer takes a day for the unit by text: ``2 60`` is the second day offered, with 60 donors."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.messaging import outbox
from campaigns.models import Addressee, Memo, Notification, Offer, Reply
from campaigns.offers import taking
from campaigns.organising import officer_links
from donors.errors import Refused
from donors.models import Channel, OfficerPhone, Unit

from . import words

Outcome, State = Reply.Outcome, Notification.State
MOST_PEOPLE = 2000


def take(*, reply: Reply, said: words.Said, now: datetime) -> None:
    """For the last memo that was sent to this number, and the one unit that owes it an answer."""
    phones = OfficerPhone.objects.filter(number=reply.number, verified_at__isnull=False)
    holders = list(phones.values_list("user_id", flat=True)[:2])
    about = None
    if len(holders) == 1:  # a number of two officers: a person finds out whose answer it is
        sent = Notification.objects.filter(
            user=holders[0],
            channel=Channel.SMS,
            kind__in=[*officer_links.OF_MEMO, "memo_reopened", "memo_changed"],
            state__in=[State.SENT, State.UNKNOWN, State.ATTEMPTING],
        )
        about = sent.select_related("user").order_by("-made_at", "-pk").first()
    outcome = _taken(about, said, now) if about else Outcome.PERSON
    Reply.objects.filter(pk=reply.pk).update(outcome=outcome, notification=about)
    reply.outcome, reply.notification = outcome, about
    if about and about.user:
        outbox.enqueue(
            kind="reply_answered",
            cause=f"reply:{reply.pk}",
            subject_id=reply.pk,
            user=about.user,
            channel=Channel.SMS,
            urgent=True,
            now=now,
        )


def _taken(about: Notification, said: words.Said, now: datetime) -> str:
    try:
        opened = officer_links.opened(about, now)
    except Refused:
        return Outcome.REFUSED
    if opened.memo.kind != Memo.Kind.CAMPAIGN:
        return Outcome.REFUSED
    owing = [row for row in opened.rows if not row.answer]
    people_fit = said.people is None or 0 < said.people <= MOST_PEOPLE
    if len(owing) != 1 or said.choice is None or not people_fit:
        return Outcome.REFUSED
    offers = offered(owing[0].unit, now)
    if said.choice > len(offers):
        return Outcome.REFUSED
    return _take(offers[said.choice - 1], owing[0], said, opened, now)


def _take(
    offer: Offer, row: Addressee, said: words.Said, opened: officer_links.Opened, now: datetime
) -> str:
    try:
        with transaction.atomic():
            taking.take(
                offer=offer, addressee=row, expected=said.people, by=opened.officer, now=now
            )
    except Refused:
        return Outcome.REFUSED
    return Outcome.TAKEN


def offered(unit: Unit, now: datetime) -> list[Offer]:
    """The unit's days as the page of offers numbers them; none before they were computed."""
    rows = Offer.objects.open(now).filter(unit=unit)
    return list(rows.select_related("center").order_by("day", "pk"))
