from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from centers.models import Center, Job, Staff
from donors.models import User

NATIONAL = ("administrator", "auditor")


class Command(BaseCommand):
    help = (
        "Give somebody with an account a national right or a job at a centre, or take it back with "
        "--end. No page does it: the database takes these rights from the owner of its tables alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("right", choices=[*NATIONAL, *Job.values])
        parser.add_argument("--center", help="the code of the centre, for a job")
        parser.add_argument("--end", action="store_true", help="from today")

    @transaction.atomic
    def handle(self, *, username, right, center, end, **options) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {username}.")
        if right in NATIONAL:
            User.objects.filter(pk=user.pk).update(**{f"is_{right}": not end})
            return
        here = Center.objects.filter(code=center).first()
        if here is None:
            raise CommandError("--center has to name a centre by its code.")
        today = timezone.localdate()
        held = Staff.objects.filter(user=user, center=here, job=right, until=None)
        if end:
            held.update(until=Greatest(F("since") + 1, today))
        elif not held.exists():
            Staff.objects.create(user=user, center=here, job=right, since=today)
