from django.urls import path

from .views import officers, units

urlpatterns = [
    path("units/", units.index, name="units"),
    path("units/invitations/<uuid:public_id>/", officers.accept, name="officer-accept"),
    path("units/<slug:code>/", units.detail, name="unit"),
    path("units/<slug:code>/officers/", officers.invite, name="officer-invite"),
    path("units/<slug:code>/officers/<uuid:public_id>/", officers.decide, name="officer-decide"),
    path("units/<slug:code>/officers/<int:pk>/end/", officers.end, name="officer-end"),
    path("units/<slug:code>/<slug:act>/", units.act, name="unit-act"),
]
