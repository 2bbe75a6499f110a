"""The catalogue of message kinds: texts, recipients, and who may refuse them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from email.utils import parseaddr

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django.utils.translation import override

from campaigns import calendars
from campaigns.models import (
    Appeal,
    Campaign,
    EarlyWarning,
    Notification,
    Reply,
)
from centers.models import Bag, Donation
from centers.sessions import advice
from donors.clock.calendar import local_day
from donors.clock.zones import MOROCCO
from donors.contact import verification
from donors.models import Channel, Invitation, OfficerPhone, Proof, Purpose, RosterRow
from donors.units import officer_reach

from . import (
    alarm_facts,
    coordinators,
    html_mail,
    links,
    memo_facts,
    screens,
    sms_letters,
    sms_names,
    told_facts,
    visit_facts,
    whatsapp,
)

MOST_NAMED = 40  # units in a digest; the page shows all


@dataclass(frozen=True)
class Kind:
    """``purpose`` is the consent required to send it; None for what a person asked for itself.

    A kind with ``links`` has one ``context`` for all messages of the same subject, wave and
    language; only the links differ, and its texts insert them unchanged (``texts.py``).
    """

    name: str
    context: Callable[[Notification, str], dict[str, object]]
    channels: tuple[str, ...] = (Channel.EMAIL,)
    purpose: str | None = None
    waits_for_morning: bool = False
    links: Callable[[Notification, str], dict[str, str]] | None = None
    evenings: bool = False  # sent in the evening only (``allowance.EVENING``)


@dataclass(frozen=True)
class Message:
    """A rendered message, ready for a transport. ``key`` is the same at every try."""

    key: str
    notification_id: int
    address: str
    language: str
    subject: str
    text: str
    headers: dict[str, str] = field(default_factory=dict)
    screen: screens.Screen | None = None
    html: str = ""
    calendar: tuple[str, str] | None = None  # the file and its method (RFC 5546)


@dataclass(frozen=True)
class Words:
    subject: str
    text: str
    html: str = ""


def _appeal(notification: Notification, language: str) -> dict[str, object]:
    wave = notification.wave
    if wave and wave.appeal_id == notification.subject_id:
        appeal = wave.appeal  # fetched once for all messages of a batch
    else:
        appeal = Appeal.objects.select_related("center").get(pk=notification.subject_id)
    session = wave and wave.session
    # Where the person is asked to come; far from the centre that lacks blood the bag travels.
    host = session.center if session else appeal.center
    on = sms_names.day(session.starts_at) if session else ""
    return {
        "appeal": appeal,
        "center": appeal.center,
        "host": host,
        "come_to": session if notification.kind == "appeal_invitation" else None,
        "head": sms_names.head(sms_names.cut(host.city, 21), on),
        "need": sms_names.cut(appeal.center.city, 16),
        "check_link": links.page_url("campaigns:verify", language),
    }


def _appeal_links(notification: Notification, language: str) -> dict[str, str]:
    return {
        "link": links.answer_url(notification, language),
        "stop_link": links.unsubscribe_url(notification),
    }


def _proof(notification: Notification, language: str) -> dict[str, object]:
    return {"code": verification.code_of(Proof.objects.get(pk=notification.subject_id))}


def _newcomer(notification: Notification, language: str) -> dict[str, object]:
    row = RosterRow.objects.filter(made=notification.subject_id).select_related("roster__unit")
    return {
        "unit": row.latest("pk").roster.unit,
        "link": links.page_url("campaigns:me-enter", language),
    }


def _invitation(notification: Notification, language: str) -> dict[str, object]:
    row = Invitation.objects.select_related("unit").get(pk=notification.subject_id)
    return {
        "unit": row.unit,
        "link": links.page_url("donors:officer-accept", language, row.public_id),
    }


def _withheld(notification: Notification, language: str) -> dict[str, object]:
    donation = Donation.objects.select_related("center").get(pk=notification.subject_id)
    left = Bag.objects.filter(donation=donation, issues__isnull=False).distinct().count()
    return {"donation": donation, "left": left}


def _phone_code(notification: Notification, language: str) -> dict[str, object]:
    return {"code": officer_reach.code_of(OfficerPhone.objects.get(pk=notification.subject_id))}


def _campaign(notification: Notification, language: str) -> dict[str, object]:
    campaign = Campaign.objects.select_related("unit", "center").get(pk=notification.subject_id)
    link = links.page_url("campaigns:drive-detail", language, campaign.public_id)
    return {"campaign": campaign, "link": link}


def _checklist(notification: Notification, language: str) -> dict[str, object]:
    assert notification.user  # of this kind
    rows = coordinators.due_of(notification.user, timezone.now())
    links_of = [
        (campaign, lines, links.page_url("campaigns:drive-prepare", language, campaign.public_id))
        for campaign, lines in rows[:MOST_NAMED]
    ]
    return {"rows": links_of, "count": sum(len(lines) for _campaign, lines in rows)}


def _reply(notification: Notification, language: str) -> dict[str, object]:
    """The answer to a text; its link is that of the message which the text answers."""
    rows = Reply.objects.select_related("notification__user")
    reply = rows.get(pk=notification.subject_id)
    about, link, campaign = reply.notification, links.page_url("campaigns:me-enter", language), None
    if about and about.kind == "appeal_invitation":
        link = links.answer_url(about, language)
    elif about and about.user:
        link = links.memo_url(about, language)
        campaigns = Campaign.objects.filter(drafted_by=about.user, drafted_at=reply.received_at)
        campaign = campaigns.select_related("center").first()
    place = sms_names.short(campaign.center.name) if campaign else ""
    return {"outcome": reply.outcome, "link": link, "campaign": campaign, "place": place}


def _second_gift(notification: Notification, language: str) -> dict[str, object]:
    assert notification.donor  # of this kind
    now = timezone.now()
    day = advice.on(donor=notification.donor, day=local_day(now), now=now)
    facts = _appeal(notification, language) | _appeal_links(notification, language)
    return facts | {"first": day.first, "today": not day.against}


def _early_warning(notification: Notification, language: str) -> dict[str, object]:
    first = EarlyWarning.objects.select_related("center").get(pk=notification.subject_id)
    together = EarlyWarning.objects.filter(center=first.center, opened_at=first.opened_at)
    link = links.page_url("centers:stock", language, first.center.code)
    return {"center": first.center, "warnings": together.order_by("under_at", "pk"), "link": link}


FOLLOWED, STORY = "blood_followed", "campaign_story"
BOTH = (Channel.EMAIL, Channel.SMS)
ANY = (*BOTH, Channel.PUSH)
OF_CAMPAIGNS = (
    *("campaign_proposed", "campaign_agreed", "campaign_confirmed", "campaign_moved"),
    *("campaign_declined", "campaign_cancelled", "campaign_withdrawn"),
)
KINDS = {
    kind.name: kind
    for kind in (
        Kind("appeal_invitation", _appeal, ANY, Purpose.APPEALS, True, _appeal_links),
        Kind("appeal_stand_down", _appeal, ANY, Purpose.APPEALS, True, _appeal_links),
        Kind("second_gift", _second_gift, BOTH, Purpose.APPEALS, waits_for_morning=True),
        Kind("early_warning", _early_warning, waits_for_morning=True),
        Kind("bag_alarm", alarm_facts.group, BOTH),
        Kind("bag_unanswered", alarm_facts.group, BOTH),
        Kind("bag_recalled", alarm_facts.to_hospital),
        Kind("bag_news", alarm_facts.to_hospital, waits_for_morning=True),
        Kind("booking_code", visit_facts.code, BOTH),
        Kind("proof_code", _proof, BOTH),
        Kind("blood_withheld", _withheld),
        Kind("booking_confirmed", visit_facts.place, ANY),
        Kind("visit_reminder", visit_facts.reminder, ANY, Purpose.REMINDERS, True),
        Kind("waiting_joined", visit_facts.waiting, ANY),
        Kind("place_offered", visit_facts.place, ANY, waits_for_morning=True),
        Kind("place_released", visit_facts.released, ANY),
        Kind("waiting_moved", visit_facts.waiting, ANY, waits_for_morning=True),
        Kind("waiting_over", visit_facts.waiting, ANY, waits_for_morning=True),
        Kind("session_cancelled", visit_facts.cancelled, ANY),
        Kind("session_moved", visit_facts.place, ANY),
        Kind("campaign_day_changed", visit_facts.day_changed, BOTH),
        Kind("officer_invited", _invitation),
        Kind("roster_invitation", _newcomer, BOTH, waits_for_morning=True),
        Kind("memo_issued", memo_facts.memo, ANY, links=memo_facts.link),
        Kind("memo_changed", memo_facts.version, ANY),
        Kind("memo_handed", memo_facts.memo, ANY, None, True, memo_facts.link),
        Kind("memo_reminder", memo_facts.memo, ANY, None, True, memo_facts.link),
        Kind("memo_late", memo_facts.memo, ANY, None, True, memo_facts.link),
        Kind("memo_reopened", memo_facts.reopened, ANY, waits_for_morning=True),
        Kind("memo_escalated", memo_facts.silence, waits_for_morning=True),
        Kind("memo_silent", memo_facts.silence, waits_for_morning=True),
        Kind("reply_answered", _reply, (Channel.SMS,)),
        Kind("phone_code", _phone_code, (Channel.SMS,)),
        *(Kind(name, _campaign) for name in OF_CAMPAIGNS),
        Kind("campaign_checklist", _checklist, waits_for_morning=True),
        Kind("campaign_invitation", told_facts.campaign, ANY, Purpose.NEWS, waits_for_morning=True),
        Kind("campaign_thanks", told_facts.campaign, BOTH, Purpose.NEWS, waits_for_morning=True),
        Kind(FOLLOWED, told_facts.followed, BOTH, Purpose.FOLLOW_UP, evenings=True),
        Kind(STORY, told_facts.campaign, BOTH, Purpose.NEWS, evenings=True),
    )
}
PARTS: dict[str, tuple[str, ...]] = {
    Channel.EMAIL: ("subject", "email"),
    Channel.SMS: ("sms",),
    Channel.PUSH: ("subject",),  # its body is made of place and day (``screens``)
}
FALLEN = ("session_cancelled", "place_released")
ENTERED = ("booking_confirmed", "session_moved", *FALLEN)  # in the calendar


def template(kind: str, part: str) -> str:
    return f"messages/{kind}/{part}.txt"


@register
def half_made_kinds(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[Error]:
    """A system check: a kind without all its texts must not start the site."""
    missing = []
    for kind in KINDS.values():
        parts = [part for channel in kind.channels for part in PARTS[channel]]
        for part in parts:
            try:
                get_template(template(kind.name, part))
            except TemplateDoesNotExist as error:
                missing.append(Error(f"message text missing: {error}", id="campaigns.E001"))
    return missing


def render(notification: Notification) -> Message:
    """The message in its recipient's language, with the current facts."""
    kind = KINDS[notification.kind]
    language, address = reader(notification)
    own = kind.links(notification, language) if kind.links else {}
    if notification.channel == Channel.PUSH:
        return _on_screen(notification, language, own)
    words = worded(notification, language, own)
    made = message(notification, language, address, words, own.get("stop_link"))
    if notification.channel == Channel.WHATSAPP and kind.name in whatsapp.TEMPLATES:
        return replace(made, screen=_on_screen(notification, language, own).screen)
    return made


