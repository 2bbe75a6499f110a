"""The floor of bench/public_page: Django with nothing around one view."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], SECRET_KEY="bench")  # noqa: S106
urlpatterns = [path("", lambda request: HttpResponse("ok"))]
application = get_wsgi_application()
