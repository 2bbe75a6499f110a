from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from donors import keys


class Command(BaseCommand):
    help = "Take over a new SECRET_KEY and LINK_KEY: everybody signs in again, links sent are void."

    def handle(self, **options) -> None:
        try:
            keys.renew_signing(now=timezone.now())
        except keys.WrongKeys as wrong:
            raise CommandError(str(wrong)) from None
