"""Equipment with its checks, what lies in it, its temperatures and their alarms."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.inventory import equipment as rules
from centers.inventory import temperatures
from centers.inventory.forms.equipment import (
    CheckForm,
    DecideForm,
    EquipmentForm,
    LoggerForm,
    MeasureForm,
    OutForm,
    PutInForm,
)
from centers.models import Equipment, Job
from centers.views.refusals import attempt, show
from donors.errors import Refused
from donors.units import roster_files

from .scanned import keeper_of

USERS = (Job.STOCK, Job.LABORATORY, Job.DOCTOR, Job.MANAGER)
DECIDERS = (Job.DOCTOR, Job.MANAGER)
LATEST = 10


@require_safe
def index(request, code):
    center, today = keeper_of(request, code, *USERS), timezone.localdate()
    rows = [(row, rules.state(row, today=today)) for row in rules.listed(center)]
    context = {"center": center, "rows": rows}
    context["may_manage"] = access.has_job(request.user, center, Job.MANAGER)
    return render(request, "centers/equipment/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, code, public_id=None):
    center = keeper_of(request, code, Job.MANAGER)
    found = get_object_or_404(center.equipment, public_id=public_id) if public_id else None
    form = EquipmentForm(request.POST or None, instance=found, action=request.path, center=center)
    if request.method == "POST" and form.is_valid():
        said = {"equipment": found, "center": center} | form.cleaned_data
        if attempt(request, _("It is saved."), rules.save, form, **said):
            return redirect("centers:equipment-list", code=code)
    context = {"center": center, "form": form, "equipment": found}
    return render(request, "centers/equipment/edit.html", context)


def _equipment(request, public_id, *jobs):
    found = get_object_or_404(access.equipment(request.user), public_id=public_id)
    access.require_job(request.user, found.center, *(jobs or USERS))
    return found


@require_safe
def detail(request, public_id):
    return _detail(request, _equipment(request, public_id))


def _detail(request, found, refused=None):
    row = rules.listed(found.center).get(pk=found.pk)
    now = timezone.now()
    forms = {
        "check": CheckForm(equipment=row),
        "out": OutForm(equipment=row),
        "put_in": PutInForm(equipment=row),
        "measure": MeasureForm(equipment=row),
        "logger": LoggerForm(equipment=row),
    }
    for name, form in forms.items():
        if refused is not None and type(form) is type(refused):
            forms[name] = refused
    context = {
        "equipment": row,
        "state": rules.state(row, today=timezone.localdate()),
        "forms": forms,
        "form": refused,
        "checks": row.checks.select_related("by").order_by("-done_on", "-pk")[:LATEST],
        "alarms": row.alarms.select_related("decided_by").order_by("-first_at")[:LATEST],
        "inside": row.placements.filter(until=None)
        .select_related("bag__donation", "bag__component")
        .order_by("bag__expires_at", "bag"),
        "keeps": row.kind in Equipment.KEEPS_BAGS,
        "measured": row.kind in Equipment.HAS_A_RANGE,
        "curve": temperatures.curve(row, now=now),
        "may_manage": access.has_job(request.user, row.center, Job.MANAGER),
    }
    return render(request, "centers/equipment/detail.html", context)


def _act(request, public_id, kind, rule, done, **more):
    """One of the forms of the page of a piece of equipment."""
    found = _equipment(request, public_id)
    form = kind(request.POST, request.FILES, equipment=found)
    if form.is_valid():
        said = {"equipment": found, "by": request.user, "now": timezone.now()} | more
        if attempt(request, done, rule, form, **said, **form.cleaned_data):
            return redirect("centers:equipment-detail", public_id=public_id)
    return _detail(request, found, refused=form)


@require_POST
def check(request, public_id):
    done = _("The check is recorded.")
    return _act(request, public_id, CheckForm, rules.check, done, today=timezone.localdate())


@require_POST
def take_out(request, public_id):
    done = _("It is out of service.")
    return _act(request, public_id, OutForm, rules.take_out, done)


@require_POST
def bring_back(request, public_id):
    found = _equipment(request, public_id, Job.MANAGER)
    attempt(request, _("It is in service."), rules.bring_back, equipment=found)
    return redirect("centers:equipment-detail", public_id=public_id)


@require_POST
def put_in(request, public_id):
    done = _("It lies here now.")
    return _act(request, public_id, PutInForm, rules.put_in, done)


@require_POST
def note(request, public_id):
    done = _("The temperature is noted.")
    return _act(request, public_id, MeasureForm, temperatures.note, done)


@require_POST
def hand_in(request, public_id):
    found = _equipment(request, public_id)
    form = LoggerForm(request.POST, request.FILES, equipment=found)
    if not form.is_valid():
        return _detail(request, found, refused=form)
    file = form.cleaned_data["file"]
    try:
        if file.size > roster_files.MOST_BYTES:
            raise Refused(roster_files.sentence("large"), "file")
        said = {"file_name": file.name, "content": file.read(), "by": request.user}
        count = temperatures.hand_in(equipment=found, now=timezone.now(), **said)
    except Refused as refused:
        show(request, form, refused)
        return _detail(request, found, refused=form)
    sentence = ngettext("%(count)s measurement is new.", "%(count)s measurements are new.", count)
    messages.success(request, sentence % {"count": count})
    return redirect("centers:equipment-detail", public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def alarm(request, public_id):
    """The bags that lay there, and the decision about them."""
    rows = access.temperature_alarms(request.user).select_related("equipment__center")
    found = get_object_or_404(rows, public_id=public_id)
    center = found.equipment.center
    access.require_job(request.user, center, *USERS)
    may_decide = access.has_job(request.user, center, *DECIDERS) and not found.decided_at
    form = DecideForm(request.POST or None, alarm=found)
    if request.method == "POST":
        if not access.has_job(request.user, center, *DECIDERS):
            raise PermissionDenied
        if form.is_valid() and _decided(request, found, form):
            return redirect("centers:temperature-alarm", public_id=public_id)
    context = {"alarm": found, "bags": temperatures.held_by(found), "form": form}
    return render(request, "centers/equipment/alarm.html", context | {"may_decide": may_decide})


def _decided(request, found, form) -> bool:
    said = {"alarm": found, "by": request.user, "now": timezone.now()} | form.cleaned_data
    done = _("Decided. What may be used is released by a second person.")
    return attempt(request, done, temperatures.decide, form, **said)
