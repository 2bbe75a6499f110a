"""Planning of sessions by day: staff, beds and room."""

import uuid

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from centers import access
from centers.models import Job
from centers.sessions import capacity, planning
from centers.sessions.forms.sessions import ArrangeForm, PlanForm, TeamForm
from centers.views.refusals import attempt, show
from donors.errors import Refused

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
            planned = planning.plan_days(center=center, **said)
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
    context["earlier"] = planning.earlier(center=center)[:EARLIER]
    return render(request, "centers/sessions/plan.html", context)


def _like(request, center):
    """The earlier session to copy, from the query or the form."""
    try:
        public_id = uuid.UUID((request.POST or request.GET).get("like", ""))
    except ValueError:
        return None
    return planning.earlier(center=center).filter(public_id=public_id).first()


@require_http_methods(["GET", "HEAD", "POST"])
def team(request, public_id):
    """Staff of the session, chosen from those who hold a job at the centre that day."""

    def rule(*, session, staff):
        planning.put_on_duty(session=session, staff=list(staff), now=timezone.now())

    return _change(request, public_id, TeamForm, rule, _("Who is on duty is saved."))


@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request, public_id):
    """Beds, room and end; who booked last gives way, once that was ticked."""

    def rule(*, session, ends, **said):
        ends_at = ArrangeForm.end_of(session, ends)
        capacity.arrange(session=session, ends_at=ends_at, now=timezone.now(), **said)

    return _change(request, public_id, ArrangeForm, rule, _("Beds, room and hours are saved."))


def _change(request, public_id, kind, rule, done):
    session = session_of(request, public_id)
    access.require_job(request.user, session.center, Job.MANAGER)
    # An empty request.POST must stay bound: a form with nothing ticked is valid.
    form = kind(request.POST if request.method == "POST" else None, session=session)
    if form.is_valid() and attempt(request, done, rule, form, session=session, **form.cleaned_data):
        return redirect("centers:session-board", public_id=public_id)
    return render(request, "centers/sessions/change.html", {"session": session, "form": form})


def session_of(request, public_id, counted=False):
    rows = access.sessions(request.user).select_related("center", "province")
    return get_object_or_404(planning.with_counts(rows) if counted else rows, public_id=public_id)
