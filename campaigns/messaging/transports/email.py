"""Mail by SMTP, one connection for as long as there is mail. The Message-ID is the same at every
try."""

from __future__ import annotations

import smtplib
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from campaigns.messaging.catalogue import Message

from . import Outcome, Turn, envelope, mime, smtp_replies
from .smtp_line import Mail, SmtpLine

if TYPE_CHECKING:
    from . import HandOver


@contextmanager
def open() -> Iterator[HandOver]:  # noqa: A001 - the same word in every transport
    line = SmtpLine()

    def hand_over(messages: Sequence[Message], turn: Turn) -> Generator[Outcome | None, None, None]:
        whole, mails = False, Mails(line)
        try:
            for message, following in zip(messages, [*messages[1:], None], strict=True):
                yield (yield from _one(line, mails, message, following, turn))
            whole = True
        finally:
            if not whole:
                line.close()  # replies that nobody has read

    try:
        yield hand_over
    finally:
        line.quit()


def drops_repeats() -> bool:
    """Mail programs show one mail of a Message-ID."""
    return True


def in_flight() -> int:
    return 30


class Mails(dict[str, Mail]):
    """Each mail built once, for the connection as it is."""

    def __init__(self, line: SmtpLine):
        self._line = line

    def of(self, message: Message) -> Mail:
        if message.key not in self:
            sender = mime.bare(envelope.return_path(message))
            data = mime.built(message, eight_bit=self._line.eight_bit)
            self[message.key] = Mail(sender, mime.bare(message.address), data)
        return self[message.key]

    def ahead(self, following: Message | None, turn: Turn) -> Mail | None:
        """The next mail, if its commands may go ahead; one that cannot be built is told of in its
        turn."""
        if following is None or not self._line.pipelining or turn.over:
            return None
        try:
            return self.of(following)
        except ValueError:
            return None


def _one(
    line: SmtpLine, mails: Mails, message: Message, following: Message | None, turn: Turn
) -> Generator[None, None, Outcome]:
    if turn.over:
        line.forget_ahead()
        return Outcome(message)
    try:
        line.ready()
        mail, ahead = mails.of(message), mails.ahead(following, turn)
        try:
            yield from line.send(mail, ahead, turn)
        except (smtplib.SMTPException, OSError) as error:
            # Some servers close after so many mails: what was not handed over goes on a new line.
            if line.handed_over or not line.used or not _is_gone(error):
                raise
            line.close()
            line.ready()
            yield from line.send(mail, ahead, turn)
    except (smtplib.SMTPException, OSError) as error:
        if _is_gone(error):
            line.close()
        said = smtp_replies.of(error)
        said.__cause__ = error
        return Outcome(message, error=said)
    except Exception as error:  # noqa: BLE001 - one poison message must not stop the others
        line.forget_ahead()
        return Outcome(message, error=error)
    return Outcome(message, envelope.message_id(message))


def _is_gone(error: Exception) -> bool:
    """Whether the connection cannot be used again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == 421 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == 421
    return True
