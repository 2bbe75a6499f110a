"""Public pages without a session: each may be cached for a few seconds."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from campaigns import calendars
from campaigns.agenda import listing, week
from campaigns.messaging import links
from campaigns.models import Campaign
from campaigns.organising import drive_totals
from campaigns.public import blood_need, guidance, schema_org
from campaigns.public.forms.public import CampaignFilter, NearForm
from campaigns.views.responses import calendar_file, for_everybody, qr_code
from centers.inventory import cover

PAGE = 24


@for_everybody
def home(request):
    """Is blood needed near me, and where do I go?"""
    now = timezone.now()
    choice = NearForm(request.GET)
    province = choice.chosen
    context = {
        "choice": choice,
        "province": province,
        "need": blood_need.near(province, now),
        "cards": listing.nearest(province, now),
        "week": week.ahead(listing.coming(now), province),
        "changed": listing.changed(now, province),
    }
    return render(request, "campaigns/public/home.html", context)


@for_everybody
def index(request):
    now = timezone.now()
    choice = CampaignFilter(request.GET)
    asked = request.GET.get("page")
    rows = choice.apply(listing.as_far_as(listing.coming(now), _rows_before(asked)), now)
    # Paginator only needs slicing and count(); the stubs ask for more.
    pages: Paginator[Campaign] = Paginator(rows, PAGE)  # type: ignore[arg-type]
    page = pages.get_page(asked)
    cards = listing.cards(page.object_list, choice.near)
    changed = listing.changed(now, choice.near) if page.number == 1 else []
    context = {"page": page, "cards": cards, "filter": choice, "query": choice.query, "now": now}
    context["changed"] = changed
    return render(request, "campaigns/public/list.html", context)


def _rows_before(page: str | None) -> int:
    """The number of rows up to the end of the requested page; a number with more digits is
    invalid."""
    return int(page) * PAGE if page and page.isdecimal() and len(page) < 6 else 0


@for_everybody
def short(request, short):
    """The short address of an SMS."""
    try:
        return redirect("campaigns:campaign-detail", public_id=links.campaign_id(short))
    except ValueError as error:
        raise Http404 from error


@for_everybody
def detail(request, public_id):
    now = timezone.now()
    rows = listing.shown().select_related("unit", "center", "operation")
    campaign = get_object_or_404(rows, public_id=public_id)
    days = listing.days(campaign, now)
    address = _address(request, campaign)
    standing = listing.standing(campaign, days)
    context = {
        "campaign": campaign,
        "story": listing.story(campaign),
        "afterword": listing.story(campaign, "afterword"),
        "photos": campaign.pictures.filter(removed_at=None).defer("large", "small"),
        "days": days,
        "free": sum(day.free for day in days),
        "standing": standing,
        "progress": listing.progress(campaign),
        "now": now,
        "bounds": guidance.at_a_glance(timezone.localdate(now)),
        "page_url": address,
        "calendar": links.subscribed(
            links.page_url("campaigns:unit-calendar", request.LANGUAGE_CODE, campaign.unit.code)
        ),
        "picture_url": links.page_url(
            "campaigns:campaign-picture", request.LANGUAGE_CODE, public_id
        ),
    }
    if standing == listing.Standing.OVER:
        context["counts"] = drive_totals.of_drive(campaign)
    found = schema_org.events(campaign, days, standing, address)
    context["structured"] = schema_org.script(found) if found else ""
    return render(request, "campaigns/public/detail.html", context)


@for_everybody
def poster(request, public_id):
    """One A4 poster; without counts, because it hangs for days.

    ``?session=`` shows only that day, for the door.
    """
    campaign = get_object_or_404(
        listing.shown().select_related("unit", "center"), public_id=public_id
    )
    days = listing.days(campaign, timezone.now())
    coming = [day for day in days if day.session.state in day.session.LIVE]
    only = request.GET.get("session")
    context = {
        "name": campaign.name,
        "unit": campaign.unit,
        "center": campaign.center,
        "sessions": [d.session for d in coming if str(d.session.public_id) == only]
        or [d.session for d in coming],
        "page": reverse("campaigns:campaign-detail", args=[public_id]),
        "page_url": _address(request, campaign),
        "code": reverse("campaigns:campaign-qr", args=[public_id]),
    }
    return render(request, "campaigns/public/poster.html", context)


@for_everybody
def qr(request, public_id):
    campaign = get_object_or_404(listing.shown(), public_id=public_id)
    return qr_code(_address(request, campaign))


@for_everybody
def calendar(request, public_id):
    now = timezone.now()
    campaign = get_object_or_404(listing.shown(), public_id=public_id)
    events = listing.events([campaign], request.LANGUAGE_CODE, now)
    if not events:
        raise Http404
    return calendar_file(calendars.render(events), "campaign.ics")


def _address(request, campaign) -> str:
    language = request.LANGUAGE_CODE
    return links.page_url("campaigns:campaign-detail", language, campaign.public_id)


@for_everybody
def stock(request):
    """Days of cover by group, for the country and for each centre, with the figures' age."""
    now = timezone.now()
    use = cover.daily(now=now)
    context = {
        "national": blood_need.national(now, use),
        "rows": blood_need.table(now, use),
        "groups": blood_need.GROUPS,
    }
    return render(request, "campaigns/public/stock.html", context)


@for_everybody
def how(request):
    on = timezone.localdate()
    context = {"bounds": guidance.bounds(on), "waits": guidance.waits(on)}
    return render(request, "campaigns/public/how.html", context)
