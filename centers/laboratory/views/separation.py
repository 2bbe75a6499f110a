from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from centers import access
from centers.inventory import unconfirmed
from centers.inventory.forms.stock import ScanForm
from centers.laboratory import separation
from centers.models import Bag, Job
from centers.views.refusals import attempt
from donors.errors import Refused

MAKERS = (Job.LABORATORY, Job.STOCK)


@require_safe
def index(request, code):
    """Whole blood that can be separated; a scanned number opens its bag."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, *MAKERS)
    form = ScanForm(request.GET or None)
    bags = separation.waiting(access.donations(request.user).filter(center=center))
    if form.is_valid():
        found = bags.filter(donation__din=form.cleaned_data["number"]).first()
        if found:
            return redirect("centers:separation", public_id=found.public_id)
        form.add_error("number", _("No bag of this number waits to be separated here."))
    context = {"center": center, "form": form, "bags": bags[:200]}
    return render(request, "centers/separation/list.html", context)


def _bag(request, public_id) -> Bag:
    rows = access.bags(request.user).select_related("component", "donation", "center")
    bag = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, bag.center, *MAKERS)
    return bag


@require_safe
def choose(request, public_id):
    bag = _bag(request, public_id)
    choices = separation.choices(bag=bag, now=timezone.now())
    made = bag.made.select_related("component").order_by("pk")
    is_doctor = access.has_job(request.user, bag.center, Job.DOCTOR)
    unconfirmed.hush([bag, *made], is_doctor=is_doctor)
    context = {"bag": bag, "choices": choices, "made": made}
    return render(request, "centers/separation/choose.html", context)


@require_POST
def make(request, public_id, recipe):
    bag = _bag(request, public_id)
    try:
        made = separation.make(bag=bag, recipe=recipe, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("centers:separation", public_id=public_id)
    sentence = ngettext("%(count)s bag is made.", "%(count)s bags are made.", len(made))
    messages.success(request, sentence % {"count": len(made)})
    return redirect("centers:separation", public_id=public_id)


@require_POST
def open_bag(request, public_id):
    bag = _bag(request, public_id)
    done = _("Noted: from now on this bag keeps for hours only.")
    attempt(request, done, separation.open_bag, bag=bag, by=request.user, now=timezone.now())
    return redirect("centers:separation", public_id=public_id)
