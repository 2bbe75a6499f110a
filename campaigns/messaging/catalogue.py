"""The catalogue of message kinds: texts, recipients, and who may refuse them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from django.apps import AppConfig
from django.core.checks import Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django.utils.translation import override

from campaigns.models import (
    Addressee,
    Appeal,
    Campaign,
    EarlyWarning,
    Memo,
    MemoVersion,
    Notification,
    PastAnswer,
    Reply,
)
from centers.models import Appointment, Bag, BookingRequest, Donation, Waiting
from centers.sessions import advice, booking_requests
from donors.clock.calendar import local_day
from donors.clock.zones import MOROCCO
from donors.contact import verification
from donors.models import Channel, Invitation, Officer, OfficerPhone, Proof, Purpose, RosterRow
from donors.units import officer_reach

from . import coordinators, links, screens

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


def _appeal(notification: Notification, language: str) -> dict[str, object]:
    appeal = Appeal.objects.select_related("center").get(pk=notification.subject_id)
    return {
        "appeal": appeal,
        "center": appeal.center,
        # Where the person is asked to come; far from the centre that lacks blood the bag travels.
        "host": notification.wave.session.center if notification.wave else appeal.center,
        "check_link": links.page_url("campaigns:verify", language),
    }


def _appeal_links(notification: Notification, language: str) -> dict[str, str]:
    return {
        "link": links.answer_url(notification, language),
        "stop_link": links.unsubscribe_url(notification),
    }


def _booking_code(notification: Notification, language: str) -> dict[str, object]:
    rows = BookingRequest.objects.select_related("slot__session", "waits_for")
    asked = rows.get(pk=notification.subject_id)
    session = asked.waits_for or (asked.slot and asked.slot.session)
    return {"code": booking_requests.code_of(asked), "slot": asked.slot, "session": session}


def _appointment(notification: Notification, language: str) -> dict[str, object]:
    rows = Appointment.objects.select_related("slot__session__center", "donor__merged_into")
    appointment = rows.get(pk=notification.subject_id)
    page = links.page_url("campaigns:visit", language, appointment.public_id)
    slot = appointment.slot
    return {
        "appointment": appointment,
        "slot": slot,
        "session": slot.session,
        "page": page,
        "advice": advice.of(appointment, timezone.now()),
    }


def _reminder(notification: Notification, language: str) -> dict[str, object]:
    stop_link = links.unsubscribe_url(notification)
    return _appointment(notification, language) | {"stop_link": stop_link}


def _waiting(notification: Notification, language: str) -> dict[str, object]:
    waiting = Waiting.objects.select_related("session__center").get(pk=notification.subject_id)
    page = links.page_url("campaigns:waiting", language, waiting.public_id)
    return {
        "waiting": waiting,
        "session": waiting.session,
        "page": page,
        "list_link": links.page_url("campaigns:campaign-list", language),
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


def _memo(notification: Notification, language: str) -> dict[str, object]:
    memo = Memo.objects.select_related("operation").get(pk=notification.subject_id)
    return {"memo": memo}


def _memo_link(notification: Notification, language: str) -> dict[str, str]:
    return {"link": links.memo_url(notification, language)}


def _memo_reopened(notification: Notification, language: str) -> dict[str, object]:
    rows = PastAnswer.objects.select_related("addressee__memo", "addressee__unit")
    past = rows.get(pk=notification.subject_id)
    addressee = past.addressee
    link = links.memo_url(notification, language)
    return {"memo": addressee.memo, "unit": addressee.unit, "past": past, "link": link}


def _memo_version(notification: Notification, language: str) -> dict[str, object]:
    version = MemoVersion.objects.select_related("memo").get(pk=notification.subject_id)
    if version.kind == MemoVersion.Kind.WITHDRAWN:  # nothing is left to answer behind a signed link
        link = links.page_url("campaigns:memo-detail", language, version.memo.public_id)
    else:
        link = links.memo_url(notification, language)
    return {"memo": version.memo, "version": version, "link": link}


def _silence(notification: Notification, language: str) -> dict[str, object]:
    """The units that are silent now, of those about which this level is told."""
    now = timezone.now()
    memo = Memo.objects.get(pk=notification.subject_id)
    rows = Addressee.objects.silent(now).filter(memo=memo).select_related("unit")
    if notification.kind == "memo_escalated":
        commands = Officer.objects.active(local_day(now)).filter(user=notification.user)
        rows = rows.filter(escalated_to__in=commands.values("unit"))
    else:
        rows = rows.filter(issuer_told_at__isnull=False)
    link = links.page_url("campaigns:memo-detail", language, memo.public_id)
    units = [row.unit for row in rows.order_by("unit__path")]
    return {"memo": memo, "units": units[:MOST_NAMED], "count": len(units), "link": link}


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


def _to_people(notification: Notification, language: str) -> dict[str, object]:
    """To people of the unit or those who came: the public page, and how to stop these messages."""
    campaign = Campaign.objects.select_related("unit", "center").get(pk=notification.subject_id)
    return {
        "campaign": campaign,
        "link": links.page_url("campaigns:campaign-detail", language, campaign.public_id),
        "stop_link": links.unsubscribe_url(notification),
    }


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
    return {"outcome": reply.outcome, "link": link, "campaign": campaign}


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


BOTH = (Channel.EMAIL, Channel.SMS)
ANY = (*BOTH, Channel.PUSH)
KINDS = {
    kind.name: kind
    for kind in (
        Kind("appeal_invitation", _appeal, ANY, Purpose.APPEALS, True, _appeal_links),
        Kind("appeal_stand_down", _appeal, ANY, Purpose.APPEALS, True, _appeal_links),
        Kind("second_gift", _second_gift, BOTH, Purpose.APPEALS, waits_for_morning=True),
        Kind("early_warning", _early_warning, waits_for_morning=True),
        Kind("booking_code", _booking_code, BOTH),
        Kind("proof_code", _proof, BOTH),
        Kind("blood_withheld", _withheld),
        Kind("booking_confirmed", _appointment, ANY),
        Kind("visit_reminder", _reminder, ANY, Purpose.REMINDERS, waits_for_morning=True),
        Kind("waiting_joined", _waiting, ANY),
        Kind("place_offered", _appointment, ANY, waits_for_morning=True),
        Kind("waiting_over", _waiting, ANY, waits_for_morning=True),
        Kind("session_cancelled", _appointment, ANY),
        Kind("session_moved", _appointment, ANY),
        Kind("officer_invited", _invitation),
        Kind("roster_invitation", _newcomer, BOTH, waits_for_morning=True),
        Kind("memo_issued", _memo, ANY, links=_memo_link),
        Kind("memo_changed", _memo_version, ANY),
        Kind("memo_handed", _memo, ANY, None, True, _memo_link),
        Kind("memo_reminder", _memo, ANY, None, True, _memo_link),
        Kind("memo_late", _memo, ANY, None, True, _memo_link),
        Kind("memo_reopened", _memo_reopened, ANY, waits_for_morning=True),
        Kind("memo_escalated", _silence, waits_for_morning=True),
        Kind("memo_silent", _silence, waits_for_morning=True),
        Kind("reply_answered", _reply, (Channel.SMS,)),
        Kind("phone_code", _phone_code, (Channel.SMS,)),
        Kind("campaign_proposed", _campaign),
        Kind("campaign_agreed", _campaign),
        Kind("campaign_checklist", _checklist, waits_for_morning=True),
        Kind("campaign_invitation", _to_people, ANY, Purpose.NEWS, waits_for_morning=True),
        Kind("campaign_thanks", _to_people, BOTH, Purpose.NEWS, waits_for_morning=True),
        Kind("campaign_confirmed", _campaign),
        Kind("campaign_moved", _campaign),
        Kind("campaign_declined", _campaign),
        Kind("campaign_cancelled", _campaign),
        Kind("campaign_withdrawn", _campaign),
    )
}


PARTS: dict[str, tuple[str, ...]] = {
    Channel.EMAIL: ("subject", "email"),
    Channel.SMS: ("sms",),
    Channel.PUSH: ("subject",),  # its body is made of place and day (``screens``)
}


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
    subject, text = worded(notification, language, own)
    return message(notification, language, address, subject, text, own.get("stop_link"))


def worded(notification: Notification, language: str, own: dict[str, str]) -> tuple[str, str]:
    """Subject and text, with the links ``own`` of a kind that has such."""
    kind = KINDS[notification.kind]
    with override(language), timezone.override(MOROCCO):
        context = kind.context(notification, language) | own
        part = "email" if notification.channel == Channel.EMAIL else "sms"
        text = render_to_string(template(kind.name, part), context).strip()
        if part == "sms":
            return "", text if language == "ar" else narrow(text)
        subject = render_to_string(template(kind.name, "subject"), context)
    return " ".join(subject.split()), text


def message(
    notification: Notification,
    language: str,
    address: str,
    subject: str,
    text: str,
    stop_link: str | None,
) -> Message:
    headers = {}
    if KINDS[notification.kind].purpose and notification.channel == Channel.EMAIL:
        stop_link = stop_link or links.unsubscribe_url(notification)
        headers["List-Unsubscribe"] = f"<{stop_link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return Message(
        key=f"n{notification.pk}",
        notification_id=notification.pk,
        address=address,
        language=language,
        subject=subject,
        text=text,
        headers=headers,
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


# The characters that an SMS carries in seven bits (3GPP TS 23.038).
SEVEN_BITS = frozenset(
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


def narrow(text: str) -> str:
    """Replace characters outside the seven bits: a single one would more than halve the SMS's
    capacity."""
    text = text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")
    return "".join(c if c in SEVEN_BITS else normalize("NFKD", c)[0] for c in text)


def reader(notification: Notification) -> tuple[str, str]:
    if notification.request:
        return notification.request.language, notification.request.address
    if notification.user and notification.channel == Channel.SMS:
        return notification.user.language, notification.user.phone.number
    if notification.user:
        return notification.user.language, notification.user.email
    assert notification.donor and notification.contact  # a constraint; ``outbox.enqueue``
    return notification.donor.language, notification.contact.address
