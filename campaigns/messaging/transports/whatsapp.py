"""WhatsApp Business by Meta's Cloud API: one POST per message. What it refuses goes by SMS."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from campaigns.messaging import marks, whatsapp
from campaigns.messaging.catalogue import Message
from campaigns.models import ChannelStop, Notification

from . import Elsewhere, NotTaken, Ours, Temporary, Unclear, one_by_one
from .gateways import number_of, parsed
from .http_line import Line, Unsent
from .sms import retry_after

if TYPE_CHECKING:
    from . import HandOver

TIMEOUT_SECONDS = 15
Reason = ChannelStop.Reason
# https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
PACING = {4, 80007, 130429, 131056}
OURS = {
    0: Reason.RIGHTS,
    3: Reason.RIGHTS,
    10: Reason.RIGHTS,
    190: Reason.RIGHTS,
    131005: Reason.RIGHTS,
    131031: Reason.RIGHTS,
    131042: Reason.CREDIT,
}


@contextmanager
def open() -> Iterator[HandOver]:  # noqa: A001 - the same word in every transport
    address = f"{settings.WHATSAPP_URL}/{settings.WHATSAPP_PHONE_ID}/messages"
    with contextlib.closing(Line(address)) as line:
        yield one_by_one(partial(deliver, line=line))


def drops_repeats() -> bool:
    """A message that is posted twice arrives twice."""
    return False


def in_flight() -> int:
    return 1


def deliver(message: Message, seconds: float = TIMEOUT_SECONDS, *, line: Line) -> str:
    data = json.dumps(_asked(message)).encode()
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {settings.WHATSAPP_TOKEN}",
    }
    try:
        status, said, text = line.post(data, headers, min(seconds, TIMEOUT_SECONDS))
    except Unsent as error:
        raise Temporary(str(error), away=True) from error
    except (OSError, http.client.HTTPException) as error:
        raise Unclear(type(error).__name__) from error
    if 200 <= status < 300:
        return _id_in(text) or message.key
    raise _judged(status, said, text)


def _asked(message: Message) -> dict[str, object]:
    """A template with place and link; free text where the person wrote to us within the day."""
    number, now = number_of(message), timezone.now()
    of = Notification.objects.select_related("donor").filter(pk=message.notification_id).first()
    body: dict[str, object] = {
        "messaging_product": "whatsapp",
        "to": number.removeprefix("+"),
        "biz_opaque_callback_data": marks.of(message.notification_id, marks.REPORT),
    }
    if whatsapp.wrote_lately(number, now):
        return body | {"type": "text", "text": {"body": message.text, "preview_url": False}}
    if of is None or of.donor is None or not whatsapp.agreed(of.donor):
        raise Elsewhere("no consent")
    name, screen = whatsapp.TEMPLATES.get(of.kind), message.screen
    if name is None or screen is None or not screen.place:
        raise Elsewhere("no template")
    values = [{"type": "text", "text": text} for text in (screen.place, screen.url)]
    template = {
        "name": name,
        "language": {"code": message.language},
        "components": [{"type": "body", "parameters": values}],
    }
    return body | {"type": "template", "template": template}


def _id_in(text: str) -> str:
    messages = parsed(text).get("messages")
    first = messages[0] if isinstance(messages, list) and messages else {}
    return str(first.get("id", ""))[:120] if isinstance(first, dict) else ""


def _judged(status: int, headers: http.client.HTTPMessage, text: str) -> NotTaken:
    error = parsed(text).get("error")
    code = error.get("code") if isinstance(error, dict) else None
    name = str(code) if isinstance(code, int) else f"http {status}"
    if code in PACING or status == 429 or status >= 500 and code is None:
        return Temporary(name, away=True, after=retry_after(headers.get("Retry-After")))
    if code in OURS or status == 401:
        return Ours(name, OURS.get(code or 0, Reason.RIGHTS))
    if code is None:
        return Ours(name, Reason.PLACE)
    return Elsewhere(name)  # 131026, 131047, 131049, 132001 and whatever else is of this message
