from django.urls import path

from .views import demo, gallery, policy

app_name = "donors"

urlpatterns = [
    path("demo/", demo.enter, name="demo-enter"),
    path("eligibility/", policy.listed, name="policy"),
    path("eligibility/changes/<uuid:public_id>/", policy.decide, name="policy-decide"),
    path("eligibility/<slug:table>/<slug:code>/", policy.rule, name="policy-rule"),
    path("components/", gallery.gallery, name="component-gallery"),
]
