from django.urls import path

from .views import estimates, operations, orders

urlpatterns = [
    path("operations/", operations.index, name="operation-list"),
    path("operations/begin/", operations.begin, name="operation-begin"),
    path("operations/<uuid:public_id>/", operations.detail, name="operation-detail"),
    path("operations/<uuid:public_id>/phase/", operations.phase, name="operation-phase"),
    path("operations/<uuid:public_id>/close/", operations.close, name="operation-close"),
    path("operations/<uuid:public_id>/estimate/", estimates.estimate, name="operation-estimate"),
    path("operations/<uuid:public_id>/order/", orders.order, name="operation-order"),
    path(
        "operations/<uuid:public_id>/order/confirm/", orders.confirm, name="operation-order-confirm"
    ),
]
