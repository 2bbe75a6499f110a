"""Guidance before giving; the self-check stores nothing."""

from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from campaigns import calendars
from campaigns.messaging import links
from campaigns.public import faq, guidance, schema_org, selfcheck
from campaigns.public.forms.public import NearForm
from campaigns.public.forms.selfcheck import SelfCheckForm
from campaigns.views.responses import calendar_file, for_everybody
from centers.models import Marker

REMINDED_AT = time(9)


@for_everybody
def check(request):
    return render(request, "campaigns/guide/check.html", {"form": _form()})


# Nothing is written and nobody is signed in: without the CSRF cookie the page can be cached.
@login_not_required
@csrf_exempt
@never_cache
@require_POST
def answer(request):
    form = _form(request.POST)
    if not form.is_valid():
        if form.asks_when:
            form.ask_when()
        return render(request, "campaigns/guide/check.html", {"form": form})
    verdict = selfcheck.judge(form.answers, form.on)
    context = {"verdict": verdict, "places": NearForm(request.GET)}
    return render(request, "campaigns/guide/verdict.html", context)


def _form(data=None) -> SelfCheckForm:
    action = reverse("campaigns:self-check-answer")
    return SelfCheckForm(data, on=timezone.localdate(), action=action)


@for_everybody
def again(request, on):
    """A calendar entry for the next possible day, without the reason."""
    try:
        day = date.fromisoformat(on)
    except ValueError as error:
        raise Http404 from error
    begins = timezone.make_aware(datetime.combine(day, REMINDED_AT))
    event = calendars.Event(
        uid=f"again-{day}",
        starts_at=begins,
        ends_at=begins + timedelta(minutes=30),
        summary=_("I may give blood again"),
        place="",
        latitude=None,
        longitude=None,
        url=links.page_url("campaigns:campaign-list", request.LANGUAGE_CODE),
        stamp=datetime.combine(day, time(), UTC),
    )
    return calendar_file(calendars.render([event]), "again.ics")


@for_everybody
def asked(request):
    on = timezone.localdate()
    rows = faq.answered(guidance.at_a_glance(on))
    data = schema_org.script([schema_org.questions(rows)])
    return render(request, "campaigns/guide/questions.html", {"rows": rows, "structured": data})


@for_everybody
def safety(request):
    panel = Marker.objects.in_force(timezone.localdate()).filter(kind=Marker.Kind.INFECTION)
    return render(request, "campaigns/guide/safety.html", {"panel": panel})


@for_everybody
def why(request):
    return render(request, "campaigns/guide/why.html")
