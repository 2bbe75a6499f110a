"""The questionnaire at the centre: asked, read by the doctor, cleared."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from centers import access
from centers.collection import arrivals, doctor
from centers.collection.forms.because import Because
from centers.models import Job
from centers.views.refusals import show
from donors.accounts.factors import fresh
from donors.clock.calendar import local_day
from donors.eligibility import questionnaire
from donors.eligibility.forms.questionnaire import QuestionsForm
from donors.errors import Refused

from .visits import load, page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, public_id):
    """The device is handed to the donor, or the questions are read aloud; the browser stores no
    answer."""
    visit = load(request, public_id, *access.MEETS_DONORS)
    form = QuestionsForm(
        request.POST if request.method == "POST" else None,
        questions=questionnaire.questions(sex=visit.donor.sex),
        on=local_day(timezone.now()),
        action=reverse("centers:visit-ask", args=[public_id]),
        aloud=True,
    )
    if request.method == "POST" and form.is_valid():
        try:
            doctor.ask(
                visit=visit,
                answers=form.answers,
                language=request.LANGUAGE_CODE,
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The answers are kept; the doctor alone reads them."))
            return redirect("centers:visit-detail", public_id=public_id)
        except Refused as refused:
            messages.error(request, str(refused))
    return render(request, "centers/visits/ask.html", {"visit": visit, "form": form})


def _because(request, visit, act, done, *keys):
    """One act with its reason; refused, the page comes back with what was typed."""
    form = Because(request.resolver_match.url_name, visit, *keys, data=request.POST)
    if not form.is_valid():
        return page(request, visit, refused=form)
    try:
        act(by=request.user, now=timezone.now(), **form.cleaned_data)
    except Refused as refused:
        show(request, form, refused)
        return page(request, visit, refused=form)
    messages.success(request, done)
    return redirect("centers:visit-detail", public_id=visit.public_id)


@require_POST
def clear(request, public_id):
    visit = load(request, public_id, Job.DOCTOR)
    done = _("Noted with your reason. The measures come next.")
    return _because(request, visit, lambda **said: doctor.clear(visit=visit, **said), done)


@require_POST
def override(request, public_id):
    """A warning deferred the donor; a doctor who did not measure accepts all the same."""
    visit = load(request, public_id, Job.DOCTOR)
    standing = arrivals.standing(visit=visit, now=timezone.now())
    done = _("Accepted, with your reason on record.")
    return _because(
        request,
        visit,
        lambda **said: doctor.override(visit=visit, standing=standing, **said),
        done,
    )


@fresh
@require_POST
def end_deferral(request, public_id, pk):
    visit = load(request, public_id, Job.DOCTOR)
    running = doctor.running(visit=visit, now=timezone.now())
    deferral = next((row for row in running if row.pk == pk), None)
    if deferral is None:
        raise Http404
    done = _("The deferral has ended, with your reason.")
    return _because(
        request, visit, lambda **said: doctor.end_deferral(deferral=deferral, **said), done, pk
    )


def _lasting(visit, pk):
    row = next((r for r in doctor.lasting(visit=visit) if r.deferral.pk == pk), None)
    if row is None:
        raise Http404
    return row


@fresh
@require_POST
def ask_to_lift(request, public_id, pk):
    visit = load(request, public_id, Job.DOCTOR)
    row = _lasting(visit, pk)
    done = _("Asked for. Another doctor has to agree.")
    return _because(
        request, visit, lambda **said: doctor.ask_to_lift(deferral=row.deferral, **said), done, pk
    )


@fresh
@require_POST
def lift(request, public_id, pk):
    visit = load(request, public_id, Job.DOCTOR)
    row = _lasting(visit, pk)
    try:
        if row.asked is None:
            raise Refused(_("This has been decided already."))
        doctor.lift(asked=row.asked, by=request.user, now=timezone.now())
        messages.success(request, _("The deferral is lifted, by two doctors."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("centers:visit-detail", public_id=public_id)
