"""Patients: what is known of them, and what the laboratory and the doctor add. Every look is logged."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from centers import access
from centers.distribution import crossmatching, requests
from centers.distribution import patients as rules
from centers.distribution.forms.patients import (
    BecauseForm,
    CrossmatchForm,
    ReadingForm,
    RequirementForm,
    SampleForm,
)
from centers.inventory import unconfirmed
from centers.inventory.views.scanned import scanned
from centers.models import Job
from centers.views.refusals import attempt

PAGE = 40
CARES = access.CARES_FOR_PATIENTS
# A refused scan would tell of a first reactive reading.
CROSSMATCHED = Q(component__family__in=crossmatching.CELLS) & (
    Q(state__in=["quarantined", "available", "reserved"]) | unconfirmed.held()
)


@require_safe
def index(request, code):
    """Open requests as the laboratory sees them: what each patient still lacks. No names."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, *CARES)
    rows = access.requests(request.user).filter(center=center, closed_at=None)
    rows = requests.in_order(rows.exclude(patient=None).select_related("patient"))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [(row, _lacking(row)) for row in page]
    context = {"center": center, "page": page, "lines": lines, "query": ""}
    return render(request, "centers/patients/list.html", context)


def _lacking(row):
    made = _("A crossmatch is still to be made.")
    return crossmatching.missing_of_patient(request=row) or (
        made if crossmatching.is_to_make(row) else ""
    )


def _load(request, public_id, *jobs):
    rows = access.patients(request.user).select_related("center")
    found = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, found.center, *jobs)
    return found


@require_safe
def detail(request, public_id):
    return _page(request, _load(request, public_id, *CARES))


def _page(request, patient, ending=None, **forms):
    now, may = timezone.now(), access.my_jobs(request.user, patient.center)
    samples = list(rules.samples(patient))
    needs = patient.requirements.select_related("stated_by", "ended_by")
    readings = patient.readings.select_related("read_by", "sample", "dropped_by")
    crossed = list(rules.crossmatches(patient))
    told = access.is_told_first(request.user, patient.center)
    unconfirmed.hush([row.bag for row in crossed], told=told)
    context = {
        "patient": patient,
        "identity": rules.look(patient=patient, by=request.user, reason="record"),
        "standing": crossmatching.standing(patient, samples[0] if samples else None, now),
        "now": now,
        "samples": samples,
        "readings": [(row, _because(row, ending)) for row in readings.order_by("-at", "-pk")],
        "needs": [(row, _because(row, ending)) for row in needs.order_by("-stated_at", "-pk")],
        "crossmatches": crossed,
        "issues": rules.issues(patient),
        "requests": patient.requests.select_related("component", "hospital").order_by("-pk"),
        "to_cross": _to_cross(patient, now) if Job.LABORATORY in may else [],
        "looks": patient.accesses.select_related("by").order_by("-at", "-pk")[:PAGE],
        "is_reader": Job.LABORATORY in may,
        "is_doctor": Job.DOCTOR in may,
        "sample_form": SampleForm(patient=patient),
        "reading_form": ReadingForm(patient=patient),
        "cross_form": CrossmatchForm(patient=patient),
        "need_form": RequirementForm(patient=patient),
        "form": next(iter(forms.values()), ending),
    }
    return render(request, "centers/patients/detail.html", context | forms)


def _to_cross(patient, now):
    """Bags for its open requests that wait for a crossmatch, the best first."""
    rows = patient.requests.filter(closed_at=None).select_related("component")
    return list(
        dict.fromkeys(bag for row in rows for bag in requests.to_crossmatch(request=row, now=now))
    )


def _because(row, ending):
    same = ending is not None and ending.prefix == BecauseForm(row=row).prefix
    return ending if same else BecauseForm(row=row)


def _done(request, done, rule, form, /, **said) -> bool:
    return attempt(request, done, rule, form, by=request.user, now=timezone.now(), **said)


@require_POST
def sample(request, public_id):
    patient = _load(request, public_id, *CARES)
    form = SampleForm(request.POST, patient=patient)
    if form.is_valid():
        said = dict(form.cleaned_data)
        said |= {"patient": patient, "number": said.pop("sample_number")}
        if _done(request, _("The sample is received."), rules.take_sample, form, **said):
            return redirect("centers:patient-detail", public_id=public_id)
    return _page(request, patient, sample_form=form)


@require_POST
def read(request, public_id):
    patient = _load(request, public_id, Job.LABORATORY)
    form = ReadingForm(request.POST, patient=patient)
    if form.is_valid():
        said = form.said | {"patient": patient}
        if _done(request, _("The reading is recorded."), rules.read, form, **said):
            return redirect("centers:patient-detail", public_id=public_id)
    return _page(request, patient, reading_form=form)


@require_POST
def crossmatch(request, public_id):
    patient = _load(request, public_id, Job.LABORATORY)
    form = CrossmatchForm(request.POST, patient=patient)
    if form.is_valid():
        bag = scanned(request, form, patient.center, CROSSMATCHED)
        said = {name: form.cleaned_data[name] for name in ("sample", "technique", "compatible")}
        said["bag"] = bag
        if bag and _done(
            request, _("The crossmatch is recorded."), crossmatching.note, form, **said
        ):
            return redirect("centers:patient-detail", public_id=public_id)
    return _page(request, patient, cross_form=form)


@require_POST
def require(request, public_id):
    patient = _load(request, public_id, *CARES)
    form = RequirementForm(request.POST, patient=patient)
    if form.is_valid():
        said = {"patient": patient} | form.cleaned_data
        if _done(request, _("The need is added."), rules.require, form, **said):
            return redirect("centers:patient-detail", public_id=public_id)
    return _page(request, patient, need_form=form)


@require_POST
def end_need(request, public_id, pk):
    patient = _load(request, public_id, Job.DOCTOR)
    row = get_object_or_404(patient.requirements, pk=pk)
    return _end(request, row, rules.end_requirement, _("The need is ended."), requirement=row)


@require_POST
def end_reading(request, public_id, pk):
    patient = _load(request, public_id, Job.LABORATORY, Job.DOCTOR)
    row = get_object_or_404(patient.readings, pk=pk)
    return _end(request, row, rules.drop_reading, _("The reading is set aside."), reading=row)


def _end(request, row, rule, done, **said):
    form = BecauseForm(request.POST, row=row)
    if form.is_valid() and _done(request, done, rule, form, **said, **form.cleaned_data):
        return redirect("centers:patient-detail", public_id=row.patient.public_id)
    return _page(request, row.patient, ending=form)
