from django.urls import path, re_path

from .views import reports, trail

ENDING = r"\.(?P<ending>csv|xlsx)$"

urlpatterns = [
    path("reports/", reports.country, name="report-month"),
    re_path(
        r"^reports/activity\.(?P<ending>csv|xlsx)$",
        reports.country_file,
        name="report-month-file",
    ),
    path("reports/at/<slug:code>/", reports.center, name="report-center"),
    re_path(
        r"^reports/at/(?P<code>[-a-zA-Z0-9_]+)/activity\.(?P<ending>csv|xlsx)$",
        reports.center_file,
        name="report-center-file",
    ),
    path("reports/indicators/", reports.indicators, name="report-who"),
    re_path(
        r"^reports/indicators\.(?P<ending>csv|xlsx)$",
        reports.indicators_file,
        name="report-who-file",
    ),
    path("reports/trail/", trail.ask, name="trail"),
    path("reports/trail/donor/<uuid:key>/", trail.show_trail, {"of": "donor"}, name="trail-donor"),
    path("reports/trail/bag/<uuid:key>/", trail.show_trail, {"of": "bag"}, name="trail-bag"),
    path("reports/trail/user/<int:key>/", trail.show_trail, {"of": "user"}, name="trail-user"),
    re_path(
        rf"^reports/trail/(?P<of>donor|bag)/(?P<key>[0-9a-f-]{{36}}){ENDING}",
        trail.trail_file,
        name="trail-file",
    ),
    re_path(
        rf"^reports/trail/(?P<of>user)/(?P<key>\d+){ENDING}",
        trail.trail_file,
        name="trail-user-file",
    ),
]
