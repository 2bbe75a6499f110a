import donors.clock.zones  # noqa: F401 - before anything else can read a zone of the machine

from .celery import app as celery_app

__all__ = ["celery_app"]
