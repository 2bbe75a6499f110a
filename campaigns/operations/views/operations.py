from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import access
from campaigns.operations import board, operations
from campaigns.operations.forms.operations import OperationForm, PhaseForm
from centers.views.refusals import attempt, show
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
    rows = access.operations(request.user).prefetch_related("provinces", "phases")
    operation = get_object_or_404(rows, public_id=public_id)
    context = board.of(operation, reader=request.user, now=timezone.now())
    return render(request, "campaigns/operations/detail.html", context)


@require_POST
def phase(request, public_id):
    access.require_administrator(request.user)
    operation = get_object_or_404(access.operations(request.user), public_id=public_id)
    form = PhaseForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data | {"by": request.user, "now": timezone.now()}
        done = _("The phase is noted.")
        attempt(request, done, operations.enter, operation=operation, **said)
    else:
        messages.error(request, _("Choose the phase again."))
    return redirect("campaigns:operation-detail", public_id=public_id)


@require_POST
def close(request, public_id):
    access.require_administrator(request.user)
    operation = get_object_or_404(access.operations(request.user), public_id=public_id)
    said = {"operation": operation, "by": request.user, "now": timezone.now()}
    because = request.POST.get("because", "")[:2000]
    attempt(request, _("The operation is closed."), operations.close, because=because, **said)
    return redirect("campaigns:operation-detail", public_id=public_id)
