from django.urls import path

from .views import rates, suggestions

urlpatterns = [
    path("planning/rates/", rates.detail, name="planning-rates"),
    path("planning/floors/", suggestions.index, name="floors-suggested-list"),
    path("planning/floors/<slug:code>/", suggestions.detail, name="floors-suggested"),
    path("planning/floors/<slug:code>/policy/", suggestions.policy, name="floors-policy"),
    path("planning/floors/<slug:code>/<slug:component>/", suggestions.apply, name="floors-apply"),
]
