from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from . import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("", health.front_door, name="front-door"),
    path("messages/", include("campaigns.machine_urls")),
    *i18n_patterns(
        path("", include("campaigns.urls")),
        path("centre/", include("centers.urls")),
        path("", include("donors.urls")),
        path("account/", include("allauth.urls")),
    ),
]
