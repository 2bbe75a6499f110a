from datetime import date

from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date

from campaigns.agenda import listing
from campaigns.public import month_sheet
from campaigns.public.forms.public import CampaignFilter
from campaigns.views.responses import for_everybody


@for_everybody
def sheet(request):
    """The number of campaigns per day; a day links to its list. An invalid month shows the current
    one."""
    now = timezone.now()
    choice = CampaignFilter(request.GET)
    of = choice.apply(listing.coming(now), now)
    wanted = _first(request.GET.get("month", "")) or timezone.localdate(now)
    context = {
        "filter": choice,
        "changed": listing.changed(now, choice.near),
        "query": choice.query,
        "month": month_sheet.sheet(of, wanted.replace(day=1)),
        "today": timezone.localdate(now),
    }
    return render(request, "campaigns/public/month.html", context)


def _first(text: str) -> date | None:
    try:
        return parse_date(f"{text}-01")
    except ValueError:
        return None
