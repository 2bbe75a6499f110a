from django.urls import path

from .views import hospital_links

urlpatterns = [
    path("b/<str:token>/", hospital_links.show, name="bag-link"),
    path("b/<str:token>/answer/", hospital_links.answer, name="bag-link-answer"),
]
