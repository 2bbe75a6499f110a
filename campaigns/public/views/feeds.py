"""Feeds: for calendar programs, feed readers and other sites' pages."""

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.syndication.views import Feed
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from campaigns import calendars
from campaigns.agenda import listing
from campaigns.messaging import links
from campaigns.public.forms.public import CampaignFilter
from campaigns.views.responses import calendar_file, for_everybody
from centers.models import Center
from donors import punctuation
from donors.models import Unit

MOST = 200
FRAMED = 6
FEED = 50


@for_everybody
def unit(request, code):
    """The campaigns of a unit and of its subunits."""
    of = get_object_or_404(Unit, code=code)
    return _calendar(request, of.name, unit__path__startswith=of.path)


@for_everybody
def center(request, code):
    of = get_object_or_404(Center.objects.collecting(), code=code)
    return _calendar(request, of.name, center=of)


def _calendar(request, name, **which):
    now = timezone.now()
    rows = listing.narrowed(listing.coming(now), **which)[:MOST]
    events = listing.events(rows, request.LANGUAGE_CODE, now)
    return calendar_file(calendars.render(events, _("Giving blood: %(name)s") % {"name": name}))


class Campaigns(Feed):
    """Upcoming campaigns as Atom, filtered like the list."""

    feed_type = Atom1Feed

    def get_object(self, request):
        return CampaignFilter(request.GET)

    def title(self):
        what = _("Where to give")
        return f"{what} · {settings.SITE_NAME}"

    def subtitle(self):
        return _(
            "Coming campaigns, soonest first. They are open to everybody who may give; please"
            " book a place."
        )

    def link(self):
        return links.page_url("campaigns:campaign-list", get_language())

    def feed_url(self):
        return links.page_url("campaigns:campaign-feed", get_language())

    def items(self, choice):
        now = timezone.now()
        return listing.cards(choice.apply(listing.coming(now), now)[:FEED])

    def item_title(self, card):
        name = card.campaign.name
        if card.is_cancelled:
            return _("Cancelled: %(name)s") % {"name": name}
        if card.session and card.session.moved_at:
            return _("Moved: %(name)s") % {"name": name}
        return name

    def item_description(self, card):
        if card.session is None:
            return card.campaign.because
        day = date_format(timezone.localtime(card.session.starts_at), "DATETIME_FORMAT")
        who = punctuation.listed([card.campaign.unit.name, card.campaign.center.name])
        said = f"{punctuation.listed([day, card.session.name])}. {who}"
        return f"{card.because} {said}".strip() if card.is_cancelled else said

    def item_link(self, card):
        public_id = card.campaign.public_id
        return links.page_url("campaigns:campaign-detail", get_language(), public_id)

    def item_guid(self, card):
        return f"urn:uuid:{card.campaign.public_id}"

    def item_updateddate(self, card):
        moved_at = card.session.moved_at if card.session else None
        return max(at for at in (card.campaign.decided_at, moved_at) if at)


campaigns = for_everybody(Campaigns())


@for_everybody
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def framed(request):
    """A few upcoming campaigns, for a frame in another site's page."""
    now = timezone.now()
    choice = CampaignFilter(request.GET)
    rows = choice.apply(listing.coming(now), now)
    code = request.GET.get("center")
    rows = listing.narrowed(rows, center__code=code) if code else rows
    context = {
        "cards": listing.cards(rows[:FRAMED], choice.near),
        "query": choice.query,
        "now": now,
    }
    return render(request, "campaigns/public/framed.html", context)


@for_everybody
def developers(request):
    site = settings.SITE_URL
    context = {
        "api": f"{site}{reverse('api-document')}",
        "example": f"{site}{reverse('api-campaigns')}?province=MA-TAZ&free=1",
        "points": f"{site}{reverse('api-campaign-points')}",
        "stock": f"{site}{reverse('api-stock')}",
        "feed": links.page_url("campaigns:campaign-feed", request.LANGUAGE_CODE),
        "frame": links.page_url("campaigns:framed", request.LANGUAGE_CODE) + "?province=MA-TAZ",
        "unit": links.page_url("campaigns:unit-calendar", request.LANGUAGE_CODE, "SR-TAZ"),
        "center": links.page_url("campaigns:center-calendar", request.LANGUAGE_CODE, "BS-TAZ"),
    }
    return render(request, "campaigns/public/developers.html", context)
