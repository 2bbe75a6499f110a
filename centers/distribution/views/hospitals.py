from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from centers.distribution import bags_away as rules
from centers.distribution.forms.requests import FateForm, ReturnForm
from centers.inventory import recalls, stock
from centers.inventory.views.scanned import keeper_of, scanned
from centers.models import Bag
from centers.views.refusals import attempt

from .requests import READERS

PAGE = 200


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
