from celery import shared_task
from django.utils import timezone

from . import expiry, floors


@shared_task
def expire_bags() -> None:
    expiry.expire(now=timezone.now())


@shared_task
def review_floors() -> None:
    floors.review_all(now=timezone.now())
