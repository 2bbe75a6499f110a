from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.haemovigilance import patient_reactions as rules
from centers.haemovigilance.forms.reactions import AssessmentForm, ReportForm
from centers.inventory.views.scanned import keeper_of
from centers.models import Job
from centers.views.refusals import attempt, show
from donors.clock.calendar import local_day
from donors.errors import Refused

LATEST = 200
REPORTERS = (Job.STOCK, Job.DOCTOR)


@require_safe
def index(request, code):
    """For doctors: reactions of patients to blood of this centre."""
    center = keeper_of(request, code, Job.DOCTOR)
    rows = rules.of_center(center)[:LATEST]
    context = {"center": center, "rows": rows, "year": local_day(timezone.now()).year}
    return render(request, "centers/haemovigilance/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request, public_id):
    """Whoever hears of a reaction enters it; only a doctor reads it afterwards."""
    rows = access.bags(request.user).select_related("component", "donation", "center")
    bag = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, bag.center, *REPORTERS)
    form = ReportForm(request.POST or None, bag=bag)
    if request.method == "POST" and form.is_valid():
        try:
            said = {"bag": bag, "by": request.user, "now": timezone.now()} | form.cleaned_data
            made = rules.report(**said)
        except Refused as refused:
            show(request, form, refused)
        else:
            if access.has_job(request.user, bag.center, Job.DOCTOR):
                return redirect("centers:patient-reaction", public_id=made.public_id)
            return redirect("centers:bag-detail", public_id=public_id)
    return render(request, "centers/haemovigilance/new.html", {"bag": bag, "form": form})


def _load(request, public_id):
    rows = access.patient_reactions(request.user).with_last()
    wanted = ("bag__donation__donor__merged_into", "bag__component", "center", "reported_by")
    found = get_object_or_404(rows.select_related(*wanted), public_id=public_id)
    if not access.has_job(request.user, found.center, Job.DOCTOR):
        raise Http404
    return found


@require_safe
def detail(request, public_id):
    return _page(request, _load(request, public_id))


def _page(request, found, refused=None):
    file = rules.open_file(reaction=found, by=request.user)
    form = refused or AssessmentForm(reaction=found, last=file.assessments[0])
    context = {"reaction": found, "file": file, "form": form, "refused": refused}
    return render(request, "centers/haemovigilance/detail.html", context)


@require_POST
def assess(request, public_id):
    found = _load(request, public_id)
    form = AssessmentForm(request.POST, reaction=found, last=found.assessments.latest("pk"))
    if form.is_valid():
        said = {"reaction": found, "by": request.user, "now": timezone.now()}
        if attempt(request, _("Noted."), rules.assess, form, **said, **form.cleaned_data):
            return redirect("centers:patient-reaction", public_id=public_id)
    return _page(request, found, form)
