"""Eligibility rules by version: administrators and auditors read them, two administrators change
them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donors import access
from donors.accounts.factors import fresh, fresh_to_send
from donors.clock.calendar import local_day
from donors.eligibility import policy
from donors.eligibility.forms.policy import CriterionForm, ReasonForm
from donors.errors import Refused

FORMS = {"criterion": CriterionForm, "reason": ReasonForm}


def _reader(request):
    if not access.reads_policy(request.user):
        raise PermissionDenied
    return request.user.is_administrator


@require_safe
def index(request):
    may_change = _reader(request)
    today = local_day(timezone.now())
    context = {
        "criteria": policy.in_force("criterion", today),
        "reasons": policy.in_force("reason", today),
        "waiting": policy.waiting(),
        "may_change": may_change,
    }
    return render(request, "donors/policy/list.html", context)


@fresh_to_send
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request, table, code):
    """One code: its versions, who changed them and why, and the form for the next one."""
    may_change = _reader(request)
    version = policy.last(table, code) if table in FORMS else None
    if version is None:
        raise Http404
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    initial = {name: getattr(version, name) for name in policy.CHANGEABLE[table]}
    typed = request.POST if request.method == "POST" else None
    form = FORMS[table](typed, initial=initial, version=version, action=request.path)
    if request.method == "POST" and form.is_valid():
        try:
            policy.ask(
                table=table,
                code=code,
                after=form.after,
                valid_from=form.cleaned_data["valid_from"],
                because=form.cleaned_data["because"],
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("Asked for. Another administrator has to approve it."))
            return redirect(reverse("donors:policy"))
        except Refused as refused:
            messages.error(request, str(refused))
    context = {
        "version": version,
        "table": table,
        "versions": policy.history(table, code),
        "decided": policy.decided(table, code),
        "form": form if may_change else None,
    }
    return render(request, "donors/policy/rule.html", context)


@fresh
@require_POST
def decide(request, public_id):
    if not _reader(request):
        raise PermissionDenied
    change = get_object_or_404(access.policy_changes(request.user), public_id=public_id)
    approve = request.POST.get("answer") == "yes"
    try:
        policy.decide(change=change, approve=approve, by=request.user, now=timezone.now())
        said = _("Approved; it holds from its first day on.") if approve else _("Dropped.")
        messages.success(request, said)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("donors:policy")
