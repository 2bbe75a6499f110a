from django.urls import path

from .views import channels, outbox

urlpatterns = [
    path("channels/", channels.index, name="channels"),
    path("channels/try/", channels.try_now, name="channel-try"),
    path("channels/pause/", channels.pause, name="channel-pause"),
    path("channels/leave/", channels.let_leave, name="channel-leave"),
    path("sent-messages/", outbox.sent, name="outbox"),
]
