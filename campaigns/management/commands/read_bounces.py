from __future__ import annotations

import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.utils import timezone

from campaigns.inbound import bounces, mailbox

TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the mail and pipes it again later


class Command(BaseCommand):
    help = (
        "Read returned mail and complaints: the unread mails of BOUNCE_MAILBOX_URL (the workers do it "
        "every minute), or one mail from standard input with --pipe, for an alias of a mail server. "
        "Says what each mail was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pipe", action="store_true", help="one mail from standard input")

    def handle(self, *, pipe: bool, **options) -> None:
        if pipe:
            self._pipe()
        elif settings.BOUNCE_MAILBOX_URL:
            for said in mailbox.read(now=timezone.now()):
                self.stdout.write(said)
        else:
            raise CommandError("Set BOUNCE_MAILBOX_URL, or use --pipe.")

    def _pipe(self) -> None:
        raw = sys.stdin.buffer.read(mailbox.LARGEST)
        try:
            self.stdout.write(bounces.read(raw, now=timezone.now()))
        except Error as error:
            self.stderr.write(type(error).__name__)
            sys.exit(TRY_AGAIN)
