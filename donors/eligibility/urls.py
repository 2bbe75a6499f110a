from django.urls import path

from .views import policy

urlpatterns = [
    path("eligibility/", policy.index, name="policy"),
    path("eligibility/changes/<uuid:public_id>/", policy.decide, name="policy-decide"),
    path("eligibility/<slug:table>/<slug:code>/", policy.rule, name="policy-rule"),
]
