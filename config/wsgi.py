import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
site = get_wsgi_application()

from .front import Front  # noqa: E402 - needs the settings
from .shared import SharedPages  # noqa: E402

application = Front(site, SharedPages.serving) if SharedPages.serving else site
