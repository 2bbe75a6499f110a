from django.urls import path

from .views import afterwards, desk, plans, rooms

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("situation/", rooms.country, name="situation"),
    path("situation/now/", rooms.country_now, name="situation-now"),
    path("situation/plan/", rooms.plan_now, name="plan-now"),
    path("situation/plans/<uuid:public_id>/", plans.plan, name="plan"),
    path("situation/<uuid:public_id>/", rooms.operation, name="situation-operation"),
    path("situation/<uuid:public_id>/now/", rooms.operation_now, name="situation-operation-now"),
    # Public
    path("operations/<uuid:public_id>/afterwards/", afterwards.account_of, name="afterwards"),
]
