from django.urls import path

from .views import demo

app_name = "donors"

urlpatterns = [
    path("demo/", demo.enter, name="demo-enter"),
]
