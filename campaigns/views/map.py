from django.shortcuts import render
from django.utils import timezone

from campaigns import places, projection
from campaigns.forms.public import CampaignFilter
from centers.models import Center

from .responses import for_everybody


@for_everybody
def country(request):
    """Where campaigns are, on a sheet and as the same list beside it."""
    now = timezone.now()
    choice = CampaignFilter(request.GET)
    towns = places.towns(choice.apply(places.coming(now), now))
    context = {
        "filter": choice,
        "query": choice.query,
        "beside": choice.query_without("province"),
        "now": now,
        "markers": projection.markers(town for town in towns if town.count),
        "dots": projection.ground(town.province for town in towns),
        "banks": [projection.point(center) for center in Center.objects.collecting()],
        "width": projection.WIDTH,
        "height": projection.HEIGHT,
    }
    return render(request, "campaigns/public/map.html", context)
