from django.shortcuts import render
from django.utils import timezone

from campaigns import places, projection
from campaigns.forms.public import CampaignFilter
from centers.models import Center
from donors.models import Province

from .public import for_everybody


@for_everybody
def country(request):
    """Where campaigns are, on a sheet and as the same list beside it."""
    now = timezone.now()
    choice = CampaignFilter(request.GET)
    rows = choice.apply(places.coming(now), now).select_related("unit", "center")
    cards = places.cards(rows[: places.MOST])
    context = {
        "filter": choice,
        "query": choice.query,
        "now": now,
        "markers": projection.markers(projection.towns(cards)),
        "dots": projection.ground(Province.objects.all()),
        "banks": [projection.point(center) for center in Center.objects.collecting()],
        "width": projection.WIDTH,
        "height": projection.HEIGHT,
    }
    return render(request, "campaigns/public/map.html", context)
