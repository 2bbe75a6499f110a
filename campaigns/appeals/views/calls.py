"""Asking by telephone: which appeals wait, and the one person whom the reader calls now."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campaigns import access
from campaigns.agenda import bookable
from campaigns.appeals import calls, responses
from campaigns.booking.forms.slots import SlotForm
from campaigns.models import Call
from centers.sessions import advice
from donors.clock.calendar import local_day, quiet_until
from donors.errors import Refused

MOST_TIMES = 40
WITHOUT_TIME = [choice for choice in Call.Outcome.choices if choice[0] != Call.Outcome.YES]


@require_safe
@never_cache
def index(request):
    now = timezone.now()
    context = {
        "rows": calls.waiting(access.appeals_to_call_for(request.user), now),
        "own": access.own_calls(request.user).first(),
        "quiet_until": quiet_until(now),
    }
    return render(request, "campaigns/calls/list.html", context)


@require_POST
def take(request, public_id):
    appeal = get_object_or_404(access.appeals_to_call_for(request.user), public_id=public_id)
    try:
        call = calls.take_next(appeal=appeal, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("campaigns:call-list")
    if call is None:
        messages.info(request, _("Nobody is left to call for this appeal now."))
        return redirect("campaigns:call-list")
    return redirect("campaigns:call", public_id=call.public_id)


@require_safe
@never_cache
def detail(request, public_id):
    call = _own(request, public_id)
    return _page(request, call, _form(call))


@require_POST
def said(request, public_id):
    call, now = _own(request, public_id), timezone.now()
    outcome, slot = request.POST.get("outcome", Call.Outcome.YES), None
    form = _form(call, request.POST)
    if outcome not in Call.Outcome.values:
        outcome = Call.Outcome.YES
    if outcome == Call.Outcome.YES:
        if not form.is_valid():
            return _page(request, call, form)
        slot = form.chosen
    try:
        calls.settle(call=call, outcome=outcome, slot=slot, by=request.user, now=now)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("campaigns:call", public_id=public_id)
    messages.success(request, _("Noted. Thank you."))
    return redirect("campaigns:call-list")


def _own(request, public_id):
    rows = access.own_calls(request.user).select_related("appeal__center", "donor__merged_into")
    return get_object_or_404(rows, public_id=public_id)


def _form(call, data=None):
    now = timezone.now()
    first = advice.on(donor=call.donor, day=local_day(now), now=now).first
    slots = bookable.from_day(responses.slots(call.appeal, now), first)[:MOST_TIMES]
    action = reverse("campaigns:call-said", args=[call.public_id])
    form = SlotForm(data, slots=list(slots), action=action)
    form.helper.disable_csrf = False  # the caller is signed in
    return form


def _page(request, call, form):
    context = {
        "call": call,
        "numbers": calls.numbers(call.donor),
        "form": form,
        "outcomes": WITHOUT_TIME,
    }
    return render(request, "campaigns/calls/call.html", context)
