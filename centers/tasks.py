from celery import shared_task
from django.utils import timezone

from donors.contact import verification
from donors.people import duplicates

from .distribution import requests
from .inventory import alarms, expiry, stock_levels
from .laboratory import held_readings
from .sessions import booking, booking_requests, releases


@shared_task
def expire_bags() -> None:
    expiry.expire(now=timezone.now())


@shared_task
def ask_for_news() -> None:
    alarms.ask_for_news(now=timezone.now())


@shared_task
def lapse_reservations() -> None:
    requests.lapse(now=timezone.now())


@shared_task
def review_floors() -> None:
    stock_levels.review_all(now=timezone.now())


@shared_task
def release_unable() -> None:
    releases.release_unable(now=timezone.now())


@shared_task
def settle_missed() -> None:
    booking.settle_missed(now=timezone.now())


@shared_task
def compare_people() -> None:
    duplicates.review(now=timezone.now())


@shared_task
def forget_requests() -> None:
    booking_requests.forget(now=timezone.now())
    verification.forget(now=timezone.now())


@shared_task
def take_in_readings() -> None:
    held_readings.take_in(now=timezone.now())
