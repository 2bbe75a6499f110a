from django.urls import path, re_path

from .views import reports

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
]
