from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from centers import access
from centers.laboratory import group_correction as rules
from centers.laboratory.forms.laboratory import GroupCorrectionForm
from centers.models import Job
from centers.views.refusals import attempt
from donors.accounts.factors import fresh


def _load(request, public_id):
    rows = access.donations(request.user).select_related("center", "donor__merged_into")
    donation = get_object_or_404(rows, public_id=public_id)
    if not access.has_job(request.user, donation.center, Job.DOCTOR):
        raise Http404
    return donation


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, public_id):
    """For doctors: today's group beside the one on record, and the bags labelled with the
    latter."""
    donation = _load(request, public_id)
    form = GroupCorrectionForm(request.POST or None, donation=donation)
    said = {"donation": donation, "by": request.user, "now": timezone.now()}
    if request.method == "POST" and form.is_valid():
        done = _(
            "The group on record is corrected; bags with the old one are blocked and recalled."
        )
        if attempt(
            request, done, rules.correct, form, because=form.cleaned_data["because"], **said
        ):
            return redirect("centers:result-detail", public_id=public_id)
    question = rules.look(**said)
    if question is None:
        return redirect("centers:result-detail", public_id=public_id)
    context = {"donation": donation, "question": question, "form": form}
    return render(request, "centers/laboratory/group.html", context)


@fresh
@require_POST
def read_anew(request, public_id):
    donation = _load(request, public_id)
    done = _("The laboratory reads everything again, from the new sample.")
    attempt(request, done, rules.read_anew, donation=donation, by=request.user, now=timezone.now())
    return redirect("centers:result-detail", public_id=public_id)
