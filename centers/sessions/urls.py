from django.urls import path

from .views import planning

urlpatterns = [
    # Sessions and arrivals
    path("at/<slug:code>/sessions/plan/", planning.plan, name="session-plan"),
    path("sessions/<uuid:public_id>/team/", planning.team, name="session-team"),
    path("sessions/<uuid:public_id>/arrange/", planning.arrange, name="session-arrange"),
]
