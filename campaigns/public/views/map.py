from django.shortcuts import render
from django.utils import timezone

from campaigns.agenda import listing, map_projection
from campaigns.public.forms.public import CampaignFilter
from campaigns.views.responses import for_everybody
from centers.models import Center


@for_everybody
def country(request):
    """Campaigns on a map and as the same list beside it."""
    now = timezone.now()
    choice = CampaignFilter(request.GET)
    towns = listing.towns(choice.apply(listing.coming(now), now))
    context = {
        "filter": choice,
        "query": choice.query,
        "beside": choice.query_without("province"),
        "now": now,
        "markers": map_projection.markers(town for town in towns if town.count),
        "dots": map_projection.ground(town.province for town in towns),
        "banks": [map_projection.point(center) for center in Center.objects.collecting()],
        "width": map_projection.WIDTH,
        "height": map_projection.HEIGHT,
    }
    return render(request, "campaigns/public/map.html", context)
