from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.inventory import recalls as rules
from centers.inventory.forms.recalls import OutcomeForm, RecallForm, StepForm
from centers.models import Bag, Job
from centers.views.refusals import attempt, show
from donors.errors import Refused

from .scanned import keeper_of

LATEST = 200
CALLERS = (Job.DOCTOR, Job.MANAGER)


@require_safe
def index(request, code):
    center = keeper_of(request, code, *CALLERS)
    rows = rules.recalls(center)
    if not access.has_job(request.user, center, Job.DOCTOR):
        rows = rows.filter(look_back=None)
    return render(request, "centers/recalls/list.html", {"center": center, "rows": rows[:LATEST]})


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request, public_id):
    rows = access.donations(request.user).select_related("center")
    donation = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, donation.center, *CALLERS)
    form = RecallForm(request.POST or None, donation=donation)
    if request.method == "POST" and form.is_valid():
        try:
            said = {"by": request.user, "now": timezone.now()} | form.cleaned_data
            recall = rules.begin(donation=donation, **said)
        except Refused as refused:
            show(request, form, refused)
        else:
            return redirect("centers:recall-detail", public_id=recall.public_id)
    context = {"donation": donation, "form": form}
    return render(request, "centers/recalls/begin.html", context)


def _recall(request, public_id):
    rows = access.recalls(request.user).select_related(
        "donation__center", "look_back__donation__center", "opened_by", "closed_by"
    )
    recall = get_object_or_404(rows, public_id=public_id)
    if recall.look_back:
        if not _is_doctor(request, recall):
            raise Http404
    elif not any(access.has_job(request.user, place, *CALLERS) for place in _places(recall)):
        raise PermissionDenied
    return recall


def _places(recall):
    """The centre whose doctor closes it, the centre of the donation, and those that have its bags: a
    step is noted by those who hold the bag."""
    return {_center(recall), recall.donation.center} | {
        bag.center for bag in Bag.objects.reached_by(recall.donation).select_related("center")
    }


def _center(recall):
    """The centre whose doctor closes the recall; the others only record what they did about a
    bag."""
    return (recall.look_back or recall).donation.center


def _is_doctor(request, recall):
    return any(access.has_job(request.user, place, Job.DOCTOR) for place in _places(recall))


@require_safe
def detail(request, public_id):
    return _page(request, _recall(request, public_id))


def _page(request, recall, refused=None, outcome_form=None):
    rows = [
        (
            row,
            refused
            if refused and refused.prefix == f"bag{row.bag.pk}"
            else StepForm(recall=recall, bag=row.bag),
        )
        for row in rules.followed(recall)
    ]
    context = {
        "recall": recall,
        "rows": rows,
        "may_close": access.has_job(request.user, _center(recall), *CALLERS),
        "outcome_form": outcome_form
        or OutcomeForm(recall=recall, is_doctor=_is_doctor(request, recall)),
        "form": refused or outcome_form,
    }
    return render(request, "centers/recalls/detail.html", context)


@require_POST
def step(request, public_id, bag):
    recall = _recall(request, public_id)
    held = get_object_or_404(Bag.objects.reached_by(recall.donation), public_id=bag)
    form = StepForm(request.POST, recall=recall, bag=held)
    if form.is_valid():
        said = {"recall": recall, "bag": held, "by": request.user, "now": timezone.now()}
        if attempt(request, _("Noted."), rules.note, form, **said, **form.cleaned_data):
            return redirect("centers:recall-detail", public_id=public_id)
    return _page(request, recall, refused=form)


@require_POST
def close(request, public_id):
    recall = _recall(request, public_id)
    access.require_job(request.user, _center(recall), *CALLERS)
    form = OutcomeForm(request.POST, recall=recall, is_doctor=_is_doctor(request, recall))
    if form.is_valid():
        said = {"recall": recall, "by": request.user, "now": timezone.now()}
        done = _("The recall is closed.")
        if attempt(request, done, rules.close, form, **said, **form.cleaned_data):
            return redirect("centers:recall-detail", public_id=public_id)
    return _page(request, recall, outcome_form=form)
