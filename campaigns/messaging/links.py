"""Links in messages: signed, for one purpose, with an expiry; opening one changes nothing."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer, TimestampSigner, b62_decode, b62_encode
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.models import Campaign, Notification
from donors.errors import Refused
from donors.models import Unit

ANSWER, UNSUBSCRIBE, MEMO, ALARM = "answer", "unsubscribe", "memo", "alarm"
# The life of a memo's link is that of the memo (``organising/officer_links.py``), which may be moved.
LIVES = {
    ANSWER: timedelta(days=7),
    UNSUBSCRIBE: timedelta(days=400),
    MEMO: timedelta(days=400),
    ALARM: timedelta(days=60),
}
MEMO_OUTLIVES = timedelta(days=14)  # after the deadline of the memo
KEY_ID = "1"
SEPARATOR = "."  # in no signature, and one septet of an SMS ("~" takes two)
GAP = "TOKEN"  # in a path that is kept; no name of a path contains it


class ShortSigner(TimestampSigner):
    """A signature cut to 132 bits: still unguessable, and an SMS is paid by length."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        return super().signature(value, key)[:22]


def _signer(purpose: str) -> TimestampSigner:
    return ShortSigner(key=settings.LINK_KEY, salt=f"link.{purpose}", sep=SEPARATOR)


def token(notification: Notification, purpose: str) -> str:
    """Identifies a message, not a person; invalid for another purpose."""
    return f"{KEY_ID}{SEPARATOR}{_signer(purpose).sign(b62_encode(notification.pk))}"


def read(text: str, purpose: str) -> Notification:
    """The message of the link; raises ``Refused`` when it is not ours or too old."""
    key_id, _sep, signed = text.partition(SEPARATOR)
    try:
        if key_id != KEY_ID:
            raise BadSignature
        pk = b62_decode(_signer(purpose).unsign(signed, max_age=LIVES[purpose]))
        return Notification.objects.select_related("donor", "user", "hospital", "wave__appeal").get(
            pk=pk
        )
    except (BadSignature, Notification.DoesNotExist) as error:
        raise Refused(_("This link is no longer valid.")) from error


def answer_url(notification: Notification, language: str) -> str:
    return _signed_url("campaigns:answer", notification, ANSWER, language)


def memo_url(notification: Notification, language: str) -> str:
    return _signed_url("campaigns:memo-link", notification, MEMO, language)


def alarm_url(notification: Notification, language: str) -> str:
    return _signed_url("campaigns:bag-link", notification, ALARM, language)


def _tally_signer() -> Signer:
    return Signer(key=settings.LINK_KEY, salt="link.tally", sep="~")


def tally_url(unit: Unit, language: str) -> str:
    """A unit gives this address to its people; it is not to be guessed and does not expire."""
    token = f"{KEY_ID}~{_tally_signer().sign(unit.code)}"
    return page_url("campaigns:unit-tally", language, token)


def unit_of_tally(text: str) -> Unit:
    """The unit of such an address; raises ``Refused`` when it is not ours."""
    key_id, _sep, signed = text.partition("~")
    try:
        if key_id != KEY_ID:
            raise BadSignature
        return Unit.objects.get(code=_tally_signer().unsign(signed))
    except (BadSignature, Unit.DoesNotExist) as error:
        raise Refused(_("This link is no longer valid.")) from error


def unsubscribe_url(notification: Notification) -> str:
    return _signed_url("unsubscribe", notification, UNSUBSCRIBE, settings.LANGUAGE_CODE)


def _signed_url(name: str, notification: Notification, purpose: str, language: str) -> str:
    path = _path(name, language, get_script_prefix())
    return settings.SITE_URL + path.replace(GAP, token(notification, purpose))


@lru_cache(maxsize=64)
def _path(name: str, language: str, _prefix: str) -> str:
    """The path with ``GAP`` for its token: resolving a name costs ten times a signature."""
    with override(language):
        return reverse(name, args=[GAP])


def campaign_url(campaign: Campaign, language: str) -> str:
    """The short address of a public campaign, for an SMS."""
    short = urlsafe_b64encode(campaign.public_id.bytes).decode().rstrip("=")
    return page_url("campaigns:campaign-short", language, short)


def campaign_id(short: str) -> UUID:
    """The campaign of such an address; raises ``ValueError`` when it is none."""
    return UUID(bytes=urlsafe_b64decode(f"{short}=="))


def stop_word() -> str:
    """How to get no more of these by SMS: by an answer, where answers come in; else a short page."""
    if settings.SMS_INBOUND_KEYS:
        return _("answer STOP")
    return settings.SITE_URL + reverse("stop")


def subscribed(url: str) -> str:
    """The address from which a calendar program refreshes a subscription."""
    return f"webcal://{url.partition('://')[2]}"


def page_url(name: str, language: str, *args: object) -> str:
    with override(language):
        return f"{settings.SITE_URL}{reverse(name, args=args)}"