def worded(notification: Notification, language: str, own: dict[str, str]) -> Words:
    """Subject, text and HTML, with the links ``own`` of a kind that has such."""
    kind = KINDS[notification.kind]
    with override(language), timezone.override(MOROCCO):
        context = kind.context(notification, language) | own
        part = "email" if notification.channel == Channel.EMAIL else "sms"
        text = render_to_string(template(kind.name, part), context).strip()
        if part == "sms":
            return Words("", sms_letters.as_sent(" ".join(text.split())))
        subject = " ".join(render_to_string(template(kind.name, "subject"), context).split())
        return Words(subject, text, html_mail.of_context(kind.name, subject, text, context, own))


def message(
    notification: Notification, language: str, address: str, words: Words, stop_link: str | None
) -> Message:
    headers, calendar = {}, None
    if notification.channel == Channel.EMAIL:
        if KINDS[notification.kind].purpose:
            stop_link = stop_link or links.unsubscribe_url(notification)
            headers["List-Unsubscribe"] = f"<{stop_link}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if notification.kind in ENTERED:
            calendar = _calendar(notification, language, address)
    return Message(
        key=f"n{notification.pk}",
        notification_id=notification.pk,
        address=address,
        language=language,
        subject=words.subject,
        text=words.text,
        headers=headers,
        html=words.html,
        calendar=calendar,
    )


