"""Pages of the analysers: mappings, uploads, previews."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.laboratory import analysers as rules
from centers.laboratory import held_readings
from centers.laboratory.forms.analysers import AnalyserForm, FileForm, SettleForm
from centers.models import AnalyserImport, Job
from centers.views.refusals import attempt, show
from donors.accounts.factors import fresh
from donors.errors import Refused
from donors.people import privacy
from donors.units import roster_files

PAGE = 50
LATEST = 20


def _center(request, code):
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.LABORATORY)
    return center


@require_http_methods(["GET", "HEAD", "POST"])
def index(request, code):
    """Upload of a file, with the analysers and the latest uploads."""
    center = _center(request, code)
    analysers = center.analysers.order_by("name")
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(*data, analysers=analysers, action=request.path)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > roster_files.MOST_BYTES:
                raise Refused(roster_files.sentence("large"), "file")
            handed_in = rules.hand_in(
                analyser=form.cleaned_data["analyser"],
                file_name=file.name,
                content=file.read(),
                by=request.user,
                now=timezone.now(),
            )
            return redirect("centers:analyser-file", public_id=handed_in.public_id)
        except Refused as refused:
            show(request, form, refused)
    files = AnalyserImport.objects.filter(center=center).select_related("analyser", "handed_in_by")
    context = {"center": center, "form": form, "analysers": analysers}
    context["files"] = files.exclude(handed_in_by=None).order_by("-handed_in_at")[:LATEST]
    context["sent"] = files.filter(handed_in_by=None).order_by("handed_in_at")
    context["held"] = held_readings.open_to(center.held_readings.all(), by=request.user, told=False)
    return render(request, "centers/laboratory/analysers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, code, pk=None):
    center = _center(request, code)
    analyser = get_object_or_404(center.analysers, pk=pk) if pk else None
    form = AnalyserForm(request.POST or None, instance=analyser, action=request.path)
    if request.method == "POST" and form.is_valid():
        said = {"analyser": analyser, "center": center} | form.cleaned_data
        if attempt(request, _("The analyser is saved."), rules.save, form, **said):
            return redirect("centers:analyser-list", code=code)
    context = {"center": center, "form": form, "analyser": analyser}
    return render(request, "centers/laboratory/analyser.html", context)


def _file(request, public_id):
    rows = access.analyser_files(request.user).select_related("analyser", "center")
    found = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, found.center, Job.LABORATORY)
    return found


@require_safe
def file(request, public_id):
    """The preview of a file, line by line, with the reason for every line left out."""
    found = _file(request, public_id)
    if found.applied_at or found.dropped_at:
        lines = rules.left_out(handed_in=found, by=request.user)
    else:
        lines = rules.preview(handed_in=found, by=request.user)
    for donor in {line.donation.donor for line in lines if line.donation}:
        privacy.log_access(donor=donor, by=request.user, reason="file of an analyser")
    faults = [line for line in lines if line.fault]
    page = Paginator(faults + [line for line in lines if not line.fault], PAGE)
    context = {
        "handed_in": found,
        "page": page.get_page(request.GET.get("page")),
        "good": len(lines) - len(faults),
        "faults": len(faults),
        "alarming": sum(line.alarming for line in lines),
        "query": "",
    }
    return render(request, "centers/laboratory/file.html", context)


@require_POST
def apply(request, public_id):
    found = _file(request, public_id)
    said = {"handed_in": found, "by": request.user, "now": timezone.now()}
    attempt(request, _("The readings of this file are recorded."), rules.apply, **said)
    return redirect("centers:analyser-file", public_id=public_id)


@require_POST
def take_up(request, public_id):
    """What an analyser sent by itself becomes the reading to be of the person who takes it up."""
    sent = access.sent_runs(request.user).select_related("center")
    found = get_object_or_404(sent, public_id=public_id)
    access.require_job(request.user, found.center, Job.LABORATORY)
    done = _("Look at it, then record it as your reading.")
    if attempt(request, done, rules.take_up, handed_in=found, by=request.user):
        return redirect("centers:analyser-file", public_id=public_id)
    return redirect("centers:analyser-list", code=found.center.code)


@require_safe
def held(request, code):
    """What machines said and is no reading yet, as far as this user may know it."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.LABORATORY, Job.DOCTOR)
    return _held(request, center)


def _held(request, center, refused=None):
    is_doctor = access.has_job(request.user, center, Job.DOCTOR)
    told = access.is_told_first(request.user, center)
    rows = held_readings.open_to(center.held_readings.all(), by=request.user, told=told)
    for donor in {
        d.donor for d in access.donations(request.user).filter(din__in=rows.values("din"))
    }:
        privacy.log_access(donor=donor, by=request.user, reason="held readings")
    bound = refused.held.pk if refused else 0
    forms = [(row, refused if row.pk == bound else SettleForm(held=row)) for row in rows]
    context = {"center": center, "rows": forms, "is_doctor": is_doctor, "form": refused}
    return render(request, "centers/laboratory/held.html", context)


@fresh
@require_POST
def settle(request, public_id):
    rows = access.held_readings(request.user).select_related("center")
    row = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, row.center, Job.LABORATORY, Job.DOCTOR)
    form = SettleForm(request.POST, held=row)
    if form.is_valid():
        said = {"by": request.user, "now": timezone.now()}
        done = _("Noted, with the reason.")
        if attempt(
            request, done, held_readings.settle, form, held=row, **form.cleaned_data, **said
        ):
            return redirect("centers:held-list", code=row.center.code)
    return _held(request, row.center, refused=form)


@require_POST
def drop(request, public_id):
    found = _file(request, public_id)
    done = _("The file is dropped; nothing of it was recorded.")
    attempt(request, done, rules.drop, handed_in=found, now=timezone.now())
    return redirect("centers:analyser-list", code=found.center.code)
