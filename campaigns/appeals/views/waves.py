"""A wave before it leaves: what it would do, and the yes, the no and the undo of a person."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns import access
from campaigns.appeals import appeals, rehearsal, waves
from campaigns.appeals.forms.waves import NoForm, YesForm
from campaigns.models import Wave
from campaigns.operations import orders
from donors.accounts.factors import fresh_to_send
from donors.clock.calendar import quiet_until
from donors.errors import Refused


@require_safe
def detail(request, public_id):
    wave = _load(access.waves(request.user), public_id)
    return _page(request, wave)


def _load(scope, public_id):
    rows = scope.select_related("appeal__center", "appeal__component", "session", "decided_by")
    return get_object_or_404(rows, public_id=public_id)


def _page(request, wave, form=None):
    may = access.waves_to_decide(request.user).filter(pk=wave.pk).exists()
    label = _("Undo: nobody is written to") if wave.state == Wave.State.HELD else _("Refuse")
    if may and form is None and wave.state in Wave.OPEN:
        form = NoForm(label=label)
    context = {
        "wave": wave,
        "rehearsal": rehearsal.of(wave=wave, now=timezone.now()),
        "may_decide": may,
        "form": form,
        "yes": YesForm(initial={"people": wave.size_wanted}),
    }
    return render(request, "campaigns/waves/detail.html", context)


@fresh_to_send
@require_POST
def approve(request, public_id):
    wave = _load(access.waves_to_decide(request.user), public_id)
    now = timezone.now()
    order = orders.in_force(center=wave.appeal.center, now=now)
    form = YesForm(request.POST)
    try:
        hold = timedelta(seconds=order.hold_seconds)
        shown = form.cleaned_data["people"] if form.is_valid() else 0
        waves.approve(wave=wave, by=request.user, hold=hold, now=now, people=shown)
        messages.success(request, _approved(now + hold))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:wave", public_id=public_id)


def _approved(leaves: datetime) -> str:
    if quiet_until(leaves) is None:
        return _("Approved. It leaves after a short hold, and may be undone.")
    return _(
        "Approved. It leaves when the quiet hours are over if the need still stands then, and may be"
        " undone until then."
    )


@fresh_to_send
@require_POST
def approve_all(request, public_id):
    """All waves of an appeal that wait for this user."""
    appeal = get_object_or_404(access.appeals(request.user), public_id=public_id)
    rows = access.waves_to_decide(request.user).filter(appeal=appeal, state=Wave.State.PROPOSED)
    now = timezone.now()
    order = orders.in_force(center=appeal.center, now=now)
    hold = timedelta(seconds=order.hold_seconds)
    try:
        waves.approve_all(rows=rows, by=request.user, hold=hold, now=now)
        messages.success(request, _approved(now + hold))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:appeal-detail", public_id=public_id)


@require_POST
def refuse(request, public_id):
    return _no(request, public_id, waves.refuse, _("Refuse"))


@require_POST
def undo(request, public_id):
    return _no(request, public_id, waves.undo, _("Undo: nobody is written to"))


def _no(request, public_id, act, label):
    wave = _load(access.waves_to_decide(request.user), public_id)
    form, now = NoForm(request.POST, label=label), timezone.now()
    if not form.is_valid():
        return _page(request, wave, form)
    until = form.until(now) or appeals.FOR_GOOD
    try:
        act(wave=wave, by=request.user, because=form.cleaned_data["because"], until=until, now=now)
        if form.until(now):
            at = date_format(timezone.localtime(until), "SHORT_DATETIME_FORMAT")
            done = _("Nobody is written to for this need until %(at)s.") % {"at": at}
        else:
            done = _("Nobody is written to for this need until somebody lifts it.")
        messages.success(request, done)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:wave", public_id=public_id)
