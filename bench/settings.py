"""The site's settings with the peer of bench/delivery added."""

import os

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "post_office"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
MESSAGE_TRANSPORTS = {
    "email": "campaigns.messaging.transports.email",
    "sms": "campaigns.messaging.transports.sms",
    "push": "campaigns.messaging.transports.memory",
    "whatsapp": "campaigns.messaging.transports.memory",
}
_port = os.environ.get("BENCH_SMS_PORT")  # not while the demonstration is made
SMS_GATEWAY_URL = f"http://127.0.0.1:{_port}/send" if _port else ""
SMS_GATEWAY_TOKEN, SMS_GATEWAY_KIND = "bench", "json"
POST_OFFICE = {"BATCH_SIZE": 500, "THREADS_PER_PROCESS": 1, "LOG_LEVEL": 0}
QUIET_HOURS = (24, 0)
EMAIL_HOST, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = "127.0.0.1", "", ""
EMAIL_PORT = int(os.environ.get("BENCH_SMTP_PORT", "25"))
EMAIL_USE_TLS = EMAIL_USE_SSL = False
