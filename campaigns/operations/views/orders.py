from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import access
from campaigns.operations import orders
from campaigns.operations.forms.orders import OrderForm
from centers.views.refusals import attempt, show
from donors.accounts.factors import fresh, fresh_to_send
from donors.errors import Refused


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def order(request, public_id):
    access.require_administrator(request.user)
    operation = get_object_or_404(access.operations(request.user), public_id=public_id)
    form = OrderForm(request.POST or None, operation=operation)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"by": request.user, "now": timezone.now()}
        try:
            given = orders.give(operation=operation, **said)
            messages.success(
                request,
                _("The order waits: another administrator has to confirm it.")
                if orders.waits(given)
                else _("The order is in force."),
            )
            return redirect("campaigns:operation-detail", public_id=public_id)
        except Refused as refused:
            show(request, form, refused)
    context = {"operation": operation, "form": form, "usual": orders.usual()}
    return render(request, "campaigns/operations/order.html", context)


@fresh_to_send
@require_POST
def confirm(request, public_id):
    access.require_administrator(request.user)
    operation = get_object_or_404(access.operations(request.user), public_id=public_id)
    now = timezone.now()
    # The version that was read: one given since then is not confirmed unseen.
    number = request.POST.get("number", "")
    waiting = orders.to_confirm(operation=operation, now=now)
    if waiting is None or str(waiting.number) != number:
        messages.error(request, _("This order no longer waits to be confirmed."))
    else:
        said = {"order": waiting, "by": request.user, "now": now}
        attempt(request, _("The order is in force."), orders.confirm, **said)
    return redirect("campaigns:operation-detail", public_id=public_id)
