"""The site's settings, made strict: anything undefined, insecure or external fails."""

import os

from config import env

env.AS_OWNER = (
    True  # makes the database; tests/support/owner.py then leaves the rights of the owner
)

from config.settings import *  # noqa: E402, F403
from config.settings import (  # noqa: E402
    CACHES,
    DATABASES,
    INSTALLED_APPS,
    MIDDLEWARE,
    STORAGES,
    TEMPLATES,
)


class Undefined(str):
    """An undefined template variable fails the test instead of printing nothing."""

    __slots__ = ()

    def __mod__(self, name):
        raise AssertionError(f"undefined template variable: {name}")

    def __contains__(self, item):
        return item == "%s"


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined("%s")
INSTALLED_APPS = [*INSTALLED_APPS, "tests"]  # tests/management
DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ.get("TEMPLATE_DATABASE")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Redis is unavailable: no page, no sign-in and no rule may need it.
CACHES["progress"]["LOCATION"] = "redis://127.0.0.1:1/0"
PAGES_URL = ""
# Copies would outlive their test; tests/config/test_page_cache.py enables them.
MIDDLEWARE = [m for m in MIDDLEWARE if "whitenoise" not in m and "SharedPages" not in m]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = False
SITE_URL = "http://testserver"
QUIET_HOURS = (24, 0)  # tests must pass at night too; quiet hours have tests of their own
