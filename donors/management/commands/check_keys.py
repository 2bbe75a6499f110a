from django.core.management.base import BaseCommand, CommandError

from donors import keys


class Command(BaseCommand):
    help = "Compare the keys of the environment with those that the database was made with."

    def handle(self, **options) -> None:
        try:
            keys.check()
        except keys.WrongKeys as wrong:
            raise CommandError(str(wrong)) from None
