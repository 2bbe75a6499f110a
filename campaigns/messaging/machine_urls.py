"""Addresses for programs: without language and cookie."""

from django.urls import path

from .views import machines

urlpatterns = [path("stop/<str:token>/", machines.unsubscribe, name="unsubscribe")]
