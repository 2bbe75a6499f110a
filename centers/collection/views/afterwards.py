from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from centers import access
from centers.collection import arrivals, corrections, reactions
from centers.collection.forms.afterwards import CorrectionForm, ReactionForm, ReactionStepForm
from centers.models import Job
from centers.views.refusals import attempt

from . import visits

WATCHERS = (Job.COLLECTION, Job.DOCTOR)


@require_http_methods(["GET", "HEAD", "POST"])
def note_reaction(request, public_id):
    visit = visits.load(request, public_id, *WATCHERS)
    form = ReactionForm(request.POST or None, visit=visit)
    done = _("The reaction is noted. The next visit shows it.")
    return _page(request, visit, form, reactions.note, done, "centers/visits/reaction.html")


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, public_id):
    """Correct an entry; the page lists earlier corrections under the form."""
    visit = visits.load(request, public_id, *WATCHERS)
    form = CorrectionForm(request.POST or None, visit=visit)
    done = _("The correction is added; what was recorded first is kept.")
    return _page(request, visit, form, corrections.correct, done, "centers/visits/correct.html")


@require_safe
def reactions_open(request, code):
    """Reactions of the centre's donors that nobody has closed."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.DOCTOR)
    context = {"center": center, "reactions": reactions.unfinished(center)}
    return render(request, "centers/reactions/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reaction(request, pk):
    """A reaction, what followed it, and the form for the next step."""
    rows = access.reactions(request.user).select_related("visit__donor", "visit__session__center")
    row = get_object_or_404(rows, pk=pk)
    access.require_job(request.user, row.visit.session.center, Job.DOCTOR)
    form = ReactionStepForm(request.POST if request.method == "POST" else None, reaction=row)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        said = {"reaction": row, "by": request.user, "now": now} | form.cleaned_data
        if attempt(request, _("Added."), reactions.add_step, form, **said):
            return redirect("centers:reaction-detail", pk=pk)
    arrivals.note_opening(visit=row.visit, by=request.user, now=now)
    steps = row.steps.select_related("by").order_by("pk")
    closed = any(step.kind == step.Kind.CLOSED for step in steps)
    context = {"reaction": row, "visit": row.visit, "form": form, "steps": steps, "closed": closed}
    return render(request, "centers/reactions/detail.html", context)


def _page(request, visit, form, rule, done, template):
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        said = {"visit": visit, "by": request.user, "now": now} | form.cleaned_data
        if attempt(request, done, rule, form, **said):
            return redirect("centers:visit-detail", public_id=visit.public_id)
    arrivals.note_opening(visit=visit, by=request.user, now=now)
    return render(
        request, template, {"visit": visit, "form": form, "lines": corrections.lines(visit)}
    )
