from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from donors import data_checks


class Command(BaseCommand):
    help = (
        "Ask the whole database whether its rules hold, after migrate, after a restore, and every"
        " night. Prints what is wrong with public ids; ends with 1 where the database contradicts itself."
    )
    requires_system_checks: list[str] = []

    def handle(self, *, verbosity, **options) -> None:
        now = timezone.now()
        found = data_checks.ask(now=now)
        for finding in found:
            grade = "SERIOUS" if finding.question.serious else "to do"
            more = ", …" if finding.count > len(finding.examples) else ""
            self.stdout.write(f"{grade}: {finding.question.sentence} {finding.count}")
            self.stdout.write(f"    {', '.join(finding.examples)}{more}  ({finding.question.name})")
        kept = data_checks.keep(found, now=now)
        if kept.serious:
            raise CommandError("The database contradicts itself; the program does not start on it.")
        if verbosity and not found:
            self.stdout.write(f"{len(data_checks.questions())} questions, nothing wrong.")
