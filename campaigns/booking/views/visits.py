"""The page of a visit, opened by its secret address: time, moving, cancelling, being on the way."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import access, calendars
from campaigns.agenda import bookable
from campaigns.booking import visits as rules
from campaigns.booking.forms.booking import MoveForm
from campaigns.messaging import links
from campaigns.views.responses import calendar_file, kept_by_reader
from centers.sessions import advice, booking
from centers.sessions import waiting_list as line
from donors.contact import push_keys, subscriptions
from donors.errors import Refused

from .booking import MOST_TIMES, booked_here, unlisted


@unlisted
@require_safe
def visit(request, public_id):
    appointment = _visit(public_id)
    if appointment.moved_to:
        return redirect("campaigns:visit", public_id=appointment.moved_to.public_id)
    now = timezone.now()
    session = appointment.slot.session
    lives = appointment.state in ("booked", "offered")
    context = {
        "visit": appointment,
        "session": session,
        "initials": rules.initials(appointment.donor.person),
        "campaign": bookable.campaign_of(session),
        "may_take_back": bool(appointment.kept_until and appointment.kept_until > now),
        "advice": advice.of(appointment, now) if lives else None,
        "over": session.ends_at <= now,
        "held": appointment.state == "offered" and appointment.offered_until > now,
        "may_set_out": booking.may_set_out(appointment, now),
        "push_key": push_keys.public_key() if _may_subscribe(request, appointment) else "",
    }
    against = context["advice"] is not None and context["advice"].against
    context["expected"] = rules.is_expected(appointment, now)
    context["unfit"] = against and (context["held"] or context["expected"])
    if appointment.released:
        context |= rules.why_released(appointment, now)
    return kept_by_reader(render(request, "campaigns/visits/visit.html", context))


def _may_subscribe(request, appointment) -> bool:
    """Who has just booked here with the code, or is signed in: the address of this page may have been
    passed on, and a browser gets the messages to come."""
    if not push_keys.is_on() or appointment.state != appointment.State.BOOKED:
        return False
    own = access.own_donor(request.user)
    return booked_here(request, appointment) or (
        own is not None and own == appointment.donor.person
    )


@unlisted
@require_POST
def push(request, public_id):
    appointment = _visit(public_id)
    if not _may_subscribe(request, appointment):
        raise PermissionDenied
    said = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    try:
        donor = appointment.donor.person
        subscriptions.of_donor(donor=donor, now=timezone.now(), **said)
        messages.success(request, _("Messages are shown on this device from now on."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:visit", public_id=public_id)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def move(request, public_id):
    appointment = _visit(public_id)
    if not rules.may_choose_again(appointment):
        return redirect("campaigns:visit", public_id=public_id)
    now = timezone.now()
    others = bookable.instead(appointment, now)
    typed = request.POST if request.method == "POST" else None
    form = MoveForm(typed, slots=others[:MOST_TIMES], action=request.path)
    if request.method == "POST" and form.is_valid():
        try:
            moved = rules.move(appointment=appointment, slot=form.chosen, now=now)
            return redirect("campaigns:visit", public_id=moved.public_id)
        except Refused as refused:
            form.add_error("slot", str(refused))
    context = {
        "visit": appointment,
        "form": form,
        "back": _address(public_id),
        "advice": advice.of(appointment, now),
    }
    return render(request, "campaigns/visits/move.html", context)


@unlisted
@require_POST
def take(request, public_id):
    try:
        rules.take(appointment=_visit(public_id), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:visit", public_id=public_id)


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request, public_id):
    """Asks once; an offered place is declined at once."""
    appointment = _visit(public_id)
    if request.method == "POST":
        rules.give_back(appointment=appointment, now=timezone.now())
    elif appointment.state == appointment.State.BOOKED:
        return render(request, "campaigns/visits/give_back.html", {"visit": appointment})
    return redirect("campaigns:visit", public_id=public_id)


@unlisted
@require_POST
def take_back(request, public_id):
    try:
        rules.take_back(appointment=_visit(public_id), now=timezone.now())
        messages.success(request, _("The place is yours again."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:visit", public_id=public_id)


@unlisted
@require_POST
def set_out(request, public_id):
    try:
        rules.set_out(appointment=_visit(public_id), now=timezone.now())
        messages.success(request, _("Reception knows that you are coming. Drive safely."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:visit", public_id=public_id)


@unlisted
@require_safe
def calendar(request, public_id):
    appointment = _visit(public_id)
    if appointment.moved_to:
        return redirect("campaigns:visit-calendar", public_id=appointment.moved_to.public_id)
    url = links.page_url("campaigns:visit", request.LANGUAGE_CODE, public_id)
    events = bookable.visit(appointment, url, timezone.now())
    if not events:
        return redirect("campaigns:visit", public_id=public_id)
    return calendar_file(calendars.render(events), "visit.ics")


@unlisted
@require_safe
def waiting(request, public_id):
    row = get_object_or_404(access.waiting(), public_id=public_id)
    if row.offer:
        return redirect("campaigns:visit", public_id=row.offer.public_id)
    context = {"waiting": row, "session": row.session, "number": rules.number_in_line(row)}
    return render(request, "campaigns/visits/waiting.html", context)


@unlisted
@require_POST
def leave(request, public_id):
    row = get_object_or_404(access.waiting(), public_id=public_id)
    line.leave(waiting=row, now=timezone.now())
    return redirect("campaigns:waiting", public_id=public_id)


def _visit(public_id):
    return get_object_or_404(access.visits(), public_id=public_id)


def _address(public_id) -> str:
    return reverse("campaigns:visit", args=[public_id])
