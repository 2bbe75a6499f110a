"""Pages opened by links in messages. The link identifies the recipient: there is no sign-in, and
the link replaces the CSRF cookie for a POST."""

from datetime import date

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.account import own_record
from campaigns.agenda import bookable
from campaigns.appeals import later, responses
from campaigns.booking.forms.slots import SlotForm
from campaigns.messaging import links, unsubscribing
from campaigns.messaging.catalogue import KINDS
from campaigns.messaging.views.by_link import by_link
from centers.sessions import advice
from donors.clock.calendar import local_day
from donors.contact import consent
from donors.errors import Refused

MOST_TIMES = 120


@require_safe
@by_link(links.ANSWER)
def answer(request, token, notification):
    return _page(request, _Answer(token, notification))


@require_POST
@by_link(links.ANSWER)
def book(request, token, notification):
    answered = _Answer(token, notification, request.POST)
    form = answered.form
    if not form.is_valid():
        return _page(request, answered)
    try:
        responses.accept(
            appeal=answered.appeal, donor=answered.donor, slot=form.chosen, now=answered.now
        )
    except Refused as refused:
        form.add_error("slot", str(refused))
        return _page(request, answered)
    return redirect("campaigns:answer", token=token)


@require_POST
@by_link(links.ANSWER)
def decline(request, token, notification):
    appeal = responses.appeal_of(notification)
    try:
        responses.decline(appeal=appeal, donor=notification.donor, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:answer", token=token)


@require_POST
@by_link(links.ANSWER)
def keep(request, token, notification):
    """“Keep me for later”: the week's first day is the button's value."""
    answered = _Answer(token, notification)
    try:
        responses.keep_for_later(
            appeal=answered.appeal,
            donor=answered.donor,
            week=_day(request.POST.get("week", "")),
            offered=answered.weeks,
            now=answered.now,
        )
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:answer", token=token)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min  # a week that is never offered


@require_POST
@by_link(links.ANSWER)
def unkeep(request, token, notification):
    own_record.unkeep(donor=notification.donor, now=timezone.now())
    messages.success(request, _("You are no longer kept for that week."))
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
        "purpose": KINDS[notification.kind].purpose,
    }
    return render(request, "campaigns/answers/stop.html", context)


class _Answer:
    """What the page of one link needs, read once."""

    def __init__(self, token, notification, data=None):
        self.token, self.notification, self.now = token, notification, timezone.now()
        self.appeal = responses.appeal_of(notification)
        self.donor = notification.donor
        self.advice = advice.on(donor=self.donor, day=local_day(self.now), now=self.now)
        self.near = responses.near(notification, self.now)
        self.weeks = later.weeks(donor=self.donor, near=self.near, now=self.now)
        times = responses.times(
            appeal=self.appeal,
            near=self.near,
            first=self.advice.first,
            weeks=self.weeks,
            now=self.now,
        )[:MOST_TIMES]
        action = reverse("campaigns:answer-book", args=[token])
        self.form = SlotForm(data, slots=times, action=action)


def _page(request, answered):
    appeal, donor, now = answered.appeal, answered.donor, answered.now
    again = answered.notification.kind == "second_gift"
    said = None if again else responses.given(appeal, donor)
    place = said.appointment if said else None
    if place and place.state != "booked":
        place = None
    session = answered.near[0].session if answered.near else None
    context = {
        "appeal": appeal,
        "again": again,
        "asks": responses.asks(appeal) and not again,
        "advice": advice.of(place, now) if place else answered.advice,
        "token": answered.token,
        "form": answered.form,
        "leading": responses.leading(answered.form.slots.values(), answered.near),
        "said": said,
        "place": place,
        "happened": responses.happened(answered.notification, said),
        "weeks": answered.weeks,
        "kept": own_record.kept_for(donor, now),
        "public": bookable.campaign_of(session) if session else None,
        "stop_token": links.token(answered.notification, links.UNSUBSCRIBE),
        "paused_until": consent.paused_until(donor, timezone.localdate()),
    }
    return render(request, "campaigns/answers/answer.html", context)
