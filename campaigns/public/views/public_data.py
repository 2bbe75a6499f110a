"""The read API, version 1. Additions only: a breaking change gets a new version."""

from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.agenda import listing
from campaigns.models import Campaign
from campaigns.public import blood_need, openapi, public_data
from campaigns.public.forms.public_data import CampaignQuery
from campaigns.views.responses import for_everybody
from centers.inventory import cover
from centers.models import Center

PAGE = 100
GEO = "application/geo+json"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, Accept",
    "Access-Control-Expose-Headers": "ETag",
    "Access-Control-Max-Age": "86400",
}


def for_programs(view):
    """A public page that scripts of every other site may read (CORS)."""
    shown = for_everybody(view)

    @wraps(view)
    def answered(request, *args, **kwargs):
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=CORS)
        response = shown(request, *args, **kwargs)
        for name, value in CORS.items():
            response[name] = value
        return response

    return login_not_required(answered)


@for_programs
def campaigns(request):
    return _listed(request, lambda page: JsonResponse(page))


@for_programs
def campaigns_on_a_map(request):
    """One point per session."""

    def collection(page):
        points = [
            session | {"campaign": {k: v for k, v in campaign.items() if k != "sessions"}}
            for campaign in page.pop("campaigns")
            for session in campaign["sessions"]
        ]
        return JsonResponse(public_data.features(points, "id") | page, content_type=GEO)

    return _listed(request, collection)


def _listed(request, made):
    now = timezone.now()
    query = CampaignQuery(request.GET.dict())
    if not query.is_valid():
        return refused(query)
    number = query.cleaned_data["page"] or 1
    coming = query.apply(listing.as_far_as(listing.coming(now), number * PAGE))
    # Paginator only needs slicing and count(); the stubs ask for more.
    pages: Paginator[Campaign] = Paginator(coming, PAGE)  # type: ignore[arg-type]
    page = pages.get_page(number)
    rows = public_data.with_sessions(page, now)
    answer = {
        "count": pages.count,
        "more": coming.more,
        "next": _page(request, page.next_page_number()) if page.has_next() else None,
        "previous": _page(request, page.previous_page_number()) if page.has_previous() else None,
        "campaigns": [public_data.campaign(row) for row in rows],
    }
    return made(answer)


def _page(request, number: int) -> str:
    said = request.GET.dict() | {"page": number}
    return f"{settings.SITE_URL}{request.path}?{urlencode(said)}"


@for_programs
def campaign(request, public_id):
    now = timezone.now()
    found = listing.shown().filter(public_id=public_id).select_related("unit", "center")
    rows = public_data.with_sessions(found, now)
    if not rows:
        return problem(404, _("There is no such campaign."))
    return JsonResponse(public_data.campaign(rows[0]))


@for_programs
def centres(request):
    return JsonResponse({"centres": _centres()})


@for_programs
def centres_on_a_map(request):
    return JsonResponse(public_data.features(_centres(), "code"), content_type=GEO)


def _centres() -> list[dict]:
    rows = Center.objects.collecting().select_related("province").order_by("code")
    return [public_data.centre(row) for row in rows]


@for_programs
def stock(request):
    now = timezone.now()
    use = cover.daily(now=now)
    shelves = [
        {
            "code": center.code,
            "name": public_data.names(center),
            "groups": [public_data.level(level) for level in levels],
        }
        for center, levels in blood_need.by_center(now, use).items()
    ]
    national = [public_data.level(level) for level in blood_need.national(now, use)]
    return JsonResponse({"national": national, "centres": shelves})


@for_programs
def document(request):
    return JsonResponse(openapi.document())


def refused(form) -> JsonResponse:
    return problem(400, _("Put right what is listed in errors."), errors=form.errors)


def problem(status: int, detail: str, **more) -> JsonResponse:
    """RFC 9457."""
    content = {"type": "about:blank", "status": status, "detail": detail} | more
    return JsonResponse(content, status=status, content_type="application/problem+json")
