"""The country and one operation, live; "plan now"."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_POST, require_safe

from campaigns import access
from campaigns.appeals.forms.waves import NoForm
from campaigns.operations import log
from campaigns.planning import ticks
from campaigns.situation import board, scopes


def _country(request) -> scopes.Scope:
    scope = scopes.of_reader(request.user)
    if not scope.centers and not scope.whole:
        raise PermissionDenied
    return scope


def _operation(request, public_id):
    access.require_overview(request.user)
    rows = access.operations(request.user).prefetch_related("provinces", "phases")
    return get_object_or_404(rows, public_id=public_id)


def _context(request, scope: scopes.Scope) -> dict:
    may_plan = access.asks_for_plans(request.user)
    found = board.room(scope=scope, reader=request.user, now=timezone.now())
    decisions = log.entries(scope.operation) if scope.operation else None
    live = {"room": found, "scope": scope, "may_plan": may_plan, "log": decisions}
    return board.drawn() | live


def _undo(request):
    """One field for why, outside the part that renews itself; each held wave has its own button."""
    if not access.asks_for_plans(request.user):
        return None
    form = NoForm(label="", auto_id="undo-%s")
    form.helper.layout.fields.pop()
    return form


@require_safe
def country(request):
    """All needs for administrators and auditors; a manager's own centres for a manager."""
    context = _context(request, _country(request)) | {"undo": _undo(request)}
    return render(request, "campaigns/situation/country.html", context)


@require_safe
@conditional_page
def country_now(request):
    """The polled part; unchanged, it answers 304."""
    return _live(request, _country(request))


@require_safe
def operation(request, public_id):
    one = _operation(request, public_id)
    context = _context(request, scopes.of_operation(one))
    context |= board.operation(one, now=timezone.now()) | {"undo": _undo(request)}
    return render(request, "campaigns/situation/operation.html", context)


@require_safe
@conditional_page
def operation_now(request, public_id):
    return _live(request, scopes.of_operation(_operation(request, public_id)))


def _live(request, scope):
    context = _context(request, scope) | {"live": request.path}
    response = render(request, "campaigns/situation/_now.html", context)
    response["Cache-Control"] = "private, no-cache"
    return response


@require_POST
def plan_now(request):
    """The next run of the planner, within seconds, answers."""
    if not access.asks_for_plans(request.user):
        raise PermissionDenied
    ticks.ask(by=request.user, now=timezone.now())
    messages.success(request, _("A plan is being made; it shows here within seconds."))
    return redirect("campaigns:situation")
