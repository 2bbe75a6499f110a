from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.inventory import alarms as rules
from centers.inventory import found_bags
from centers.inventory.forms.alarms import AnswerForm, FoundForm, SetAsideForm
from centers.models import BagAlarm, Job
from centers.views.refusals import attempt

from .scanned import keeper_of, scanned

KEEPERS = (Job.STOCK, Job.DOCTOR)


def _page(request, center, refused=None, scan=None):
    rows = list(rules.waiting(center))
    here = [row for row in rows if row.kind == BagAlarm.Kind.HOLD]
    away = [
        (row, refused if refused and refused.alarm == row else AnswerForm(alarm=row))
        for row in rows
        if row.kind == BagAlarm.Kind.RECALL
    ]
    context = {"center": center, "here": here, "away": away, "form": scan or refused}
    context["scan_form"] = scan or SetAsideForm(center=center)
    return render(request, "centers/alarms/list.html", context)


@require_safe
def index(request, code):
    """What to take off the shelf now, and which hospitals have not answered."""
    return _page(request, keeper_of(request, code, *KEEPERS))


@require_POST
def answer(request, code):
    center = keeper_of(request, code, *KEEPERS)
    if "number" in request.POST:
        return _set_aside(request, center)
    rows = access.alarms(request.user).filter(center=center)
    alarm = get_object_or_404(rows, public_id=request.POST.get("alarm") or None)
    form = AnswerForm(request.POST, alarm=alarm)
    if form.is_valid():
        said = {"alarms": [alarm], "by": request.user, "now": timezone.now()}
        if attempt(request, _("Noted."), rules.answer, form, **said, **form.cleaned_data):
            return redirect("centers:alarm-list", code=code)
    return _page(request, center, form)


def _set_aside(request, center):
    """The scanned bag is off the shelf: what waits for it here is answered."""
    form = SetAsideForm(request.POST, center=center)
    if form.is_valid():
        waiting = rules.waiting(center).filter(kind=BagAlarm.Kind.HOLD)
        bag = scanned(request, form, center, pk__in=list(waiting.values_list("bag", flat=True)))
        said = {"answer": BagAlarm.Answer.SET_ASIDE, "name": "", "by": request.user}
        done = _("Set aside: %(number)s, %(product)s.")
        if bag and attempt(
            request,
            done % {"number": bag.donation.din, "product": bag.component.name},
            rules.answer,
            form,
            alarms=waiting.filter(bag=bag),
            now=timezone.now(),
            **said,
        ):
            return redirect("centers:alarm-list", code=center.code)
    return _page(request, center, scan=form)


@require_http_methods(["GET", "HEAD", "POST"])
def found(request, public_id):
    """A bag that ended otherwise by the records was found, or had been transfused."""
    rows = access.bags(request.user).select_related("component", "donation", "center")
    bag = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, bag.center, *KEEPERS)
    form = FoundForm(request.POST or None, bag=bag, may_be_found=found_bags.may_be_found(bag))
    if request.method == "POST" and form.is_valid():
        said = {"bag": bag, "by": request.user, "now": timezone.now()} | form.cleaned_data
        if attempt(request, _("Noted."), found_bags.record, form, **said):
            return redirect("centers:bag-detail", public_id=public_id)
    return render(request, "centers/bags/found.html", {"bag": bag, "form": form})
