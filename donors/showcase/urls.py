from django.urls import path

from .views import demo, gallery

urlpatterns = [
    path("demo/", demo.enter, name="demo-enter"),
    path("components/", gallery.gallery, name="component-gallery"),
]
