"""The site's map: what everybody sees, then the workplaces of those who ask."""

from django.urls import path

from . import urls_appeals, urls_feeds
from .views import (
    booking,
    centres,
    desk,
    drives,
    installed,
    map,
    memos,
    month,
    operations,
    pictures,
    public,
    visits,
)

app_name = "campaigns"

urlpatterns = [
    # Everybody
    path("", public.home, name="home"),
    path("campaigns/", public.listed, name="campaign-list"),
    path("campaigns/map/", map.country, name="campaign-map"),
    path("campaigns/month/", month.sheet, name="campaign-month"),
    path("campaigns/<uuid:public_id>/", public.detail, name="campaign-detail"),
    path("campaigns/<uuid:public_id>/qr.svg", public.qr, name="campaign-qr"),
    path("campaigns/<uuid:public_id>/campaign.ics", public.calendar, name="campaign-calendar"),
    path("campaigns/<uuid:public_id>/share.png", pictures.campaign, name="campaign-picture"),
    path("share.png", pictures.site, name="site-picture"),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("saved/", installed.saved, name="saved"),
    path("centres/<slug:code>/", centres.detail, name="center-page"),
    path("stock/", public.stock, name="stock"),
    path("how/", public.how, name="how"),
    # Booking a place
    path("campaigns/<uuid:public_id>/book/", booking.when, name="booking-when"),
    path("campaigns/<uuid:public_id>/book/<int:slot>/", booking.who, name="booking-who"),
    path("campaigns/<uuid:public_id>/wait/<uuid:session>/", booking.wait, name="booking-wait"),
    path("bookings/<uuid:public_id>/", booking.code, name="booking-code"),
    path("bookings/<uuid:public_id>/move/", booking.move, name="booking-move"),
    path("bookings/<uuid:public_id>/again/", booking.again, name="booking-again"),
    # The visit that is booked; the first address is short, for it stands in an SMS
    path("v/<uuid:public_id>/", visits.visit, name="visit"),
    path("v/<uuid:public_id>/move/", visits.move, name="visit-move"),
    path("v/<uuid:public_id>/take/", visits.take, name="visit-take"),
    path("v/<uuid:public_id>/give-back/", visits.give_back, name="visit-give-back"),
    path("v/<uuid:public_id>/set-out/", visits.set_out, name="visit-set-out"),
    path("v/<uuid:public_id>/visit.ics", visits.calendar, name="visit-calendar"),
    path("w/<uuid:public_id>/", visits.waiting, name="waiting"),
    path("w/<uuid:public_id>/leave/", visits.leave, name="waiting-leave"),
    # Workplaces
    path("desk/", desk.desk, name="desk"),
    path("operations/", operations.listed, name="operation-list"),
    path("operations/begin/", operations.begin, name="operation-begin"),
    path("operations/<uuid:public_id>/", operations.detail, name="operation-detail"),
    path("operations/<uuid:public_id>/close/", operations.close, name="operation-close"),
    path("operations/<uuid:public_id>/memo/", memos.write, name="memo-write"),
    path("operations/<uuid:public_id>/memo/issue/", memos.issue, name="memo-issue"),
    path("memos/", memos.listed, name="memo-list"),
    path("memos/<uuid:public_id>/", memos.detail, name="memo-detail"),
    path("memos/<uuid:public_id>/answers.csv", memos.sheet, name="memo-sheet"),
    path(
        "memos/<uuid:public_id>/<slug:unit>/acknowledge/",
        memos.acknowledge,
        name="memo-acknowledge",
    ),
    path("memos/<uuid:public_id>/<slug:unit>/will/", memos.will, name="memo-will"),
    path("memos/<uuid:public_id>/<slug:unit>/cannot/", memos.cannot, name="memo-cannot"),
    path("drives/", drives.listed, name="drive-list"),
    path("drives/plan/", drives.plan, name="drive-plan"),
    path("drives/<uuid:public_id>/", drives.detail, name="drive-detail"),
    path("drives/<uuid:public_id>/tell/", drives.tell, name="drive-tell"),
    path("drives/<uuid:public_id>/thank/", drives.thank, name="drive-thank"),
    path("drives/<uuid:public_id>/confirm/", drives.confirm, name="drive-confirm"),
    path("drives/<uuid:public_id>/decline/", drives.decline, name="drive-decline"),
    path("drives/<uuid:public_id>/cancel/", drives.cancel, name="drive-cancel"),
    *urls_appeals.urlpatterns,
    *urls_feeds.urlpatterns,
]
