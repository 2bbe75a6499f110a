from django.urls import path, re_path

from .views import pictures, preparing

PICTURE = r"pictures/(?P<picture>[0-9a-f-]{36})-(?P<size>large|small)\.webp$"
CAMPAIGN = r"(?P<public_id>[0-9a-f-]{36})"

urlpatterns = [
    path("drives/<uuid:public_id>/prepare/", preparing.show, name="drive-prepare"),
    path("drives/<uuid:public_id>/prepare/tick/", preparing.tick, name="drive-tick"),
    path("drives/<uuid:public_id>/prepare/untick/", preparing.untick, name="drive-untick"),
    path("drives/<uuid:public_id>/invite/", preparing.invite, name="drive-invite"),
    path("drives/<uuid:public_id>/report/", preparing.report, name="drive-report"),
    path("drives/<uuid:public_id>/thank-people/", preparing.thank, name="drive-thank-people"),
    path("drives/<uuid:public_id>/pictures/", pictures.index, name="drive-pictures"),
    path(
        "drives/<uuid:public_id>/pictures/<uuid:picture>/remove/",
        pictures.remove,
        name="drive-picture-remove",
    ),
    re_path(rf"^drives/{CAMPAIGN}/{PICTURE}", pictures.preview, name="drive-picture"),
    # Public
    re_path(rf"^campaigns/{CAMPAIGN}/{PICTURE}", pictures.public, name="campaign-photo"),
]
