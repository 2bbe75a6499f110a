"""The board of a session: who is where, opened, closed, moved and cancelled from there."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from centers import access
from centers.collection import board as rules
from centers.collection.forms.donors import SearchForm
from centers.models import Job
from centers.sessions import capacity, planning
from centers.sessions import timetable as day_picture
from centers.sessions.forms.sessions import CancelForm, MoveForm
from centers.sessions.views.planning import session_of
from centers.views.refusals import show
from donors.errors import Refused
from donors.models import Donor
from donors.people import privacy


@require_safe
def board(request, public_id):
    return render(request, "centers/sessions/board.html", _board(request, public_id))


@require_safe
def arrivals(request, public_id):
    """The polled part of the board; unchanged, it answers 304."""
    session = session_of(request, public_id)
    access.require_job(request.user, session.center, *access.MEETS_DONORS)
    receives = access.has_job(request.user, session.center, Job.RECEPTION)
    seen = rules.fingerprint(session=session, now=timezone.now())
    tag = quote_etag(f"{seen}-{get_language()}-{receives:d}")
    response = get_conditional_response(request, etag=tag)
    if response is None:
        context = {
            "session": session_of(request, public_id, counted=True),
            "lanes": rules.lanes(session=session, now=timezone.now()),
            "may_receive": receives,
        }
        response = render(request, "centers/sessions/arrivals.html", context)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def day(request, public_id):
    """The printed list of the day: times with names of booked donors, rooms, staff."""
    session = session_of(request, public_id)
    access.require_job(request.user, session.center, *access.MEETS_DONORS)
    booked = rules.expected(session=session, arrived=True)
    for appointment in booked:
        privacy.log_access(donor=appointment.donor, by=request.user, reason="sheet of the day")
    by_slot: dict[int, list[Donor]] = {}
    for appointment in booked:
        by_slot.setdefault(appointment.slot_id, []).append(appointment.donor)
    context = {
        "session": session,
        "lines": [(slot, by_slot.get(slot.pk, [])) for slot in session.slots.all()],
        "team": session.on_duty.select_related("user"),
    }
    return render(request, "centers/sessions/day.html", context)


def _board(request, public_id, form=None, move_form=None) -> dict:
    session = session_of(request, public_id, counted=True)
    access.require_job(request.user, session.center, *access.MEETS_DONORS)
    return {
        "session": session,
        "lanes": rules.lanes(session=session, now=timezone.now()),
        "signed": session.is_signed,
        "booked_later": capacity.booked_later(session, timezone.now()),
        "posters": session.campaigns.filter(state__in=("confirmed", "running")),
        "picture": day_picture.of(session=session),
        "search": SearchForm(session=session, scan=True),
        "may_receive": access.has_job(request.user, session.center, Job.RECEPTION),
        "may_type_paper": session.state in ("open", "closed")
        and access.has_job(request.user, session.center, Job.RECEPTION, Job.COLLECTION),
        "may_manage": access.has_job(request.user, session.center, Job.MANAGER),
        "form": form or CancelForm(session=session),
        "move_form": move_form or MoveForm(session=session),
        "refused": form or move_form,
    }


@require_POST
def open_now(request, public_id):
    done = _("The session is open.")
    return _turn(request, public_id, planning.open_now, done, now=timezone.now())


@require_POST
def close(request, public_id):
    done = _("The session is closed.")
    return _turn(request, public_id, capacity.close, done, now=timezone.now())


def _turn(request, public_id, rule, sentence, **said):
    session = session_of(request, public_id)
    access.require_job(request.user, session.center, Job.RECEPTION)
    try:
        rule(session=session, **said)
        messages.success(request, sentence)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("centers:session-board", public_id=public_id)


@require_POST
def move(request, public_id):
    session = session_of(request, public_id)
    access.require_job(request.user, session.center, Job.MANAGER)
    form = MoveForm(request.POST, session=session)
    if form.is_valid():
        try:
            planning.move(session=session, now=timezone.now(), **form.session)
            messages.success(request, _("The session is moved; everyone who booked is told."))
            return redirect("centers:session-board", public_id=public_id)
        except Refused as refused:
            show(request, form, refused)
    page = _board(request, public_id, move_form=form)
    return render(request, "centers/sessions/board.html", page)


@require_POST
def cancel(request, public_id):
    session = session_of(request, public_id)
    access.require_job(request.user, session.center, Job.MANAGER)
    form = CancelForm(request.POST, session=session)
    if form.is_valid():
        try:
            planning.cancel(session=session, because=form.cleaned_data["because"])
            messages.success(request, _("The session is cancelled; everyone who booked is told."))
            return redirect("centers:session-board", public_id=public_id)
        except Refused as refused:
            show(request, form, refused)
    return render(request, "centers/sessions/board.html", _board(request, public_id, form))
