"""SMTP through Django, one connection per batch. The Message-ID is the same at every try."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from campaigns.messaging.catalogue import Message

from . import envelope, smtp_replies


@contextmanager
def open() -> Iterator[Callable[[Message], str]]:  # noqa: A001 - the same word in every transport
    connection = get_connection()

    def deliver(message: Message) -> str:
        message_id = envelope.message_id(message)
        mail = EmailMessage(
            subject=message.subject,
            body=message.text,
            from_email=envelope.return_path(message),
            to=[message.address],
            connection=connection,
            headers={
                "From": settings.DEFAULT_FROM_EMAIL,
                "Message-ID": message_id,
                "Content-Language": message.language,
                "Auto-Submitted": "auto-generated",
                **message.headers,
            },
        )
        try:
            if connection.connection is None:
                connection.open()
            connection.send_messages([mail])
        except (smtplib.SMTPException, OSError) as error:
            if not isinstance(error, smtplib.SMTPRecipientsRefused):
                connection.close()
            raise smtp_replies.of(error) from error
        return message_id

    try:
        yield deliver
    finally:
        connection.close()


def drops_repeats() -> bool:
    """Mail programs show one mail of a Message-ID."""
    return True
