"""Floor for bench/public_page and bench/surge: Django with one view and no middleware."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import re_path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], SECRET_KEY="bench")  # noqa: S106
urlpatterns = [re_path("", lambda request: HttpResponse("ok"))]
application = get_wsgi_application()
