from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import access
from campaigns.appeals import operations, progress
from campaigns.appeals.forms.operations import OperationForm
from campaigns.organising import memos
from centers.views.refusals import show
from donors.accounts.factors import fresh
from donors.errors import Refused


@require_safe
def index(request):
    access.require_overview(request.user)
    context = {"operations": operations.with_counts(access.operations(request.user))}
    return render(request, "campaigns/operations/list.html", context)


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request):
    access.require_administrator(request.user)
    form = OperationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operation = operations.begin(by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The operation is open. Issue its memo next."))
            return redirect("campaigns:operation-detail", public_id=operation.public_id)
        except Refused as refused:
            show(request, form, refused)
    return render(request, "campaigns/operations/begin.html", {"form": form})


@require_safe
def detail(request, public_id):
    access.require_overview(request.user)
    rows = access.operations(request.user).prefetch_related("provinces")
    operation = get_object_or_404(rows, public_id=public_id)
    issued = operation.memos.select_related("issuer")
    appeals = progress.with_counts(operation.appeals.select_related("center", "component"))
    context = {
        "operation": operation,
        "memos": [(memo, memos.account(memo)) for memo in issued],
        "appeals": appeals,
        "states": operations.states(operation),
    }
    return render(request, "campaigns/operations/detail.html", context)


@require_POST
def close(request, public_id):
    access.require_administrator(request.user)
    operation = get_object_or_404(access.operations(request.user), public_id=public_id)
    try:
        operations.close(operation=operation, by=request.user, now=timezone.now())
        messages.success(request, _("The operation is closed."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:operation-detail", public_id=public_id)
