from django.urls import path

from .views import came_back

urlpatterns = [
    path("came-back/", came_back.index, name="came-back"),
    path("came-back/<int:pk>/read/", came_back.read, name="reply-read"),
]
