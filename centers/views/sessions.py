import uuid

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access, sessions
from centers import board as rules
from centers import day as day_picture
from centers.errors import Refused
from centers.forms.donors import SearchForm
from centers.forms.sessions import ArrangeForm, CancelForm, MoveForm, PlanForm, TeamForm
from centers.models import Job
from donors import privacy

from .refusals import attempt, show

EARLIER = 12


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request, code):
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.MANAGER)
    like = _like(request, center)
    form = PlanForm(request.POST or None, center=center, like=like)
    if request.method == "POST" and form.is_valid():
        try:
            said = {"by": request.user, "now": timezone.now(), "like": like} | form.session
            planned = sessions.plan_days(center=center, **said)
        except Refused as refused:
            show(request, form, refused)
        else:
            done = ngettext(
                "%(count)s session is planned; its times can be booked.",
                "%(count)s sessions are planned; their times can be booked.",
                len(planned),
            )
            messages.success(request, done % {"count": len(planned)}, extra_tags="session")
            return redirect("centers:session-board", public_id=planned[0].public_id)
    context = {"center": center, "form": form, "like": like}
    context["earlier"] = sessions.earlier(center=center)[:EARLIER]
    return render(request, "centers/sessions/plan.html", context)


def _like(request, center):
    """The earlier session that this one is planned like, by the address or the form."""
    try:
        public_id = uuid.UUID((request.POST or request.GET).get("like", ""))
    except ValueError:
        return None
    return sessions.earlier(center=center).filter(public_id=public_id).first()


@require_safe
def board(request, public_id):
    return render(request, "centers/sessions/board.html", _board(request, public_id))


@require_safe
def arrivals(request, public_id):
    """The part of the board that changes while people come; unchanged, it costs a 304."""
    session = _session(request, public_id)
    access.require_job(request.user, session.center, *access.MEETS_DONORS)
    receives = access.has_job(request.user, session.center, Job.RECEPTION)
    seen = rules.fingerprint(session=session, now=timezone.now())
    tag = quote_etag(f"{seen}-{get_language()}-{receives:d}")
    response = get_conditional_response(request, etag=tag)
    if response is None:
        context = {
            "session": _session(request, public_id, counted=True),
            "lanes": rules.lanes(session=session, now=timezone.now()),
            "may_receive": receives,
        }
        response = render(request, "centers/sessions/arrivals.html", context)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def day(request, public_id):
    """The sheet of the day on paper: times with the names of who booked, rooms, staff."""
    session = _session(request, public_id)
    access.require_job(request.user, session.center, *access.MEETS_DONORS)
    booked = rules.expected(session=session, arrived=True)
    for appointment in booked:
        privacy.log_access(
            donor=appointment.donor, by=request.user, reason="sheet of the day", now=timezone.now()
        )
    by_slot = {}
    for appointment in booked:
        by_slot.setdefault(appointment.slot_id, []).append(appointment.donor)
    context = {
        "session": session,
        "lines": [(slot, by_slot.get(slot.pk, [])) for slot in session.slots.all()],
        "team": session.on_duty.select_related("user"),
    }
    return render(request, "centers/sessions/day.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def team(request, public_id):
    """Who works at the session, of those who hold a job at the centre that day."""

    def rule(*, session, staff):
        sessions.put_on_duty(session=session, staff=list(staff), now=timezone.now())

    return _change(request, public_id, TeamForm, rule, _("Who is on duty is saved."))


@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request, public_id):
    done = _("Beds and room are saved.")
    return _change(request, public_id, ArrangeForm, sessions.arrange, done)


def _change(request, public_id, kind, rule, done):
    session = _session(request, public_id)
    access.require_job(request.user, session.center, Job.MANAGER)
    # A form with nothing ticked is an answer too: an empty request.POST must stay bound.
    form = kind(request.POST if request.method == "POST" else None, session=session)
    if form.is_valid() and attempt(request, done, rule, form, session=session, **form.cleaned_data):
        return redirect("centers:session-board", public_id=public_id)
    return render(request, "centers/sessions/change.html", {"session": session, "form": form})


def _board(request, public_id, form=None, move_form=None) -> dict:
    session = _session(request, public_id, counted=True)
    access.require_job(request.user, session.center, *access.MEETS_DONORS)
    return {
        "session": session,
        "lanes": rules.lanes(session=session, now=timezone.now()),
        "signed": session.is_signed,
        "posters": session.campaigns.filter(state="confirmed"),
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


def _session(request, public_id, counted=False):
    rows = access.sessions(request.user).select_related("center", "province")
    rows = sessions.with_counts(rows) if counted else rows
    return get_object_or_404(rows, public_id=public_id)


@require_POST
def open_now(request, public_id):
    done = _("The session is open.")
    return _turn(request, public_id, sessions.open_now, done, now=timezone.now())


@require_POST
def close(request, public_id):
    return _turn(request, public_id, sessions.close, _("The session is closed."))


def _turn(request, public_id, rule, sentence, **said):
    session = _session(request, public_id)
    access.require_job(request.user, session.center, Job.RECEPTION)
    try:
        rule(session=session, **said)
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
