from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    conditional_page,
    require_http_methods,
    require_POST,
    require_safe,
)

from centers import access, sessions
from centers import arrivals as people
from centers.errors import Refused
from centers.forms.sessions import CancelForm, MoveForm, PlanForm
from centers.models import Job

from .refusals import show


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request, code):
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.MANAGER)
    form = PlanForm(request.POST or None, center=center)
    if request.method == "POST" and form.is_valid():
        try:
            planned = sessions.plan(
                center=center, by=request.user, now=timezone.now(), **form.session
            )
        except Refused as refused:
            show(request, form, refused)
        else:
            messages.success(request, _("The session is planned; its times can be booked."))
            return redirect("centers:session-board", public_id=planned.public_id)
    return render(request, "centers/sessions/plan.html", {"center": center, "form": form})


@require_safe
def board(request, public_id):
    return render(request, "centers/sessions/board.html", _board(request, public_id))


@require_safe
@conditional_page
def arrivals(request, public_id):
    """The part of the board that changes while people come; unchanged, it costs a 304."""
    response = render(request, "centers/sessions/arrivals.html", _board(request, public_id))
    response["Cache-Control"] = "private, no-cache"
    return response


def _board(request, public_id, form=None, move_form=None) -> dict:
    session = _session(request, public_id, counted=True)
    access.require_job(request.user, session.center, *access.MEETS_DONORS)
    return {
        "session": session,
        "people": people.board(session=session),
        "may_receive": access.has_job(request.user, session.center, Job.RECEPTION),
        "may_manage": access.has_job(request.user, session.center, Job.MANAGER),
        "form": form or CancelForm(session=session),
        "move_form": move_form or MoveForm(session=session),
        "refused": form or move_form,
    }


def _session(request, public_id, counted=False):
    rows = access.sessions(request.user).select_related("center", "province")
    rows = sessions.with_counts(rows) if counted else rows
    return get_object_or_404(rows, public_id=public_id)


@require_POST
def open_now(request, public_id):
    return _turn(request, public_id, sessions.open_now, _("The session is open."))


@require_POST
def close(request, public_id):
    return _turn(request, public_id, sessions.close, _("The session is closed."))


def _turn(request, public_id, rule, sentence):
    session = _session(request, public_id)
    access.require_job(request.user, session.center, Job.RECEPTION)
    try:
        rule(session=session)
        messages.success(request, sentence)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("centers:session-board", public_id=public_id)


@require_POST
def move(request, public_id):
    session = _session(request, public_id)
    access.require_job(request.user, session.center, Job.MANAGER)
    form = MoveForm(request.POST, session=session)
    if form.is_valid():
        try:
            sessions.move(session=session, now=timezone.now(), **form.session)
            messages.success(request, _("The session is moved; whoever booked is told."))
            return redirect("centers:session-board", public_id=public_id)
        except Refused as refused:
            show(request, form, refused)
    page = _board(request, public_id, move_form=form)
    return render(request, "centers/sessions/board.html", page)


@require_POST
def cancel(request, public_id):
    session = _session(request, public_id)
    access.require_job(request.user, session.center, Job.MANAGER)
    form = CancelForm(request.POST, session=session)
    if form.is_valid():
        try:
            sessions.cancel(session=session, because=form.cleaned_data["because"])
            messages.success(request, _("The session is cancelled; whoever booked is told."))
            return redirect("centers:session-board", public_id=public_id)
        except Refused as refused:
            show(request, form, refused)
    return render(request, "centers/sessions/board.html", _board(request, public_id, form))
