"""Addresses for gateways: without language and cookie."""

from django.urls import path

from .views import machines

urlpatterns = [
    path("reports/<str:token>/", machines.report, name="sms-report"),
    path("replies/<str:key>/", machines.reply, name="sms-reply"),
    path("whatsapp/", machines.from_whatsapp, name="whatsapp"),
    path("envoisms/", machines.envoisms, name="envoisms"),
]