def _on_screen(notification: Notification, language: str, own: dict[str, str]) -> Message:
    kind = KINDS[notification.kind]
    titles = [template(kind.name, "screen"), template(kind.name, "subject")]
    with override(language), timezone.override(MOROCCO):
        context = kind.context(notification, language) | own
        return Message(
            key=f"n{notification.pk}",
            notification_id=notification.pk,
            address="",
            language=language,
            subject=" ".join(render_to_string(titles, context).split()),
            text=screens.body(context),
            screen=screens.of(context, urgent=not kind.waits_for_morning, now=timezone.now()),
        )


def _calendar(notification: Notification, language: str, address: str) -> tuple[str, str] | None:
    """The visit for the person's calendar: booked, moved under the same name, or cancelled."""
    cancelled = notification.kind in FALLEN
    with override(language), timezone.override(MOROCCO):
        visit = visit_facts.place(notification, language)
        if visit["advice"].against and not cancelled:
            return None
        event = calendars.visit(visit["appointment"], visit["page"], cancelled=cancelled)
    organizer = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return calendars.invitation(event, organizer=organizer, attendee=address)


def reader(notification: Notification) -> tuple[str, str]:
    if notification.request:
        return notification.request.language, notification.request.address
    if notification.user and notification.channel == Channel.SMS:
        return notification.user.language, notification.user.phone.number
    if notification.user:
        return notification.user.language, notification.user.email
    if notification.hospital:
        return notification.hospital.language, notification.hospital.email
    assert notification.donor and notification.contact  # a constraint; ``outbox.enqueue``
    return notification.donor.language, notification.contact.address
