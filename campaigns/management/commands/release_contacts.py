from __future__ import annotations

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from campaigns.messaging import contact_releases
from donors.errors import Refused
from donors.models import Channel, User


def moment(typed: str) -> datetime:
    """2026-11-27T08:00, Moroccan time where it names no other."""
    found = parse_datetime(typed)
    if found is None:
        raise ValueError(typed)
    return timezone.make_aware(found) if timezone.is_naive(found) else found


class Command(BaseCommand):
    help = (
        "Take back the addresses that were called dead in a bad hour, and queue again what failed in "
        "it. Says how many; does it with --apply, recorded under the name of --by."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--channel", choices=Channel.values, required=True)
        parser.add_argument("--since", type=moment, required=True, help="2026-11-27T08:00")
        parser.add_argument("--until", type=moment, help="now, when it is left out")
        parser.add_argument(
            "--code",
            action="append",
            default=[],
            help="only what was refused with this word, as http 401 or 5.7.1; may be repeated",
        )
        parser.add_argument("--by", help="the user name of the administrator who decides it")
        parser.add_argument("--apply", action="store_true")

    def handle(self, *, channel, since, until, code, by, apply, **options) -> None:
        now = timezone.now()
        asked = {"channel": channel, "since": since, "until": until or now, "codes": code}
        if not apply:
            contacts, messages = contact_releases.found(**asked)
            self.stdout.write(
                f"{contacts.count()} addresses would work again, {messages.count()} messages would "
                "be queued again. Nothing is changed: add --apply --by NAME."
            )
            return
        person = User.objects.filter(username=by, is_administrator=True, is_active=True).first()
        if person is None:
            raise CommandError("--by has to name an administrator.")
        try:
            done = contact_releases.release(**asked, by=person, now=now)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"{done.contacts} addresses work again, {done.messages} messages are queued again."
        )
