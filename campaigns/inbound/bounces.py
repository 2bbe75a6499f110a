"""Returned mail: delivery reports (RFC 3464, RFC 6533) and complaints (ARF, RFC 5965).

The message is found by the signed mark in the address that the report was sent to, or in the
Message-ID of the returned message: what a mail merely claims moves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message
from email.parser import HeaderParser

from campaigns.messaging import marks
from campaigns.messaging.transports import NotTaken, RecipientRefused, smtp_replies
from campaigns.models import DeliveryReport, Notification

from . import reports

Outcome, Refusal = DeliveryReport.Outcome, Notification.Refusal
STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
# Where the address that the report was sent to stands, the most certain first.
ADDRESSED = ("X-Original-To", "Delivered-To", "Envelope-To", "To")
ACTIONS = {
    "delivered": Outcome.DELIVERED,
    "relayed": Outcome.ACCEPTED,
    "expanded": Outcome.ACCEPTED,
    "failed": Outcome.FAILED,
}
A_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
COMPLAINTS = ("abuse", "fraud", "virus", "other", "opt-out", "opt-out-list")


@dataclass(frozen=True)
class Recipient:
    """What a report says of one recipient. ``own``: the address that we wrote to, and not one to
    which it forwards."""

    action: str
    status: str
    diagnostic: str
    own: bool


def read(raw: bytes, *, now: datetime) -> str:
    """Apply one mail. Returns what it was, without personal data: a word for the operator."""
    mail = message_from_bytes(raw, policy=policy.default)
    if any(True for _part in _parts(mail, "message/feedback-report")):
        return _complaint(mail, now)
    blocks = [block for part in _parts(mail, *STATUS_TYPES) for block in _blocks(part)]
    if not blocks:
        return "not a report"
    message = _message(mail)
    if message is None:
        return "not about a message of ours"
    told = [_told(message, one, now) for one in _recipients(mail, blocks)]
    return ", ".join(sorted(set(told))) or "no recipient"


def _parts(mail: Message, *types: str) -> Iterator[Message]:
    """Parts of these types that are of the report itself, and not of a mail that it returns."""
    if mail.get_content_type() in types:
        yield mail
    held = mail.get_payload() if mail.get_content_maintype() == "multipart" else []
    for part in held if isinstance(held, list) else []:
        if isinstance(part, Message):
            yield from _parts(part, *types)


def _blocks(part: Message) -> list[Message]:
    """The groups of fields: of the message, then of each recipient.

    The standard library splits ``message/delivery-status`` only, and decodes no transfer encoding
    of a message part; so the text is taken and split here.
    """
    return [
        HeaderParser(policy=policy.default).parsestr(block)
        for block in re.split(r"\n[ \t]*\n", _text(part).replace("\r\n", "\n"))
        if block.strip()
    ]


def _text(part: Message) -> str:
    raw = part.as_bytes(policy=policy.compat32.clone(max_line_length=0))
    _headers, _gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding in ("base64", "quoted-printable"):
        held = Message()
        held["Content-Transfer-Encoding"] = encoding
        held.set_payload(body.decode("ascii", "replace"))
        decoded = held.get_payload(decode=True)
        body = decoded if isinstance(decoded, bytes) else b""
    return body.decode("utf-8", "replace")


def _recipients(mail: Message, blocks: list[Message]) -> Iterator[Recipient]:
    for block in blocks:
        action = str(block.get("Action", "")).strip().lower()
        if not action:
            continue  # of the message
        original = _address(block.get("Original-Recipient")) or _wrote_to(mail)
        final = _address(block.get("Final-Recipient"))
        found = A_STATUS.search(str(block.get("Status", "")))
        yield Recipient(
            action=action,
            status=".".join(str(int(part)) for part in found.groups()) if found else "",
            diagnostic=str(block.get("Diagnostic-Code", "")),
            own=not original or not final or original == final,
        )


def _address(field: object) -> str:
    """``rfc822; A@b`` or ``utf-8; …`` as an address in lower case."""
    return str(field or "").partition(";")[2].strip().strip("<>").lower()


def _returned(mail: Message) -> Iterator[Message]:
    """The message that is returned, or its headers alone."""
    for part in _parts(mail, "message/rfc822", "message/global"):
        held = part.get_payload()
        if isinstance(held, list) and held and isinstance(held[0], Message):
            yield held[0]
    for part in _parts(mail, "text/rfc822-headers", "message/global-headers"):
        yield HeaderParser(policy=policy.default).parsestr(_text(part))


def _wrote_to(mail: Message) -> str:
    """The one recipient of the returned message."""
    for held in _returned(mail):
        if found := re.search(r"[^\s<>,;\"]+@[^\s<>,;\"]+", str(held.get("To", ""))):
            return found[0].lower()
    return ""


def _message(mail: Message) -> int | None:
    for name in ADDRESSED:
        for value in mail.get_all(name, []):
            if pk := marks.find(str(value), marks.ENVELOPE):
                return pk
    for held in _returned(mail):
        if pk := marks.find(str(held.get("Message-ID", "")), marks.MESSAGE_ID):
            return pk
        if pk := marks.find(str(held.get("Return-Path", "")), marks.ENVELOPE):
            return pk
    return None


def _told(message: int, one: Recipient, now: datetime) -> str:
    outcome = ACTIONS.get(one.action)
    if outcome is None:
        return one.action if one.action == "delayed" else "unknown action"
    said = {"refusal": "", "reason": ""} if outcome != Outcome.FAILED else _whose(one)
    source, code = DeliveryReport.Source.MAIL, one.status
    made = reports.record(
        message=message, outcome=outcome, source=source, code=code, now=now, **said
    )
    return f"{outcome.value} {code}".strip() if made else "known"


def _whose(one: Recipient) -> dict[str, str]:
    """Whose fault it is, as at the hand-over. After the end of a queue (4.x.x) the address is not
    dead, nor is it when the address itself forwards to one that is."""
    judged = _judged(one)
    if isinstance(judged, RecipientRefused):
        sure = judged.reason if one.own else None
        doubtful = judged.doubtful or bool(judged.reason and not one.own)
        if doubtful:
            return {"refusal": Refusal.DOUBTFUL, "reason": ""}
        return {
            "refusal": Refusal.RECIPIENT if sure else Refusal.MESSAGE,
            "reason": sure.value if sure else "",
        }
    return {"refusal": Refusal.TEMPORARY if one.status[:1] == "4" else Refusal.OURS, "reason": ""}


def _judged(one: Recipient) -> NotTaken:
    """By the status; where it is only a class (5.0.0), by the status in the remote server's words."""
    status = one.status
    if status[1:] in ("", ".0.0"):
        found = A_STATUS.search(one.diagnostic)
        status = found[0] if found and found[1] == (status[:1] or found[1]) else status
    kind = status[:1] if status[:1] in "45" else ""
    code = 450 if kind == "4" else 550
    return smtp_replies.judged(code, f"{status} x", answering=smtp_replies.RECIPIENT)


def _complaint(mail: Message, now: datetime) -> str:
    for part in _parts(mail, "message/feedback-report"):
        for block in _blocks(part):
            kind = str(block.get("Feedback-Type", "")).strip().lower()
            from_line = marks.find(str(block.get("Original-Mail-From", "")), marks.ENVELOPE)
            message = _message(mail) or from_line
            if kind not in COMPLAINTS:
                return "no complaint"
            if message is None:
                return "not about a message of ours"
            made = reports.record(
                message=message,
                outcome=Outcome.COMPLAINT,
                source=DeliveryReport.Source.MAIL,
                code=kind,
                now=now,
            )
            return "complaint" if made else "known"
    return "no complaint"
