"""The tree of units, for officers and administrators."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from donors import access
from donors.accounts.factors import fresh
from donors.errors import Refused
from donors.units import headcount, officers, tree
from donors.units.forms import units as forms

PAGE = 50
# For each act: its form, who may do it, and the rule called with the cleaned data.
ACTS = {
    "create": (forms.CreateForm, access.keeps_units),
    "rename": (forms.RenameForm, access.is_above),
    "move": (forms.MoveForm, access.keeps_units),
    "merge": (forms.MergeForm, access.keeps_units),
    "split": (forms.SplitForm, access.keeps_units),
    "close": (forms.ReasonForm, access.keeps_units),
    "reopen": (forms.ReopenForm, access.keeps_units),
}


def _seen(request):
    seen = access.units(request.user)
    if not seen.exists():
        raise PermissionDenied
    return seen


@require_safe
def index(request):
    """The search results, else the topmost units the reader may see."""
    seen = _seen(request)
    form = forms.SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    rows = tree.find(text, seen) if text.strip() else access.tops(request.user)
    page = Paginator(rows.order_by("path"), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "text": text, "query": f"q={text}&" if text else ""}
    context["rows"] = headcount.of(list(page))
    return render(request, "donors/units/list.html", context)


@require_safe
def detail(request, code):
    return _page(request, get_object_or_404(_seen(request), code=code))


def _page(request, unit, form=None):
    now = timezone.now()
    children = Paginator(unit.children.order_by("code"), PAGE).get_page(request.GET.get("page"))
    commands = list(officers.of(unit, now))
    may_command = access.is_above(request.user, unit)
    action = reverse("donors:officer-invite", args=[unit.code])
    people = [command.user for command in commands]
    people_of, *rows = headcount.of([unit, *children])
    context = {
        "unit": unit,
        "above": access.chain(request.user, unit),
        "people": people_of,
        "children": children,
        "rows": rows,
        "commands": commands,
        "before": list(officers.before(unit, now)[:PAGE]),
        "invitations": unit.invitations.filter(accepted_at=None, dropped_at=None),
        "may_command": may_command,
        "acts": [] if unit.closed_on else _acts(request.user, unit),
        "may_reopen": bool(unit.closed_on) and access.keeps_units(request.user, unit),
        "invite_form": form or forms.InviteForm(officers=people, action=action),
        "changes": unit.changes.select_related("by").order_by("-at", "-pk"),
    }
    return render(request, "donors/units/detail.html", context)


def _acts(user, unit):
    return [name for name, (_form, may) in ACTS.items() if name != "reopen" and may(user, unit)]


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def act(request, code, act):
    seen = _seen(request)
    unit = get_object_or_404(seen.select_related("parent"), code=code)
    if act not in ACTS:
        raise Http404
    form_class, may = ACTS[act]
    if not may(request.user, unit):
        raise PermissionDenied
    typed = request.POST if request.method == "POST" else None
    form = form_class(typed, unit=unit, among=seen, action=request.path)
    if request.method == "POST" and form.is_valid():
        try:
            made = _done(act, unit, form, request.user)
            messages.success(request, _("Done; it is in the history of the unit."))
            return redirect("donors:unit", code=(made or unit).code)
        except Refused as refused:
            messages.error(request, str(refused))
    return render(request, "donors/units/act.html", {"unit": unit, "form": form, "act": act})


def _done(act, unit, form, by):
    said = dict(form.cleaned_data)
    named = isinstance(form, forms.NamesForm)
    if named:
        for name in form.called:
            del said[name]
        said["called"] = form.called
    key = "parent" if act == "create" else "unit"
    return getattr(tree, act)(**{key: unit}, by=by, now=timezone.now(), **said)
