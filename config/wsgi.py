import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
site = get_wsgi_application()

from .opening import require  # noqa: E402
from .page_cache.front_door import Front  # noqa: E402 - needs the settings
from .page_cache.middleware import SharedPages  # noqa: E402

require()
connections.close_all()  # this thread's connection, which serves no request
application = Front(site, SharedPages.serving) if SharedPages.serving else site
