"""Whose fault a mail server's refusal is: by its enhanced status code (RFC 3463, RFC 5248, RFC
7505), without one by the command that it answered (RFC 5321)."""

from __future__ import annotations

import re
import smtplib

from campaigns.models import ChannelStop
from donors.models import Contact

from . import NotTaken, Ours, RecipientRefused, Temporary

Reason, Failure = ChannelStop.Reason, Contact.Failure

# At the beginning of the text (RFC 2034); some servers put it behind a # or in brackets.
ENHANCED = re.compile(r"[#(<]?([245])\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)")
SENDER, RECIPIENT, OTHER = "sender", "recipient", "other"

DEAD = {
    "5.1.1": Failure.UNKNOWN,  # no such mailbox
    "5.1.2": Failure.UNKNOWN,  # no such domain
    "5.1.3": Failure.UNKNOWN,  # not an address at all
    "5.1.6": Failure.MOVED,
    "5.1.10": Failure.UNKNOWN,  # the domain takes no mail (RFC 7505)
    "5.2.1": Failure.CLOSED,
}
THIS_TIME = {"5.2.2"}  # the mailbox is full
OURS = {
    "5.1.0": Reason.SENDER,
    "5.1.7": Reason.SENDER,
    "5.1.8": Reason.SENDER,
    "5.2.3": Reason.FORM,  # longer than the server accepts
    "5.3.4": Reason.FORM,
}
OUR_SUBJECTS = {"3": Reason.FORM, "5": Reason.FORM, "6": Reason.FORM, "7": Reason.RIGHTS}


def enhanced(code: int, text: bytes | str) -> str:
    """The enhanced status code of a reply, "" where it has none or one of another class."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    found = ENHANCED.match(text.lstrip())
    if found is None or int(found[1]) != code // 100:
        return ""
    return f"{found[1]}.{int(found[2])}.{int(found[3])}"


def judged(code: int, text: bytes | str, *, answering: str) -> NotTaken:
    """``answering``: the command refused: sender, recipient, or anything else."""
    status = enhanced(code, text)
    name = status or f"smtp {code}"
    if code < 500:
        # 421 closes the connection; a 4xx before the recipient concerns every message.
        return Temporary(name, away=code == 421 or answering != RECIPIENT)
    ours = OURS.get(status) or (status and OUR_SUBJECTS.get(status.split(".")[1]))
    if ours or answering == SENDER:
        return Ours(name, ours or Reason.SENDER)
    if status in DEAD:
        return RecipientRefused(name, DEAD[status])
    # Without a status 552 is RFC 5321's exceeded storage.
    if status in THIS_TIME or (answering == RECIPIENT and name == "smtp 552"):
        return RecipientRefused(name)
    if answering == RECIPIENT and (status or code in (550, 551, 553, 554)):
        return RecipientRefused(name, doubtful=True)
    return Ours(name, Reason.FORM)


def of(error: smtplib.SMTPException | OSError) -> NotTaken:
    """The fault behind an exception of smtplib."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
            return judged(code, text, answering=RECIPIENT)
        case smtplib.SMTPSenderRefused():
            return judged(error.smtp_code, error.smtp_error, answering=SENDER)
        case (
            smtplib.SMTPAuthenticationError() | smtplib.SMTPHeloError() | smtplib.SMTPConnectError()
        ):
            said = judged(error.smtp_code, error.smtp_error, answering=OTHER)
            return said if isinstance(said, Temporary) else Ours(said.code, Reason.RIGHTS)
        case smtplib.SMTPResponseException():
            return judged(error.smtp_code, error.smtp_error, answering=OTHER)
        case smtplib.SMTPNotSupportedError():
            return Ours("not supported", Reason.FORM)
    return Temporary(type(error).__name__, away=True)
