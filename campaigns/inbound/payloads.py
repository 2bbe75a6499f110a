"""What gateways say, in their own words, as a report or a reply of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message as Headers

from campaigns.messaging.transports.gateways import DEAD_WORDS
from campaigns.models import DeliveryReport, Notification

Outcome, Refusal = DeliveryReport.Outcome, Notification.Refusal
# Kannel's types (user guide, "Delivery report"): 4 is buffered, 32 an intermediate notice. A message
# that the network refused at once (16) says more about our route than about the number.
KANNEL_TYPES: dict[str, tuple[str, str]] = {
    "1": (Outcome.DELIVERED, ""),
    "2": (Outcome.FAILED, Refusal.DOUBTFUL),
    "8": (Outcome.ACCEPTED, ""),
    "16": (Outcome.FAILED, Refusal.OURS),
}
WORDS: dict[str, tuple[str, str]] = {
    "delivered": (Outcome.DELIVERED, ""),
    "read": (Outcome.DELIVERED, ""),
    "sent": (Outcome.ACCEPTED, ""),
    "accepted": (Outcome.ACCEPTED, ""),
    "undeliverable": (Outcome.FAILED, Refusal.DOUBTFUL),
    "undelivered": (Outcome.FAILED, Refusal.DOUBTFUL),
    "failed": (Outcome.FAILED, Refusal.MESSAGE),
    "expired": (Outcome.FAILED, Refusal.MESSAGE),
    "rejected": (Outcome.FAILED, Refusal.OURS),
}
RECEIVED = ("received", "inbound", "incoming")


@dataclass(frozen=True)
class Text:
    number: str
    text: str
    gateway_id: str = ""


def outcome(*, kannel_type: str = "", status: str = "", code: str = "") -> dict[str, str] | None:
    """The arguments of ``reports.record``; None for what says nothing about the end."""
    word = code.strip().lower()
    found = KANNEL_TYPES.get(kannel_type) or WORDS.get(status.strip().lower())
    if found is None:
        return None
    kind, refusal = found
    if kind != Outcome.FAILED:
        return {"outcome": kind}
    name = word or (f"dlr {kannel_type}" if kannel_type else status.strip().lower())
    if word in DEAD_WORDS:
        reason = DEAD_WORDS[word].value
        return {"outcome": kind, "code": name, "refusal": Refusal.RECIPIENT, "reason": reason}
    return {"outcome": kind, "code": name[:40], "refusal": refusal}


def json_object(body: bytes) -> dict[str, object]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


@dataclass(frozen=True)
class Event:
    """One event of envoisms. Its kit publishes the signature and not the body; both shapes that such
    gateways use are read: flat, or an event with its ``data``."""

    status: str
    gateway_id: str
    mark: str
    code: str
    number: str
    text: str

    @property
    def is_reply(self) -> bool:
        return self.status in RECEIVED


def event(body: bytes) -> Event:
    said = json_object(body)
    held = said.get("data")
    data = {**said, **held} if isinstance(held, dict) else said
    kind = str(said.get("event") or said.get("type") or "")
    status = str(data.get("status") or "") or kind.rpartition(".")[2]
    if kind.rpartition(".")[2] in RECEIVED or data.get("direction") == "inbound":
        status = RECEIVED[0]
    metadata, error = data.get("metadata"), data.get("error")
    code = error.get("code") if isinstance(error, dict) else data.get("error_code") or error
    return Event(
        status=status.lower(),
        gateway_id=str(data.get("id") or data.get("message_id") or ""),
        mark=str(metadata.get("key", "")) if isinstance(metadata, dict) else "",
        code=str(code or ""),
        number=str(data.get("from") or ""),
        text=str(data.get("message") or data.get("text") or data.get("body") or ""),
    )


def kannel_text(headers: Mapping[str, str], body: bytes) -> Text:
    """``post-url`` of Kannel; the sender is there only with ``send-sender = true``."""
    kind = Headers()
    kind["Content-Type"] = headers.get("Content-Type", "")
    charset = kind.get_content_charset("utf-8") or "utf-8"
    try:
        text = body.decode(charset, "replace")
    except LookupError:
        text = body.decode("utf-8", "replace")
    return Text(headers.get("X-Kannel-From", ""), text, headers.get("X-Kannel-ID", ""))


def posted_text(body: bytes, form: Mapping[str, str]) -> Text:
    """``from``, ``text`` and ``id``, as a form or as JSON."""
    said = json_object(body) or form
    number, text = str(said.get("from") or ""), str(said.get("text") or "")
    return Text(number, text, str(said.get("id") or ""))
