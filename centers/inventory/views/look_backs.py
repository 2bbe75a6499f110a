from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from centers import access
from centers.inventory import look_back_steps, recalls
from centers.inventory.forms.look_backs import LookBackStepForm
from centers.models import Job
from centers.views.refusals import attempt
from donors.clock.calendar import local_day
from donors.errors import Refused

from .scanned import keeper_of

LATEST = 200


@require_safe
def index(request, code):
    """For doctors only: look-backs that reactive results opened."""
    center = keeper_of(request, code, Job.DOCTOR)
    context = {"center": center, "rows": recalls.look_backs(center)[:LATEST]}
    return render(request, "centers/recalls/look_backs.html", context)


def _load(request, pk):
    rows = access.look_backs(request.user).select_related(
        "donation__donor__merged_into", "donation__center", "marker", "closed_by"
    )
    found = get_object_or_404(rows, pk=pk)
    if not access.has_job(request.user, found.donation.center, Job.DOCTOR):
        raise Http404
    return found


@require_safe
def detail(request, pk):
    return _page(request, _load(request, pk))


def _page(request, found, refused=None):
    now = timezone.now()
    rows = recalls.open_look_back(look_back=found, by=request.user, now=now)
    context = {
        "look_back": found,
        "donor": found.donation.donor.person,
        "earlier": rows,
        "waiting": sum(row.recall is None for row in rows),
        "needs": look_back_steps.needs(found),
        "steps": found.steps.select_related("by").order_by("on", "pk"),
        "step_form": refused or LookBackStepForm(look_back=found, today=local_day(now)),
        "form": refused,
    }
    return render(request, "centers/recalls/look_back.html", context)


@require_POST
def step(request, pk):
    found, now = _load(request, pk), timezone.now()
    form = LookBackStepForm(request.POST, look_back=found, today=local_day(now))
    if form.is_valid():
        said = {"look_back": found, "by": request.user, "now": now} | form.cleaned_data
        if attempt(request, _("Noted."), look_back_steps.note, form, **said):
            return redirect("centers:look-back", pk=pk)
    return _page(request, found, form)


def _letter(request, found, name, **context):
    """Official letters are in Arabic and French."""
    now = timezone.now()
    heads = {
        code: [line.strip() for line in settings.LETTERHEAD[code].split("/")]
        for code in ("ar", "fr")
    }
    context |= {"look_back": found, "center": found.donation.center, "now": now, "heads": heads}
    context["within"] = look_back_steps.ANSWER_WITHIN
    return render(request, f"centers/recalls/{name}.html", context)


@require_safe
def letter(request, pk):
    """To the donor: an invitation to the doctor, without any result."""
    found = _load(request, pk)
    recalls.open_look_back(look_back=found, by=request.user, now=timezone.now())
    return _letter(request, found, "letter_donor", donor=found.donation.donor.person)


@require_safe
def letters(request, pk):
    """To the hospitals, one for each, without the donor."""
    found = _load(request, pk)
    places = look_back_steps.letters(found, by=request.user)
    return _letter(request, found, "letters_hospitals", places=places)


@require_POST
def recall_earlier(request, pk):
    found = _load(request, pk)
    try:
        opened = recalls.recall_earlier(look_back=found, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        done = ngettext(
            "%(count)s donation is recalled.", "%(count)s donations are recalled.", opened
        )
        messages.success(request, done % {"count": opened})
    return redirect("centers:look-back", pk=pk)


@require_POST
def close(request, pk):
    found = _load(request, pk)
    said = {"look_back": found, "by": request.user, "now": timezone.now()}
    attempt(request, _("The look-back is closed."), recalls.close_look_back, **said)
    return redirect("centers:look-back", pk=pk)
