from django.urls import path

from .views import booking, unreached, visits

urlpatterns = [
    # Booking a place
    path("campaigns/<uuid:public_id>/book/", booking.when, name="booking-when"),
    path("campaigns/<uuid:public_id>/book/<int:slot>/", booking.who, name="booking-who"),
    path("campaigns/<uuid:public_id>/wait/<uuid:session>/", booking.wait, name="booking-wait"),
    path("bookings/<uuid:public_id>/", booking.code, name="booking-code"),
    path("bookings/<uuid:public_id>/move/", booking.move, name="booking-move"),
    path("bookings/<uuid:public_id>/again/", booking.again, name="booking-again"),
    path("unreached/", unreached.index, name="unreached"),
    # The booked visit; the first address is short, because it is part of an SMS
    path("v/<uuid:public_id>/", visits.visit, name="visit"),
    path("v/<uuid:public_id>/move/", visits.move, name="visit-move"),
    path("v/<uuid:public_id>/take/", visits.take, name="visit-take"),
    path("v/<uuid:public_id>/give-back/", visits.give_back, name="visit-give-back"),
    path("v/<uuid:public_id>/take-back/", visits.take_back, name="visit-take-back"),
    path("v/<uuid:public_id>/set-out/", visits.set_out, name="visit-set-out"),
    path("v/<uuid:public_id>/push/", visits.push, name="visit-push"),
    path("v/<uuid:public_id>/visit.ics", visits.calendar, name="visit-calendar"),
    path("w/<uuid:public_id>/", visits.waiting, name="waiting"),
    path("w/<uuid:public_id>/leave/", visits.leave, name="waiting-leave"),
]
