from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from campaigns.agenda import listing
from campaigns.agenda.distances import kilometres
from campaigns.messaging import links
from campaigns.public import blood_need
from campaigns.public.forms.public import CentreFilter, HereForm
from campaigns.views.responses import for_everybody, qr_code
from centers.models import Center, Session
from donors import alphabet
from donors.models.place import Region

NEAR = 5


@for_everybody
def index(request):
    """Every centre that collects, by region, or those whose name or town matches the search."""
    choice = CentreFilter(request.GET)
    rows = choice.apply(Center.objects.collecting().select_related("province__region"))
    context = {"filter": choice, "regions": regions(rows)}
    return render(request, "campaigns/public/centres.html", context)


def regions(rows: Iterable[Center]) -> dict[Region, list[Center]]:
    made: dict[Region, list[Center]] = {}
    key = alphabet.key
    for center in sorted(rows, key=lambda c: (key(c.province.region.name), key(c.name))):
        made.setdefault(center.province.region, []).append(center)
    return made


# CSRF-exempt as the self-check: it writes nothing, and a position must not be in an address or a
# log.
@login_not_required
@csrf_exempt
@never_cache
@require_POST
def near(request):
    """The nearest centres and campaigns to a telephone's position, accurate to about a
    kilometre."""
    form = HereForm(request.POST)
    if not form.is_valid():
        return redirect("campaigns:center-list")
    here, now = form.here, timezone.now()
    rows = Center.objects.collecting().select_related("province")
    away = sorted(((round(kilometres(here, c)), c) for c in rows), key=lambda pair: pair[0])
    context = {"centers": away[:NEAR], "cards": listing.nearest(here, now), "now": now}
    return render(request, "campaigns/public/near.html", context)


@for_everybody
def detail(request, code):
    """When a centre collects, what it lacks, and how to get there."""
    now = timezone.now()
    center = get_object_or_404(Center.objects.collecting().select_related("province"), code=code)
    followed = links.page_url("campaigns:center-calendar", request.LANGUAGE_CODE, code)
    context = {
        "center": center,
        "need": blood_need.at(center, now),
        "days": listing.at(center, now),
        "calendar": links.subscribed(followed),
    }
    return render(request, "campaigns/public/centre.html", context)


@for_everybody
def poster(request, public_id):
    """The poster for a day without a campaign."""
    sessions = Session.objects.upcoming(timezone.now()).select_related("center")
    session = get_object_or_404(sessions, public_id=public_id)
    code = session.center.code
    context = {
        "name": session.center.name,
        "unit": None,
        "center": session.center,
        "sessions": [session],
        "page": reverse("campaigns:center-page", args=[code]),
        "page_url": _address(request, code),
        "code": reverse("campaigns:center-qr", args=[code]),
    }
    return render(request, "campaigns/public/poster.html", context)


@for_everybody
def qr(request, code):
    center = get_object_or_404(Center.objects.collecting(), code=code)
    return qr_code(_address(request, center.code))


def _address(request, code: str) -> str:
    return links.page_url("campaigns:center-page", request.LANGUAGE_CODE, code)
