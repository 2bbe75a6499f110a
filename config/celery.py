import os
import sys

from celery import Celery
from celery.signals import beat_init, celeryd_init
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from .opening import require

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def beside_the_right_database(**_signal) -> None:
    """Refuse to start on a wrong database. Celery only logs an exception raised here, so the worker
    exits before it takes a message."""
    try:
        require()
    except ImproperlyConfigured as refusal:
        sys.exit(str(refusal))
    connections.close_all()  # child processes open their own connections


# Messages have a queue of their own: a provider that is slow to answer keeps only its worker waiting.
app.conf.task_routes = {"campaigns.tasks.deliver_*": {"queue": "messages"}}

# The only schedule of periodic tasks. A missed beat delays work and loses none: every task reads
# its work from the tables.
app.conf.beat_schedule = {
    "plan": {"task": "campaigns.tasks.plan", "schedule": 3.0},
    "watch cover": {"task": "campaigns.tasks.watch_cover", "schedule": 120.0},
    "keep first-timers": {"task": "campaigns.tasks.keep_first_timers", "schedule": 3600.0},
    "tell in the evening": {"task": "campaigns.tasks.tell_in_the_evening", "schedule": 600.0},
    "follow floors": {"task": "campaigns.tasks.follow_floors", "schedule": 3600.0},
    "deliver mail": {"task": "campaigns.tasks.deliver_mail", "schedule": 2.0},
    "deliver SMS": {"task": "campaigns.tasks.deliver_sms", "schedule": 2.0},
    "deliver notifications": {"task": "campaigns.tasks.deliver_push", "schedule": 2.0},
    "deliver WhatsApp": {"task": "campaigns.tasks.deliver_whatsapp", "schedule": 2.0},
    "deliver first mail": {"task": "campaigns.tasks.deliver_first_mail", "schedule": 1.0},
    "deliver first SMS": {"task": "campaigns.tasks.deliver_first_sms", "schedule": 1.0},
    "reap": {"task": "campaigns.tasks.reap", "schedule": 15.0},
    "read bounces": {"task": "campaigns.tasks.read_bounces", "schedule": 60.0},
    "escalate memos": {"task": "campaigns.tasks.escalate_memos", "schedule": 60.0},
    "chase alarms": {"task": "campaigns.tasks.chase_alarms", "schedule": 20.0},
    "ask for news": {"task": "centers.tasks.ask_for_news", "schedule": 3600.0},
    "renew offers": {"task": "campaigns.tasks.renew_offers", "schedule": 120.0},
    "tend campaigns": {"task": "campaigns.tasks.tend_campaigns", "schedule": 30.0},
    "remind coordinators": {
        "task": "campaigns.tasks.remind_coordinators",
        "schedule": 1800.0,
    },
    "tend visits": {"task": "campaigns.tasks.tend_visits", "schedule": 15.0},
    "lapse reservations": {"task": "centers.tasks.lapse_reservations", "schedule": 120.0},
    "expire bags": {"task": "centers.tasks.expire_bags", "schedule": 300.0},
    "forget": {"task": "campaigns.tasks.forget", "schedule": 3600.0},
    "release places": {"task": "centers.tasks.release_unable", "schedule": 300.0},
    "settle missed places": {"task": "centers.tasks.settle_missed", "schedule": 600.0},
    "work on rosters": {"task": "donors.tasks.work_on_rosters", "schedule": 3.0},
    "check data": {"task": "donors.tasks.check_data", "schedule": 1800.0},
    "forget rosters": {"task": "donors.tasks.forget_rosters", "schedule": 3600.0},
    "compare people": {"task": "centers.tasks.compare_people", "schedule": 60.0},
    "forget requests": {"task": "centers.tasks.forget_requests", "schedule": 3600.0},
    "take in readings": {"task": "centers.tasks.take_in_readings", "schedule": 15.0},
    "review floors": {"task": "centers.tasks.review_floors", "schedule": 60.0},
}
