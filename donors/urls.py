from django.urls import path

from .views import demo, gallery, officers, policy, units

app_name = "donors"

urlpatterns = [
    path("demo/", demo.enter, name="demo-enter"),
    path("eligibility/", policy.listed, name="policy"),
    path("eligibility/changes/<uuid:public_id>/", policy.decide, name="policy-decide"),
    path("eligibility/<slug:table>/<slug:code>/", policy.rule, name="policy-rule"),
    path("units/", units.listed, name="units"),
    path("units/invitations/<uuid:public_id>/", officers.accept, name="officer-accept"),
    path("units/<slug:code>/", units.detail, name="unit"),
    path("units/<slug:code>/officers/", officers.invite, name="officer-invite"),
    path("units/<slug:code>/officers/<uuid:public_id>/", officers.decide, name="officer-decide"),
    path("units/<slug:code>/officers/<int:pk>/end/", officers.end, name="officer-end"),
    path("units/<slug:code>/<slug:act>/", units.act, name="unit-act"),
    path("components/", gallery.gallery, name="component-gallery"),
]
