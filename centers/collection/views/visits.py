from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from centers import access
from centers.collection import (
    arrivals,
    corrections,
    doctor,
    history,
    phlebotomy,
    record_corrections,
)
from centers.collection.forms.because import Because
from centers.collection.forms.chair import EndForm, StartForm
from centers.collection.forms.visits import DeferForm, MeasuresForm, doubt
from centers.inventory import held_bags
from centers.models import Job
from centers.views.refusals import attempt, show
from donors.errors import Refused
from donors.people import identity

MEASURERS = (Job.COLLECTION, Job.DOCTOR)


SHOWN = ("donor", "donation", "deferred_for", "bleeding__kit", "override__by")


def load(request, public_id, *jobs, wanted=SHOWN):
    """The visit, if it is at the reader's centre and the reader has one of the jobs there."""
    rows = access.visits(request.user).select_related("session__center", *wanted)
    visit = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, visit.session.center, *jobs)
    return visit


def page(request, visit, refused=None, **forms):
    """The visit's page with the forms for the next steps; a refused form is shown with its
    errors."""
    now = timezone.now()

    def because(name, *keys):
        return (
            refused
            if refused and refused.is_for(name, visit, *keys)
            else Because(name, visit, *keys)
        )

    arrivals.note_opening(visit=visit, by=request.user, now=now)
    may_measure = access.has_job(request.user, visit.session.center, *MEASURERS)
    center = visit.session.center
    is_doctor = access.has_job(request.user, center, Job.DOCTOR)
    standing = arrivals.standing(visit=visit, now=now)
    context = {
        "visit": visit,
        "given": getattr(visit, "donation", None),
        "chair": getattr(visit, "bleeding", None),
        "overridden": getattr(visit, "override", None),
        "in_doubt": held_bags.is_in_doubt(visit.donor),
        "document": identity.open_document(visit.donor),
        "standing": standing,
        "reasons": arrivals.reasons_shown(standing),
        "may_measure": may_measure,
        "may_defer": is_doctor,
        "asked": doctor.asked(visit=visit, by=request.user, is_doctor=is_doctor, now=now),
        "clear_form": because("visit-clear"),
        "lasting": [
            (row, because("lift-ask", row.deferral.pk))
            for row in (doctor.lasting(visit=visit) if is_doctor else [])
        ],
        "running": [
            (row, because("deferral-end", row.pk))
            for row in (doctor.running(visit=visit, now=now) if is_doctor else [])
        ],
        "waits": not visit.outcome and visit.haemoglobin is not None,
        "may_accept": may_measure and access.may_accept(request.user, visit.session.center),
        "earlier": history.visits(visit=visit) if may_measure else [],
        "earlier_reactions": history.reactions(visit=visit),
        "earlier_deferrals": history.deferrals(visit=visit) if is_doctor else [],
        "measures_form": MeasuresForm(visit=visit),
        "start_form": StartForm(
            visit=visit,
            arm=phlebotomy.last_arm(visit),
            kit=phlebotomy.last_kit(session=visit.session, by=request.user),
        ),
        "end_form": EndForm(visit=visit),
        "reactions": visit.reactions.order_by("-at"),
        "counts": corrections.counting(visit),
        "lines": corrections.lines(visit),
        "proposed": record_corrections.proposed(
            donor=visit.donor, jobs=access.my_jobs(request.user, center), by=request.user
        ),
        "may_return": arrivals.may_return(visit=visit, standing=standing),
        "may_override": is_doctor and doctor.may_override(visit=visit, standing=standing),
        "override_form": because("visit-override"),
        "defer_form": DeferForm(visit=visit, reasons=arrivals.reasons(now)),
    }
    return render(request, "centers/visits/detail.html", context | forms)


@require_safe
def detail(request, public_id):
    return page(request, load(request, public_id, *access.MEETS_DONORS))


@require_POST
def measure(request, public_id):
    visit = load(request, public_id, *MEASURERS)
    form = MeasuresForm(request.POST, visit=visit)
    if not form.is_valid():
        return page(request, visit, measures_form=form)
    against = arrivals.doubtful(visit=visit, measures=form.measures, now=timezone.now())
    if against and not visit.outcome and not form.cleaned_data["sure"]:
        doubt(form, "sure", " ".join(str(reason.message) for reason in against))
        return page(request, visit, measures_form=form)
    try:
        arrivals.measure_and_decide(
            visit=visit, measures=form.measures, by=request.user, now=timezone.now()
        )
    except Refused as refused:
        show(request, form, refused)
        return page(request, visit, measures_form=form)
    return redirect("centers:visit-detail", public_id=public_id)


@require_POST
def accept(request, public_id):
    """The doctor accepts; whoever works at the chair too goes on to the needle."""
    visit = load(request, public_id, *MEASURERS)
    if not access.may_accept(request.user, visit.session.center):
        raise PermissionDenied
    try:
        found = doctor.accept(visit=visit, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("centers:visit-detail", public_id=public_id)
    if found.allowed and Job.COLLECTION not in access.my_jobs(request.user, visit.session.center):
        said = _("Accepted: {name} goes to a bed.").format(name=visit.donor.full_name)
        messages.success(request, said)
        return redirect("centers:session-board", public_id=visit.session.public_id)
    return redirect("centers:visit-detail", public_id=public_id)


@require_POST
def defer(request, public_id):
    visit = load(request, public_id, Job.DOCTOR)
    now = timezone.now()
    form = DeferForm(request.POST, visit=visit, reasons=arrivals.reasons(now))
    if not form.is_valid():
        return page(request, visit, defer_form=form)
    try:
        arrivals.defer(visit=visit, reason=form.cleaned_data["reason"], by=request.user, now=now)
        messages.success(
            request, _("The donor is deferred. Tell them why, and when to come again.")
        )
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("centers:visit-detail", public_id=public_id)


@require_POST
def come_back(request, public_id):
    visit = load(request, public_id, *access.MEETS_DONORS)
    done = _("Noted: this donor is here again.")
    attempt(request, done, arrivals.come_back, visit=visit, now=timezone.now())
    return redirect("centers:visit-detail", public_id=public_id)


@require_POST
def leave(request, public_id):
    visit = load(request, public_id, *access.MEETS_DONORS)
    try:
        arrivals.leave(visit=visit, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("centers:visit-detail", public_id=public_id)
    return redirect("centers:session-board", public_id=visit.session.public_id)
