"""Periodic tasks. Work is read from the tables, so a lost or doubled run changes nothing."""

from celery import shared_task
from django.utils import timezone

from . import data_checks
from .units import rosters


@shared_task
def work_on_rosters() -> None:
    rosters.work(now=timezone.now())


@shared_task
def forget_rosters() -> None:
    rosters.forget(now=timezone.now())


@shared_task
def check_data() -> None:
    data_checks.tonight(now=timezone.now())
