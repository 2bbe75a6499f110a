from django.urls import path, re_path

from .views import reactions, report

urlpatterns = [
    path("at/<slug:code>/patient-reactions/", reactions.index, name="patient-reaction-list"),
    path("bags/<uuid:public_id>/reaction/", reactions.new, name="patient-reaction-new"),
    path("patient-reactions/<uuid:public_id>/", reactions.detail, name="patient-reaction"),
    path(
        "patient-reactions/<uuid:public_id>/assess/",
        reactions.assess,
        name="patient-reaction-assess",
    ),
    path("haemovigilance/", report.show, name="haemovigilance"),
    path("haemovigilance/<int:year>/", report.show, name="haemovigilance-report"),
    re_path(
        r"^haemovigilance/(?P<year>\d{4})\.(?P<ending>csv|xlsx)$",
        report.sheet,
        name="haemovigilance-file",
    ),
]
