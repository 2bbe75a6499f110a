from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from campaigns.agenda import listing
from campaigns.public import pictures
from campaigns.views.responses import for_everybody

ICONS = (180, 192, 512)


@for_everybody
def campaign(request, public_id):
    now = timezone.now()
    shown = get_object_or_404(listing.shown(), public_id=public_id)
    days = listing.days(shown, now)
    standing = listing.standing(shown, days)
    return _png(pictures.campaign(shown, days, standing, now))


@for_everybody
def site(request):
    return _png(pictures.site())


@for_everybody
def icon(request, size):
    if size not in ICONS:
        raise Http404
    return _png(pictures.icon(size))


def _png(picture: bytes) -> HttpResponse:
    return HttpResponse(picture, content_type="image/png")
