"""Booking in three steps: slot, person, code of the message. No place is taken before the code.

Joining the waiting list of a full session consists of the last two steps.
"""

from functools import wraps

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import access
from campaigns.agenda import bookable, listing
from campaigns.booking import place_requests
from campaigns.booking.forms.booking import CodeForm, MoveForm, WhenForm, WhoForm
from centers.models import Appointment
from centers.views.refusals import show
from donors.errors import Refused

MOST_TIMES = 200


BOOKED = "booked"  # in the session: the place last confirmed in this browser


def unlisted(view):
    """Public, never cached, not indexed by search engines."""

    @wraps(view)
    def shown(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return login_not_required(never_cache(shown))


@unlisted
@require_safe
def when(request, public_id):
    campaign = get_object_or_404(listing.shown(), public_id=public_id)
    slots = list(bookable.of(campaign, timezone.now())[:MOST_TIMES])
    chosen = request.GET if {"slot", "go"} & request.GET.keys() else None
    action = reverse("campaigns:booking-when", args=[public_id])
    form = WhenForm(chosen, slots=slots, action=action)
    if form.is_bound and form.is_valid():
        return redirect("campaigns:booking-who", public_id=public_id, slot=form.chosen.pk)
    lines = [] if slots else bookable.lines(campaign, timezone.now())
    context = {"campaign": campaign, "form": form, "lines": lines}
    return render(request, "campaigns/booking/when.html", context)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def who(request, public_id, slot):
    campaign = get_object_or_404(listing.shown(), public_id=public_id)
    form = _who_form(request, campaign, slot)
    if request.method != "POST" and form.before is None:
        return redirect(f"{reverse('campaigns:booking-when', args=[public_id])}?slot={slot}")
    if request.method == "POST" and form.is_valid():
        try:
            return _ask(request, form)
        except Refused as refused:
            if refused.field == "slot":
                form = _who_form(request, campaign, None)
            else:
                show(request, form, refused)
    context = {"campaign": campaign, "slot": form.before, "session": None, "form": form}
    return render(request, "campaigns/booking/who.html", context)


def _ask(request, form):
    sender = get_adapter().get_client_ip(request)
    language = request.LANGUAGE_CODE
    asked = place_requests.ask(**form.said, language=language, sender=sender, now=timezone.now())
    return redirect("campaigns:booking-code", public_id=asked.public_id)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request, public_id, session):
    """Join the waiting list of a full session; with a free place the list is closed."""
    campaign = get_object_or_404(listing.shown(), public_id=public_id)
    lines = bookable.lines(campaign, timezone.now())
    waits_for = next((one for one in lines if one.public_id == session), None)
    if waits_for is None:
        return redirect("campaigns:booking-when", public_id=public_id)
    typed = request.POST if request.method == "POST" else None
    form = WhoForm(
        typed,
        action=request.path,
        slots=[],
        before=None,
        waits_for=waits_for,
        draft_of=str(public_id),
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _ask(request, form)
        except Refused as refused:
            show(request, form, refused)
    context = {"campaign": campaign, "slot": None, "session": waits_for, "form": form}
    return render(request, "campaigns/booking/who.html", context)


def _who_form(request, campaign, slot) -> WhoForm:
    """The form with the chosen slot, or with the other slots if it was taken meanwhile."""
    free = bookable.of(campaign, timezone.now())
    before = free.filter(pk=slot).first()
    slots = [] if before else free[:MOST_TIMES]
    typed = request.POST if request.method == "POST" else None
    kept = str(campaign.public_id)
    return WhoForm(typed, slots=slots, before=before, draft_of=kept, action=request.path)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def code(request, public_id):
    asked = _asked(public_id)
    if asked.confirmed_at:
        return _made(asked.appointment or asked.waiting)
    now = timezone.now()
    form = CodeForm(request.POST if request.method == "POST" else None, action=request.path)
    another = asked.slot is not None and not bookable.still_open(asked.slot, now)
    if request.method == "POST" and form.is_valid():
        try:
            made = place_requests.confirm(asked=asked, code=form.cleaned_data["code"], now=now)
            request.session[BOOKED] = str(made.public_id)
            return _made(made)
        except Refused as refused:
            form.add_error("code", str(refused))
            another = refused.field == "slot"
    return _code_page(request, asked, form, _move_form(asked) if another else None)


def booked_here(request, appointment) -> bool:
    """Whether this browser confirmed that place with the code of the message."""
    return request.session.get(BOOKED) == str(appointment.public_id)


def _made(what):
    name = "campaigns:visit" if isinstance(what, Appointment) else "campaigns:waiting"
    return redirect(name, public_id=what.public_id)


def _move_form(asked, data=None) -> MoveForm:
    action = reverse("campaigns:booking-move", args=[asked.public_id])
    slots = bookable.beside(asked.slot, timezone.now())[:MOST_TIMES]
    return MoveForm(data, slots=slots, action=action)


def _code_page(request, asked, form, move_form):
    context = {
        "asked": asked,
        "form": form,
        "move_form": move_form,
        "campaign": bookable.campaign_of(asked.waits_for or asked.slot.session),
        "over": asked.expires_at <= timezone.now(),
    }
    return render(request, "campaigns/booking/code.html", context)


@unlisted
@require_POST
def move(request, public_id):
    """The slot was taken meanwhile: choose another one; the code of the message stays valid."""
    asked = _asked(public_id)
    if asked.slot is None:
        return redirect("campaigns:booking-code", public_id=public_id)
    chosen = _move_form(asked, request.POST)
    if chosen.is_valid():
        try:
            place_requests.move(asked=asked, slot=chosen.chosen, now=timezone.now())
            return redirect("campaigns:booking-code", public_id=public_id)
        except Refused as refused:
            chosen.add_error("slot", str(refused))
    action = reverse("campaigns:booking-code", args=[public_id])
    return _code_page(request, asked, CodeForm(action=action), chosen)


@unlisted
@require_POST
def again(request, public_id):
    """Send a new code, without typing anything again."""
    asked = _asked(public_id)
    try:
        asked = place_requests.ask_again(asked=asked, now=timezone.now())
        messages.success(request, _("A new code is on its way; the old one may be forgotten."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:booking-code", public_id=asked.public_id)


def _asked(public_id):
    related = ("slot__session__center", "waits_for", "appointment", "waiting")
    rows = access.booking_requests().select_related(*related)
    return get_object_or_404(rows, public_id=public_id)
