from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from centers import access, screening
from centers.errors import Refused
from centers.forms.laboratory import SheetForm, WorklistFilter
from centers.models import Job

from .refusals import show

PAGE = 40


@require_safe
def worklist(request, code):
    """Donations whose bags wait, with the step that each waits for."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.LABORATORY)
    donations = access.donations(request.user).filter(center=center)
    choice = WorklistFilter(request.GET)
    rows = choice.apply(screening.staged(donations, by=request.user))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    stage = request.GET.get("stage", "")
    context = {"center": center, "page": page, "filter": choice, "stages": screening.Stage}
    context["query"] = f"stage={stage}&" if stage in screening.Stage.values else ""
    return render(request, "centers/laboratory/worklist.html", context)


def _donation(request, public_id, *jobs):
    rows = access.donations(request.user).select_related("center", "donor")
    donation = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, donation.center, *jobs)
    return donation


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request, public_id):
    """One reader's sheet. The other reader's stays hidden until both are there."""
    donation = _donation(request, public_id, Job.LABORATORY)
    panel = screening.panel(donation)
    form = SheetForm(request.POST or None, donation=donation, panel=panel)
    if request.method == "POST" and form.is_valid():
        try:
            reached = screening.enter(
                donation=donation,
                outcomes=form.outcomes,
                technique=form.cleaned_data["technique"],
                lot=form.cleaned_data["lot"],
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refused:
            show(request, form, refused)
        else:
            return _entered(request, donation, reached)
    context = {"donation": donation, "form": form, "standing": screening.progress(donation)}
    context["mine"] = screening.entered_by(donation=donation, user=request.user)
    return render(request, "centers/laboratory/enter.html", context)


def _entered(request, donation, reached):
    if reached.next_entry:
        messages.success(request, _("The first entry is made; somebody else makes the second."))
        return redirect("centers:result-list", code=donation.center.code)
    if reached.disagreeing:
        messages.error(request, _("The two entries disagree: the bags stay where they are."))
    else:
        messages.success(request, _("Both entries are made and agree."))
    return redirect("centers:result-detail", public_id=donation.public_id)


@require_safe
def results(request, public_id):
    """Both entries side by side, once both are made; every reading of them is noted."""
    donation = _donation(request, public_id, Job.LABORATORY, Job.DOCTOR)
    if screening.progress(donation).next_entry:
        return redirect("centers:result-enter", public_id=public_id)
    rows = screening.read(donation=donation, by=request.user, now=timezone.now())
    context = {"donation": donation, "rows": rows}
    context["differ"] = [row for row in rows if row.differs]
    return render(request, "centers/laboratory/results.html", context)
