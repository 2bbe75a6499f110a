from django.core.management.base import BaseCommand

import centers.reference
import donors.reference


class Command(BaseCommand):
    help = "Load places, units, criteria, centres, components and tests; again changes nothing."

    def handle(self, **options) -> None:
        counts = donors.reference.load() | centers.reference.load()
        for kind, count in counts.items():
            self.stdout.write(f"{kind}: {count}")
