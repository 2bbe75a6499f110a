from celery import shared_task
from django.utils import timezone

from donors import duplicates, proofs

from . import booking, booking_requests, expiry, floors, requests


@shared_task
def expire_bags() -> None:
    expiry.expire(now=timezone.now())


@shared_task
def lapse_reservations() -> None:
    requests.lapse(now=timezone.now())


@shared_task
def review_floors() -> None:
    floors.review_all(now=timezone.now())


@shared_task
def settle_missed() -> None:
    booking.settle_missed(now=timezone.now())


@shared_task
def compare_people() -> None:
    duplicates.review(now=timezone.now())


@shared_task
def forget_requests() -> None:
    booking_requests.forget(now=timezone.now())
    proofs.forget(now=timezone.now())
