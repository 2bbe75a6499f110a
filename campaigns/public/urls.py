from django.urls import path

from .views import centres, guide, installed, map, month, pictures, public

urlpatterns = [
    # Public pages
    path("", public.home, name="home"),
    path("campaigns/", public.index, name="campaign-list"),
    path("campaigns/map/", map.country, name="campaign-map"),
    path("campaigns/month/", month.sheet, name="campaign-month"),
    path("campaigns/<uuid:public_id>/", public.detail, name="campaign-detail"),
    path("c/<str:short>/", public.short, name="campaign-short"),
    path("campaigns/<uuid:public_id>/poster/", public.poster, name="campaign-poster"),
    path("campaigns/<uuid:public_id>/qr.svg", public.qr, name="campaign-qr"),
    path("campaigns/<uuid:public_id>/campaign.ics", public.calendar, name="campaign-calendar"),
    path("campaigns/<uuid:public_id>/share.png", pictures.campaign, name="campaign-picture"),
    path("share.png", pictures.site, name="site-picture"),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("saved/", installed.saved, name="saved"),
    path("centres/<slug:code>/", centres.detail, name="center-page"),
    path("centres/<slug:code>/qr.svg", centres.qr, name="center-qr"),
    path("days/<uuid:public_id>/poster/", centres.poster, name="session-poster"),
    path("stock/", public.stock, name="stock"),
    path("how/", public.how, name="how"),
    path("may-i-give/", guide.check, name="self-check"),
    path("may-i-give/answer/", guide.answer, name="self-check-answer"),
    path("may-i-give/again/<str:on>.ics", guide.again, name="give-again"),
    path("questions/", guide.asked, name="questions"),
    path("safety/", guide.safety, name="safety"),
    path("why/", guide.why, name="why"),
    path("centres/", centres.index, name="center-list"),
    path("near/", centres.near, name="near"),
]
