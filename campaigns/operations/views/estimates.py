from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns import access
from campaigns.operations import board, estimates
from campaigns.operations.forms.estimates import EstimateForm
from centers.views.refusals import show
from donors.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def estimate(request, public_id):
    """Make or revise the estimate; ``look`` shows what follows from the figures and keeps nothing."""
    access.require_administrator(request.user)
    operation = get_object_or_404(access.operations(request.user), public_id=public_id)
    form = EstimateForm(request.POST or None, operation=operation)
    looked = None
    if request.method == "POST" and form.is_valid():
        said = form.said() | {"by": request.user, "now": timezone.now()}
        looked = estimates.unsaved(operation=operation, **said)
        if "look" not in request.POST:
            try:
                estimates.make(estimate=looked)
                messages.success(request, _("The estimate is in force."))
                return redirect("campaigns:operation-detail", public_id=public_id)
            except Refused as refused:
                show(request, form, refused)
    shown = looked or operation.estimates.last()
    context = {
        "operation": operation,
        "form": form,
        "looked": looked,
        "estimate": shown,
        "pictures": board.pictures(shown) if shown else [],
        "days": board.days(shown) if shown else [],
        "versions": operation.estimates.select_related("by").order_by("-number"),
    }
    return render(request, "campaigns/operations/estimate.html", context)
