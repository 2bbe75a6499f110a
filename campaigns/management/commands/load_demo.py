from time import monotonic

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from campaigns.demo import days, world
from donors.models import Unit


class Command(BaseCommand):
    help = "Load the demonstration: plausible people, blood in stock, and the story of Al Haouz."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--donors", type=int, default=world.USUAL_CROWD)
        parser.add_argument("--seed", type=int, default=20230908)

    def handle(self, *, donors: int, seed: int, **options) -> None:
        if settings.PRODUCTION:
            raise CommandError("This is a production site: the demonstration is never loaded here.")
        if settings.SMS_GATEWAY_URL:
            raise CommandError(
                "The numbers are made up and may be somebody's: unset SMS_GATEWAY_URL."
            )
        if world.is_there():
            added = days.carry_on(now=timezone.now())
            self.stdout.write(f"The demonstration is here already; {added} days were added.")
            return
        if not Unit.objects.exists():
            raise CommandError("Run load_reference first: there are no places and units yet.")
        began = monotonic()
        world.build(donors=donors, seed=seed, now=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("ANALYZE")
        self.stdout.write(f"Demonstration with {donors} donors in {monotonic() - began:.1f} s.")
