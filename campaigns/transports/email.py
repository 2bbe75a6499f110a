"""SMTP by Django, one connection for a batch. The Message-ID is the same at every try."""

from __future__ import annotations

import smtplib
from contextlib import contextmanager
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from campaigns.messages import Message

from . import Permanent, Temporary


@contextmanager
def open():  # noqa: A001 - the same word in every transport
    connection = get_connection()

    def deliver(message: Message) -> str:
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
        message_id = f"<{message.key}@{domain}>"
        mail = EmailMessage(
            subject=message.subject,
            body=message.text,
            to=[message.address],
            connection=connection,
            headers={
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
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise (Permanent if code >= 500 else Temporary)(f"recipient refused: {code}") from error
        except (smtplib.SMTPException, OSError) as error:
            connection.close()
            raise Temporary(type(error).__name__) from error
        return message_id

    try:
        yield deliver
    finally:
        connection.close()
