"""Plates of 96 wells."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from centers import access
from centers.laboratory import bad_news, plates
from centers.laboratory.forms.plates import PlateForm, PlateReadForm
from centers.models import Job, Outcome
from centers.views.refusals import show
from donors.errors import Refused
from donors.people import privacy

PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def index(request, code):
    """Plates to be read, and a new one with what the last one was read with."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.LABORATORY)
    remembered = plates.last_of(center, by=request.user)
    form = PlateForm(request.POST or None, center=center, initial=remembered)
    if request.method == "POST" and form.is_valid():
        said = {"center": center, "by": request.user, "now": timezone.now()} | form.cleaned_data
        try:
            plate = plates.begin(**said)
        except Refused as refused:
            show(request, form, refused)
        else:
            return redirect("centers:plate", public_id=plate.public_id)
    page = Paginator(plates.listed(center, by=request.user), PAGE)
    context = {"center": center, "form": form, "query": ""}
    context["page"] = page.get_page(request.GET.get("page"))
    return render(request, "centers/laboratory/plates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def plate(request, public_id):
    """The plate as it lies. What another person read of it is not shown."""
    rows = access.plates(request.user).select_related("center", "marker")
    found = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, found.center, Job.LABORATORY)
    form = PlateReadForm(request.POST or None, plate=found)
    marked = set(request.POST.getlist("reactive"))
    if request.method == "POST" and form.is_valid() and _read(request, found, form, marked):
        return redirect("centers:plate-list", code=found.center.code)
    wells = plates.wells(plate=found, by=request.user)
    for donor in {well.donation.donor for well in wells if well.open and well.donation}:
        privacy.log_access(donor=donor, by=request.user, reason="plate")
    context = {"plate": found, "grid": plates.grid(wells), "form": form, "marked": marked}
    context |= {"columns": plates.COLUMNS, "open": any(well.open for well in wells)}
    context["strange"] = [w for w in wells if len(w.said) > 6 and w.donation is None]
    return render(request, "centers/laboratory/plate.html", context)


def _read(request, found, form, marked) -> bool:
    """A refusal may still have recorded the reactive wells: their readers are told all the same."""
    said = {"by": request.user, "now": timezone.now()}
    try:
        values = plates.values_of(form.cleaned_data["values"])
        _tell(request, found, plates.read(plate=found, reactive=marked, values=values, **said))
    except Refused as refused:
        show(request, form, refused)
        if results := plates.recorded(plate=found, **said):
            _tell(request, found, results)
        return False
    return True


def _tell(request, found, results) -> None:
    sentence = ngettext(
        "%(count)s reading is recorded.", "%(count)s readings are recorded.", len(results)
    )
    messages.success(request, sentence % {"count": len(results)})
    for result in results:
        if result.outcome == Outcome.REACTIVE:
            said = {"donation": result.donation, "outcomes": {found.marker.code: result.outcome}}
            for line in bad_news.to_the_reader(**said):
                messages.error(request, line)
