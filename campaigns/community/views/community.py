from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from campaigns.community import recognition, tally
from campaigns.messaging import links
from campaigns.views.responses import for_everybody
from donors.errors import Refused


@for_everybody
def thanks(request):
    now = timezone.now()
    context = {
        "shares": recognition.by_share(now),
        "regular": recognition.by_regularity(now),
        "least_people": recognition.LEAST_PEOPLE,
        "least_units": recognition.LEAST_UNITS,
    }
    return render(request, "campaigns/community/thanks.html", context)


@login_not_required
@require_safe
def own(request, token):
    """For those to whom the unit gave the link; nothing of a person is on it."""
    try:
        unit = links.unit_of_tally(token)
    except Refused as refused:
        raise Http404 from refused
    context = {"unit": unit, "tally": tally.of(unit, timezone.now())}
    response = render(request, "campaigns/community/tally.html", context)
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_store=True)
    return response
