from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from centers.collection import arrivals, corrections, reactions
from centers.collection.forms.afterwards import CorrectionForm, ReactionForm
from centers.models import Job
from centers.views.refusals import attempt

from . import visits

WATCHERS = (Job.COLLECTION, Job.DOCTOR)


@require_http_methods(["GET", "HEAD", "POST"])
def note_reaction(request, public_id):
    visit = visits.load(request, public_id, *WATCHERS)
    form = ReactionForm(request.POST or None, visit=visit)
    done = _("The reaction is noted.")
    return _page(request, visit, form, reactions.note, done, "centers/visits/reaction.html")


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, public_id):
    """Correct an entry; the page lists earlier corrections under the form."""
    visit = visits.load(request, public_id, *WATCHERS)
    form = CorrectionForm(request.POST or None, visit=visit)
    done = _("The correction is added; what was recorded first is kept.")
    return _page(request, visit, form, corrections.correct, done, "centers/visits/correct.html")


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
