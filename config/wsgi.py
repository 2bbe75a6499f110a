import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
site = get_wsgi_application()

from donors import zone_rows  # noqa: E402 - needs the settings

from .front import Front  # noqa: E402
from .shared import SharedPages  # noqa: E402

zone_rows.require()
connections.close_all()
application = Front(site, SharedPages.serving) if SharedPages.serving else site
