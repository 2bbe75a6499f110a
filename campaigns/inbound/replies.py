"""Replies by text. A reply acts for the number's own recent message and no other, once, and is
answered once, in a text that says nothing which the number did not know.

A number that several people use: STOP stops it for all of them, since a stop that is not obeyed cannot
be repaired and one too many can, and the answer says so; YES and NO ask who.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from campaigns.agenda import bookable
from campaigns.appeals import responses
from campaigns.messaging import outbox
from campaigns.models import Notification, Reply
from centers.models import Slot
from donors.clock.calendar import local_day
from donors.clock.zones import MOROCCO
from donors.contact import consent
from donors.errors import Refused
from donors.models import Channel, Contact, Donor, User

from . import officer_replies, words

Meaning, Outcome = Reply.Meaning, Reply.Outcome
State = Notification.State
ANSWERABLE = ("appeal_invitation",)
RECENT = timedelta(days=7)  # as the link in the message (``links.LIVES``)
MOST_LETTERS = 500
OUR_COUNTRY = "+212"


@transaction.atomic
def receive(
    *, number: str, text: str, now: datetime, gateway_id: str = "", channel: str = Channel.SMS
) -> Reply | None:
    """Keep a text and act on it; None for one that came before.

    The same text is known by the gateway's id, otherwise by number, text and minute.
    """
    number = international(number)
    told = f"id:{gateway_id}" if gateway_id else f"{number}:{text}:{now:%Y-%m-%dT%H:%M}"
    digest = hmac.new(settings.LINK_KEY.encode(), told.encode(), hashlib.sha256).hexdigest()
    said = words.read(text)
    reply, made = Reply.objects.get_or_create(
        key=digest,
        defaults={
            "number": number[:16],
            "channel": channel,
            "text": text.replace("\x00", "")[:MOST_LETTERS],
            "meaning": said.meaning,
            "outcome": Outcome.PERSON,
            "received_at": now,
        },
    )
    if not made:
        return None
    _act(reply, said, now)
    return reply


def international(number: str) -> str:
    """+212612345678 of 0612345678, 00212… or 212…; other texts as they are."""
    digits = re.sub(r"[^\d+]", "", number)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"{OUR_COUNTRY}{digits[1:]}"
    elif digits and not digits.startswith("+"):
        digits = f"+{digits}"
    return digits or number.strip()


def _act(reply: Reply, said: words.Said, now: datetime) -> None:
    contacts = list(
        Contact.objects.filter(
            channel=Channel.SMS, address=reply.number, removed_at=None, verified_at__isnull=False
        )
        .select_related("donor")
        .order_by("pk")
    )
    match said.meaning:
        case Meaning.STOP if contacts:
            _stop(reply, contacts, now)
        case Meaning.YES | Meaning.NO if contacts:
            _answer(reply, said, contacts, now)
        case Meaning.TAKE:
            officer_replies.take(reply=reply, said=said, now=now)
        case _:
            _settle(reply, Outcome.PERSON, _latest(contacts, now))


def _settle(reply: Reply, outcome: str, about: Notification | None) -> None:
    Reply.objects.filter(pk=reply.pk).update(outcome=outcome, notification=about)
    reply.outcome, reply.notification = outcome, about


def _latest(contacts: list[Contact], now: datetime, *kinds: str) -> Notification | None:
    """The last message that reached this number lately; one that was lost on the way may have."""
    rows = Notification.objects.filter(
        contact__in=contacts,
        channel__in=[Channel.SMS, Channel.WHATSAPP],
        state__in=[State.SENT, State.UNKNOWN, State.ATTEMPTING],
        made_at__gt=now - RECENT,
    ).select_related("donor__merged_into", "contact", "wave__session")
    rows = rows.filter(kind__in=kinds) if kinds else rows
    return rows.order_by("-made_at", "-pk").first()


def _stop(reply: Reply, contacts: list[Contact], now: datetime) -> None:
    for contact in contacts:
        for purpose in consent.purposes(contact.donor):
            consent.withdraw(donor=contact.donor, purpose=purpose, now=now)
    people = {contact.donor_id for contact in contacts}
    outcome = Outcome.STOPPED if len(people) == 1 else Outcome.STOPPED_ALL
    _settle(reply, outcome, _latest(contacts, now))
    # Somebody who writes STOP three times is answered once a day.
    _tell(reply, contacts[0], f"stop:{contacts[0].pk}:{local_day(now)}", now)


def _answer(reply: Reply, said: words.Said, contacts: list[Contact], now: datetime) -> None:
    about = _latest(contacts, now, *ANSWERABLE)
    if about is None or about.donor is None or about.contact is None:
        _settle(reply, Outcome.PERSON, _latest(contacts, now))
        return
    if len({contact.donor_id for contact in contacts}) > 1:
        outcome: str = Outcome.WHO
    elif said.meaning == Meaning.NO:
        outcome = _decline(about, about.donor, now)
    else:
        outcome = _accept(said, about, about.donor, now)
    _settle(reply, outcome, about)
    if outcome != Outcome.BOOKED:  # the confirmation of the place is the answer
        _tell(reply, about.contact, f"reply:{reply.pk}", now)


def _decline(about: Notification, donor: Donor, now: datetime) -> str:
    try:
        with transaction.atomic():
            responses.decline(appeal=responses.appeal_of(about), donor=donor.person, now=now)
    except Refused:
        return Outcome.REFUSED
    return Outcome.DECLINED


def _accept(said: words.Said, about: Notification, donor: Donor, now: datetime) -> str:
    appeal = responses.appeal_of(about)
    free = bookable.open_slots(now).filter(session=about.wave.session_id if about.wave else None)
    slot = _at(said, list(free)) if said.hour is not None else None
    if slot is None:
        return Outcome.TIME
    try:
        with transaction.atomic():
            responses.accept(appeal=appeal, donor=donor.person, slot=slot, now=now)
    except Refused:
        return Outcome.REFUSED
    return Outcome.BOOKED


def _at(said: words.Said, slots: list[Slot]) -> Slot | None:
    """The first free time in that hour; 3 is 15 h where nobody is received at night."""
    assert said.hour is not None  # of a yes with a time
    hours = [said.hour]
    if said.half == "pm" and said.hour < 12:
        hours = [said.hour + 12]
    elif not said.half and said.hour < 12:
        hours.append(said.hour + 12)
    for hour in hours:
        for slot in slots:
            at = slot.starts_at.astimezone(MOROCCO)
            if at.hour == hour and said.minute in (None, at.minute):
                return slot
    return None


def settle_by_person(*, reply: Reply, by: User, now: datetime) -> None:
    """Somebody has read it and done what it asks for; the first one counts."""
    Reply.objects.filter(pk=reply.pk, read_at=None).update(read_at=now, read_by=by)


def _tell(reply: Reply, contact: Contact, cause: str, now: datetime) -> None:
    outbox.enqueue(
        kind="reply_answered",
        cause=cause,
        subject_id=reply.pk,
        donor=contact.donor,
        contact=contact,
        channel=reply.channel,
        urgent=True,
        now=now,
    )
