from django.urls import path

from .views import link_offers, offers, rotation

urlpatterns = [
    # Behind the link in an officer's message
    path("m/<str:token>/<slug:unit>/offers/", link_offers.choose, name="memo-link-offers"),
    path(
        "m/<str:token>/<slug:unit>/offers/<int:offer>/take/",
        link_offers.take,
        name="memo-link-take",
    ),
    # Officers: three days for a unit
    path("memos/<uuid:public_id>/<slug:unit>/offers/", offers.choose, name="memo-offers"),
    path(
        "memos/<uuid:public_id>/<slug:unit>/offers/<int:offer>/take/",
        offers.take,
        name="offer-take",
    ),
    # Administrators, and managers for their centre
    path("rotation/", rotation.index, name="rotation"),
    path("rotation/open-days/", rotation.published, name="open-days"),
    path("rotation/open-days/<int:pk>/withdraw/", rotation.withdraw, name="open-day-withdraw"),
    path("rotation/<uuid:public_id>/", rotation.move, name="rotation-move"),
]
