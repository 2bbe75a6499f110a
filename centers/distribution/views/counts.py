from django.forms import CheckboxInput
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.distribution.forms.transfers import CountForm, CountScanForm, FinishForm
from centers.inventory import counting as rules
from centers.inventory import unconfirmed
from centers.inventory.views.scanned import keeper_of, scanned
from centers.models import Job
from centers.views.refusals import attempt, show
from donors.errors import Refused

LATEST = 20


@require_http_methods(["GET", "HEAD", "POST"])
def index(request, code):
    """The counts of a centre; a new one begins here."""
    center = keeper_of(request, code)
    form = CountForm(request.POST or None, center=center)
    if request.method == "POST" and form.is_valid():
        try:
            said = {"by": request.user, "now": timezone.now()} | form.cleaned_data
            count = rules.begin(center=center, **said)
        except Refused as refused:
            show(request, form, refused)
        else:
            return redirect("centers:count-detail", public_id=count.public_id)
    rows = access.counts(request.user).filter(center=center)
    rows = rows.select_related("component", "started_by").order_by("-started_at")[:LATEST]
    context = {"center": center, "form": form, "counts": rows}
    return render(request, "centers/counts/list.html", context)


def _load(request, public_id, *jobs):
    rows = access.counts(request.user).select_related("center", "component", "started_by")
    count = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, count.center, *jobs)
    return count


@require_safe
def detail(request, public_id):
    return _page(request, _load(request, public_id, Job.STOCK))


def _page(request, count, form=None, finish_form=None):
    found = rules.differences(count)
    told = access.is_told_first(request.user, count.center)
    unconfirmed.hush([*found.missing, *found.strange], told=told)
    context = {
        "count": count,
        "scanned": count.bags.filter(scanned=True).count(),
        "found": found,
        "scan_form": form or CountScanForm(count=count),
        "finish_form": finish_form or FinishForm(count=count),
        "form": form or finish_form,
        "may_settle": access.has_job(request.user, count.center, Job.MANAGER),
    }
    return render(request, "centers/counts/detail.html", context)


@require_POST
def scan(request, public_id):
    count = _load(request, public_id, Job.STOCK)
    form = CountScanForm(request.POST, count=count)
    if form.is_valid():
        bag = scanned(request, form, count.center, strange=True, component=count.component_id)
        said = {"count": count, "bag": bag, "by": request.user, "now": timezone.now()}
        done = _("Scanned: %(number)s.") % {"number": bag.donation.din if bag else ""}
        if bag and attempt(request, done, rules.scan, form, **said):
            return redirect("centers:count-detail", public_id=public_id)
    return _page(request, count, form)


@require_POST
def finish(request, public_id):
    count = _load(request, public_id, Job.STOCK)
    form = FinishForm(request.POST, count=count)
    if form.is_valid():
        said = {"count": count, "by": request.user, "now": timezone.now()} | form.cleaned_data
        if attempt(request, _("The count is finished."), rules.finish, form, **said):
            return redirect("centers:count-detail", public_id=public_id)
        if rules.differences(count):
            form.fields["sure"].widget = CheckboxInput()
    return _page(request, count, finish_form=form)


@require_POST
def lose(request, public_id, bag):
    """The manager declares a bag lost that was not on the shelf."""
    count = _load(request, public_id, Job.MANAGER)
    missing = [row for row in rules.differences(count).missing if str(row.public_id) == str(bag)]
    if count.finished_at and missing:
        said = {"count": count, "bag": missing[0], "by": request.user, "now": timezone.now()}
        attempt(request, _("The bag is declared lost."), rules.declare_lost, **said)
    return redirect("centers:count-detail", public_id=public_id)
