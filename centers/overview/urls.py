from django.urls import path

from .views import centers

urlpatterns = [
    path("", centers.home, name="home"),
    path("at/<slug:code>/", centers.detail, name="center-detail"),
]
