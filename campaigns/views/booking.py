"""A place in three steps: when, who, and the code of the message. Nothing is taken before the code."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import access, bookings, calendars, places
from campaigns.errors import Refused
from campaigns.forms.booking import CodeForm, WhenForm, WhoForm
from centers.views.refusals import show

from .public import calendar_file

MOST_TIMES = 200


def unlisted(view):
    """No sign-in, kept by no cache and by no search engine."""

    @wraps(view)
    def shown(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return login_not_required(never_cache(shown))


@unlisted
@require_safe
def when(request, public_id):
    campaign = get_object_or_404(places.shown(), public_id=public_id)
    times = list(places.times(campaign, timezone.now())[:MOST_TIMES])
    chosen = request.GET if "slot" in request.GET else None
    action = reverse("campaigns:booking-when", args=[public_id])
    form = WhenForm(chosen, slots=times, action=action)
    if form.is_bound and form.is_valid():
        return redirect("campaigns:booking-who", public_id=public_id, slot=form.chosen.pk)
    context = {"campaign": campaign, "form": form}
    return render(request, "campaigns/booking/when.html", context)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def who(request, public_id, slot):
    campaign = get_object_or_404(places.shown(), public_id=public_id)
    chosen = places.times(campaign, timezone.now()).filter(pk=slot).first()
    if chosen is None:
        return redirect(f"{reverse('campaigns:booking-when', args=[public_id])}?slot={slot}")
    action = reverse("campaigns:booking-who", args=[public_id, slot])
    form = WhoForm(request.POST or None, action=action)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"language": request.LANGUAGE_CODE}
        try:
            asked = bookings.ask(slot=chosen, now=timezone.now(), **said)
            return redirect("campaigns:booking-code", public_id=asked.public_id)
        except Refused as refused:
            show(request, form, refused)
    context = {"campaign": campaign, "slot": chosen, "form": form}
    return render(request, "campaigns/booking/who.html", context)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def code(request, public_id):
    asked = _asked(public_id)
    if asked.confirmed_at:
        return redirect("campaigns:booking-done", public_id=public_id)
    action = reverse("campaigns:booking-code", args=[public_id])
    form = CodeForm(request.POST or None, action=action)
    if request.method == "POST" and form.is_valid():
        try:
            bookings.confirm(asked=asked, code=form.cleaned_data["code"], now=timezone.now())
            return redirect("campaigns:booking-done", public_id=public_id)
        except Refused as refused:
            form.add_error("code", str(refused))
    context = {"asked": asked, "form": form, "campaign": asked.slot.session.campaigns.first()}
    return render(request, "campaigns/booking/code.html", context)


@unlisted
@require_safe
def done(request, public_id):
    asked = _asked(public_id)
    if not asked.confirmed_at:
        return redirect("campaigns:booking-code", public_id=public_id)
    context = {"asked": asked, "session": asked.slot.session}
    return render(request, "campaigns/booking/done.html", context)


@unlisted
@require_POST
def cancel(request, public_id):
    asked = _asked(public_id)
    if asked.confirmed_at:
        bookings.give_back(asked=asked, now=timezone.now())
    return redirect("campaigns:booking-done", public_id=public_id)


@unlisted
@require_safe
def calendar(request, public_id):
    asked = _asked(public_id)
    url = request.build_absolute_uri(reverse("campaigns:booking-done", args=[public_id]))
    events = places.visit(asked, url)
    return calendar_file(calendars.render(events, timezone.now()), "visit.ics")


def _asked(public_id):
    rows = access.booking_requests().select_related("slot__session__center", "appointment")
    return get_object_or_404(rows, public_id=public_id)
