"""Wake-up calls. The tables say what there is to do; a lost or doubled call changes nothing."""

from celery import shared_task
from django.utils import timezone

from .units import rosters


@shared_task
def work_on_rosters() -> None:
    rosters.work(now=timezone.now())


@shared_task
def forget_rosters() -> None:
    rosters.forget(now=timezone.now())
