from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from centers import access
from centers.laboratory import group_correction
from centers.laboratory import group_doubts as rules
from centers.laboratory.forms.laboratory import DoubtForm
from centers.models import Job
from centers.views.refusals import attempt
from donors.accounts.factors import fresh, fresh_to_send


def _load(request, public_id):
    """For doctors of any centre where the donor gave or that has one of their bags."""
    rows = access.group_doubts(request.user).select_related(
        "donor__merged_into", "donation", "closed_by", "opened_by"
    )
    return get_object_or_404(rows, public_id=public_id)


@fresh_to_send
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request, public_id):
    """The contradicting readings, the held bags, and what ends the doubt."""
    doubt = _load(request, public_id)
    form = DoubtForm(request.POST or None, doubt=doubt)
    said = {"doubt": doubt, "by": request.user, "now": timezone.now()}
    if request.method == "POST" and form.is_valid():
        done = _("The group on record is confirmed; the bags wait to be released again.")
        because = form.cleaned_data["because"]
        if attempt(request, done, rules.confirm_group, form, because=because, **said):
            return redirect("centers:group-doubt", public_id=public_id)
    seen = rules.look(**said)
    mine = {
        read.donation.pk
        for read in seen.reads
        if access.has_job(request.user, read.donation.center, Job.DOCTOR)
    }
    asked = {read.donation.pk for read in seen.reads if group_correction.question(read.donation)}
    here = set(access.bags(request.user).values_list("pk", flat=True))
    context = {"doubt": doubt, "seen": seen, "form": form, "mine": mine, "asked": asked & mine}
    return render(request, "centers/laboratory/doubt.html", context | {"here": here})


def _bag(request, public_id, bag):
    doubt = _load(request, public_id)
    rows = access.bags(request.user).filter(donation__donor__in=doubt.donor.person.linked_rows())
    held = get_object_or_404(rows.select_related("donation", "center", "component"), public_id=bag)
    access.require_job(request.user, held.center, Job.DOCTOR)
    return held


@fresh
@require_POST
def relabel(request, public_id, bag):
    held = _bag(request, public_id, bag)
    done = _("The bag has its own group; somebody else releases it.")
    because = request.POST.get("because", "")[:200]
    said = {"because": because, "by": request.user, "now": timezone.now()}
    attempt(request, done, rules.relabel, bag=held, **said)
    return redirect("centers:group-doubt", public_id=public_id)


@require_POST
def discard(request, public_id, bag):
    held = _bag(request, public_id, bag)
    said = {"by": request.user, "now": timezone.now()}
    attempt(request, _("The bag is discarded."), rules.discard, bag=held, **said)
    return redirect("centers:group-doubt", public_id=public_id)
