from django.conf.urls.i18n import i18n_patterns
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path

from campaigns.messaging.views import machines
from campaigns.public import feed_urls
from campaigns.public.sitemaps import SITEMAPS
from campaigns.public.views import installed, pictures
from campaigns.views.responses import for_everybody

from . import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("", health.front_door, name="front-door"),
    path("robots.txt", health.robots, name="robots"),
    path("sitemap.xml", for_everybody(sitemaps.index), {"sitemaps": SITEMAPS}),
    path(
        "sitemap-<section>.xml",
        for_everybody(sitemaps.sitemap),
        {"sitemaps": SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
    path("icon-<int:size>.png", pictures.icon, name="icon"),
    path("worker.js", installed.worker, name="worker"),
    path("api/v1/", include(feed_urls.API)),
    path("stop", machines.stop, name="stop"),
    path("messages/", include("campaigns.messaging.machine_urls")),
    path("inbound/", include("campaigns.inbound.machine_urls")),
    *i18n_patterns(
        path("", include("campaigns.urls")),
        path("centre/", include("centers.urls")),
        path("", include("donors.urls")),
        path("account/", include("allauth.urls")),
    ),
]
