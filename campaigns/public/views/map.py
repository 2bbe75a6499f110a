from django.shortcuts import render
from django.utils import timezone

from campaigns.agenda import listing, map_projection
from campaigns.public.forms.public import CampaignFilter
from campaigns.views.responses import for_everybody
from centers.models import Center
from donors.models import Region


@for_everybody
def country(request):
    """Campaigns on a map, of the country or around a province, and as the same list beside it."""
    now = timezone.now()
    choice = CampaignFilter(request.GET)
    coming = choice.apply(listing.coming(now), now)
    view = map_projection.of(choice.near)
    towns = listing.places(coming, choice.near) if choice.near else listing.towns(coming)
    provinces = choice.provinces
    context = {
        "filter": choice,
        "changed": listing.changed(now, choice.near),
        "query": choice.query,
        "beside": choice.query_without("province"),
        "now": now,
        "view": view,
        "markers": map_projection.markers((town for town in towns if town.count), view),
        "collecting": {town.province.code for town in towns if town.count},
        "provinces": provinces,
        "regions": Region.objects.order_by("code"),
        "towns": view.shown(provinces),
        "banks": view.shown(Center.objects.collecting()),
    }
    return render(request, "campaigns/public/map.html", context)
