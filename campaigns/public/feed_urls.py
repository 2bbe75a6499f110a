"""For programs: the read API outside the language prefixes, and feeds within them."""

from django.urls import path

from .views import feeds, public_data

API = [
    path("campaigns.json", public_data.campaigns, name="api-campaigns"),
    path("campaigns.geojson", public_data.campaigns_on_a_map, name="api-campaign-points"),
    path("campaigns/<uuid:public_id>.json", public_data.campaign, name="api-campaign"),
    path("centres.json", public_data.centres, name="api-centres"),
    path("centres.geojson", public_data.centres_on_a_map, name="api-centre-points"),
    path("stock.json", public_data.stock, name="api-stock"),
    path("openapi.json", public_data.document, name="api-document"),
]

urlpatterns = [
    path("campaigns/feed.atom", feeds.campaigns, name="campaign-feed"),
    path("units/<slug:code>/campaigns.ics", feeds.unit, name="unit-calendar"),
    path("centres/<slug:code>/sessions.ics", feeds.center, name="center-calendar"),
    path("embed/campaigns/", feeds.framed, name="framed"),
    path("developers/", feeds.developers, name="developers"),
]
