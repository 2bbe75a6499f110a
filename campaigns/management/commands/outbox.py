from __future__ import annotations

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Min
from django.utils import timezone

from campaigns.messaging import channels, operating
from campaigns.messaging.catalogue import KINDS
from campaigns.models import Notification
from donors.errors import Refused
from donors.models import Channel, User


class Command(BaseCommand):
    help = (
        "What waits to leave, and what to do about it: show, pause, resume, retry, free, test. "
        "release_contacts takes back what a bad hour marked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "act",
            nargs="?",
            default="show",
            choices=["show", "pause", "resume", "retry", "free", "test"],
        )
        parser.add_argument("--channel", choices=Channel.values)
        parser.add_argument("--kind", choices=sorted(KINDS), default="")
        parser.add_argument("--hours", type=float, default=24, help="retry: how far back (24)")
        parser.add_argument("--to", help="test: an address of your own")
        parser.add_argument("--by", help="pause, resume: the user name of an administrator")

    def handle(self, *, act, channel, kind, hours, to, by, **options) -> None:
        now = timezone.now()
        if act in ("pause", "resume", "retry", "test") and not channel:
            raise CommandError(f"{act} needs --channel.")
        try:
            match act:
                case "show":
                    self._show(channel, kind, now)
                case "pause":
                    channels.pause(channel=channel, by=_administrator(by), now=now)
                    self.stdout.write(f"{channel}: paused; messages are kept.")
                case "resume":
                    channels.let_leave(channel=channel, by=_administrator(by), now=now)
                    self.stdout.write(f"{channel}: messages leave.")
                case "retry":
                    since = now - timedelta(hours=hours)
                    count = operating.retry(channel=channel, kind=kind, since=since, now=now)
                    self.stdout.write(f"{count} messages are queued again.")
                case "free":
                    self.stdout.write(
                        f"{operating.free(now=now)} messages of dead senders are free."
                    )
                case "test":
                    if not to:
                        raise CommandError("test needs --to, an address of your own.")
                    taken = operating.send_test(channel=channel, address=to, now=now)
                    self.stdout.write(f"accepted as {taken}")
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def _show(self, channel, kind, now) -> None:
        stopped = {stop.channel: stop for stop in channels.stops()}
        for name in [channel] if channel else Channel.values:
            stop = stopped.get(name)
            state = f"stopped: {stop.reason} {stop.code}".strip() if stop else "running"
            seen = operating.figures(name, now)
            self.stdout.write(
                f"{name}: {state}; {seen.minute} left in a minute, {seen.hour} in an hour, "
                f"{seen.failed} failed in a day, {seen.unknown} in doubt, {seen.due} due"
                + (f" since {now - seen.oldest}" if seen.oldest else "")
                + f", {seen.later} later"
            )
            for reason in seen.reasons:
                self.stdout.write(f"  {reason}")
        rows = Notification.objects.filter(settled_at=None)
        rows = rows.filter(**{k: v for k, v in {"channel": channel, "kind": kind}.items() if v})
        counted = rows.values_list("channel", "lane", "kind", "state", "error").annotate(
            count=Count("pk"), oldest=Min("made_at")
        )
        for name, lane, of, state, error, count, oldest in counted.order_by("channel", "lane"):
            self.stdout.write(
                f"  {name} {lane} {of} {state}: {count}, oldest {now - oldest} {error}"
            )


def _administrator(name: str | None) -> User:
    person = User.objects.filter(username=name, is_administrator=True, is_active=True).first()
    if person is None:
        raise CommandError("--by has to name an administrator.")
    return person
