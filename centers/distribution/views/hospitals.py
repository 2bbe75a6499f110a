from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.distribution import bags_away as rules
from centers.distribution import requests
from centers.distribution.forms.requests import FateForm, HospitalForm, ReturnForm
from centers.inventory import recalls, stock
from centers.inventory.views.scanned import keeper_of, scanned
from centers.models import Bag, Job
from centers.views.refusals import attempt
from donors import alphabet

from .requests import READERS

PAGE = 200


@require_http_methods(["GET", "HEAD", "POST"])
def hospitals(request, code, pk=None):
    """The hospitals that this centre serves, with a form to edit or deactivate one."""
    center = keeper_of(request, code)
    found = get_object_or_404(center.hospitals, pk=pk) if pk else None
    form = HospitalForm(request.POST or None, instance=found, center=center)
    if request.method == "POST" and form.is_valid():
        said = {"hospital": found, "center": center} | form.cleaned_data
        done = _("The hospital is saved.") if found else _("The hospital stands in the list.")
        if attempt(request, done, requests.keep_hospital, form, **said):
            return redirect("centers:hospital-list", code=code)
    rows = sorted(
        center.hospitals.all(), key=lambda row: (row.until is not None, alphabet.key(row.name))
    )
    context = {"center": center, "form": form, "hospital": found}
    context["hospitals"] = [] if found else rows
    return render(request, "centers/requests/hospitals.html", context)


@require_safe
def away(request, code):
    """Bags at hospitals without a reported outcome; returns and reports are scanned here."""
    return _page(request, keeper_of(request, code, *READERS))


def _page(request, center, **forms):
    rows = rules.unaccounted(center)
    context = {
        "center": center,
        "bags": rows[:PAGE],
        "total": rows.count(),
        "may_move": access.has_job(request.user, center, Job.STOCK),
        "return_form": ReturnForm(center=center),
        "fate_form": FateForm(center=center),
        "form": next(iter(forms.values()), None),
    }
    return render(request, "centers/requests/away.html", context | forms)


@require_POST
def take_back(request, code):
    center = keeper_of(request, code)
    form = ReturnForm(request.POST, center=center)
    if form.is_valid():
        bag = scanned(request, form, center, state=Bag.State.ISSUED)
        said = {name: form.cleaned_data[name] for name in ("minutes_out", "cold_chain_kept")}
        said |= {"by": request.user, "now": timezone.now()}
        if not said["cold_chain_kept"]:
            done = _("The bag is discarded: its cold chain was broken.")
        elif bag and recalls.is_recalled(bag.donation):
            done = _("Taken back and blocked: it is called back. The recall decides about it.")
        else:
            done = _("Taken back: it waits in the list of releases for a second person.")
        if bag and attempt(
            request, done, rules.take_back, form, issued=stock.issue_of(bag=bag), **said
        ):
            return redirect("centers:bags-away", code=code)
    return _page(request, center, return_form=form)


@require_POST
def report(request, code):
    center = keeper_of(request, code)
    form = FateForm(request.POST, center=center)
    if form.is_valid():
        bag = scanned(request, form, center, state=Bag.State.ISSUED)
        said = {"transfused": form.cleaned_data["transfused"], "bag": bag}
        said |= {"by": request.user, "now": timezone.now()}
        if bag and attempt(request, _("Noted."), rules.report, form, **said):
            return redirect("centers:bags-away", code=code)
    return _page(request, center, fate_form=form)
