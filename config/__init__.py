import sys

from .refusals import tell

sys.excepthook = tell  # every program of ours comes through here, and the clock below may refuse

import donors.clock.zones  # noqa: E402, F401 - before anything else can read a zone of the machine

from .celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
