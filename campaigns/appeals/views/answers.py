"""Pages opened by links in messages. The link identifies the recipient: there is no sign-in, and
the link replaces the CSRF cookie for a POST."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.agenda import bookable
from campaigns.appeals import responses
from campaigns.booking.forms.slots import SlotForm
from campaigns.messaging import links, unsubscribing
from centers.sessions import advice
from donors.clock.calendar import local_day
from donors.contact import consent
from donors.errors import Refused

MOST_TIMES = 80


def by_link(purpose):
    """Pass the message of the link to the view; never cached, and no referrer is sent."""

    def decorate(view):
        @wraps(view)
        def read(request, token):
            try:
                notification = links.read(token, purpose)
                response = view(request, token, notification)
            except Refused as refused:
                context = {"sentence": str(refused)}
                response = render(request, "campaigns/answers/closed.html", context, status=410)
            response["Referrer-Policy"] = "no-referrer"
            response["X-Robots-Tag"] = "noindex"
            return response

        return login_not_required(csrf_exempt(never_cache(read)))

    return decorate


@require_safe
@by_link(links.ANSWER)
def answer(request, token, notification):
    return _page(request, token, notification, _form(token, notification))


@require_POST
@by_link(links.ANSWER)
def book(request, token, notification):
    form = _form(token, notification, request.POST)
    if not form.is_valid():
        return _page(request, token, notification, form)
    appeal = notification.wave.appeal
    try:
        responses.accept(
            appeal=appeal, donor=notification.donor, slot=form.chosen, now=timezone.now()
        )
    except Refused as refused:
        form.add_error("slot", str(refused))
        return _page(request, token, notification, form)
    return redirect("campaigns:answer", token=token)


@require_POST
@by_link(links.ANSWER)
def decline(request, token, notification):
    appeal = notification.wave.appeal
    try:
        responses.decline(appeal=appeal, donor=notification.donor, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:answer", token=token)


@require_POST
@by_link(links.ANSWER)
def pause(request, token, notification):
    responses.pause(donor=notification.donor, now=timezone.now())
    messages.success(request, _("You will get no appeal for eight weeks."))
    return redirect("campaigns:answer", token=token)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(links.UNSUBSCRIBE)
def stop_appeals(request, token, notification):
    if request.method == "POST":
        unsubscribing.stop_for_good(notification=notification, now=timezone.now())
    context = {
        "token": token,
        "done": request.method == "POST",
        "reminders": notification.kind == "visit_reminder",
    }
    return render(request, "campaigns/answers/stop.html", context)


def _form(token, notification, data=None) -> SlotForm:
    slots = responses.slots(notification.wave.appeal, timezone.now())
    first = _today(notification.donor).first
    slots = bookable.from_day(slots, first)[:MOST_TIMES]
    return SlotForm(data, slots=slots, action=reverse("campaigns:answer-book", args=[token]))


def _today(donor) -> advice.Advice:
    now = timezone.now()
    return advice.on(donor=donor, day=local_day(now), now=now)


def _page(request, token, notification, form):
    appeal, donor = notification.wave.appeal, notification.donor
    said = responses.given(appeal, donor)
    place = said.appointment if said else None
    if place and place.state != "booked":
        place = None
    context = {
        "appeal": appeal,
        "advice": advice.of(place, timezone.now()) if place else _today(donor),
        "token": token,
        "form": form,
        "said": said,
        "paused_until": consent.paused_until(donor, timezone.localdate()),
    }
    return render(request, "campaigns/answers/answer.html", context)
