from django.urls import path

from .views import community

urlpatterns = [
    path("thanks/", community.thanks, name="unit-thanks"),
    path("units/tally/<str:token>/", community.own, name="unit-tally"),
]
