from django.urls import path

from .views import demo, gallery

app_name = "donors"

urlpatterns = [
    path("demo/", demo.enter, name="demo-enter"),
    path("components/", gallery.gallery, name="component-gallery"),
]
