"""Lists of people: uploaded, previewed line by line, applied or dropped."""

import csv

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    conditional_page,
    require_http_methods,
    require_POST,
    require_safe,
)

from campaigns import access
from campaigns.organising.forms.rosters import UploadForm
from donors.accounts.factors import fresh
from donors.clock import partial_dates
from donors.errors import Refused
from donors.units import roster_files, roster_lines, rosters

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def index(request):
    """The reader's own lists, and the upload form."""
    if not access.hands_in_rosters(request.user):
        raise PermissionDenied
    units = access.roster_units(request.user)
    form = UploadForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        units=units.order_by("path"),
        needs_unit=not access.managed_centers(request.user).exists(),
        action=request.path,
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > roster_files.MOST_BYTES:
                raise Refused(roster_files.sentence("large"))
            roster = rosters.upload(
                file_name=file.name,
                content=file.read(),
                unit=form.cleaned_data.get("unit"),
                by=request.user,
                now=timezone.now(),
            )
            return redirect("campaigns:roster", public_id=roster.public_id)
        except Refused as refused:
            form.add_error("file", str(refused))
    rows = access.rosters(request.user).select_related("unit").order_by("-uploaded_at")
    context = {
        "form": form,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "headings": roster_lines.HEADINGS,
    }
    return render(request, "campaigns/rosters/list.html", context)


def _roster(request, public_id):
    rows = access.rosters(request.user).select_related("unit")
    return get_object_or_404(rows, public_id=public_id)


def _shown(request, public_id):
    roster = _roster(request, public_id)
    rows = roster.rows.order_by("number")
    only_faults = request.GET.get("only") == "faults"
    page = Paginator(rows.exclude(fault="") if only_faults else rows, PAGE).get_page(
        request.GET.get("page")
    )
    lines = [
        (
            row,
            rosters.said(roster, row),
            _(roster_lines.FAULTS.get(row.fault, "")) if row.fault else "",
        )
        for row in page
    ]
    return {
        "roster": roster,
        "page": page,
        "lines": lines,
        "only_faults": only_faults,
        "good": roster.rows_count - roster.faults_count,
        "query": "only=faults&" if only_faults else "",
        "done": rosters.progress(roster),
        "today": timezone.localdate(),
    }


@require_safe
def detail(request, public_id):
    return render(request, "campaigns/rosters/detail.html", _shown(request, public_id))


@require_safe
@conditional_page
def state(request, public_id):
    """The polled part of the page; unchanged, it answers 304. When the work is over the page
    reloads."""
    roster = _roster(request, public_id)
    context = {"roster": roster, "done": rosters.progress(roster)}
    context["good"] = roster.rows_count - roster.faults_count
    response = render(request, "campaigns/rosters/_state.html", context)
    response["Cache-Control"] = "private, no-cache"
    if not roster.is_worked_on:
        response["HX-Refresh"] = "true"
    return response


@fresh
@require_safe
def faults(request, public_id):
    """The faulty lines with their reasons, to be corrected and uploaded again."""
    roster = _roster(request, public_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="faults.csv"'
    response.write("\ufeff")
    sheet = csv.writer(response)
    names = list(roster_lines.HEADINGS)
    headings = [roster_lines.HEADINGS[name][0] for name in names]
    sheet.writerow([*headings, _("Line"), _("What is wrong")])
    for row in roster.rows.exclude(fault="").order_by("number").iterator(1000):
        line = rosters.said(roster, row)
        cells = [roster_files.harmless(str(line.get(name, ""))) for name in names]
        sheet.writerow([*cells, row.number, _(roster_lines.FAULTS[row.fault])])
    return response


def _elsewhere(request) -> dict:
    """What the uploader says of members of another unit; nothing where there are none."""
    said = request.POST.get("elsewhere")
    if said != "move":
        return {"leaves_elsewhere": said == "stay"}
    day = partial_dates.read(request.POST.get("moves_on", ""))
    if day is None or not day.is_exact:
        raise Refused(_("Write the day of the move, like 07/03/2026."))
    return {"moves_on": day.earliest}


@fresh
@require_POST
def agree(request, public_id):
    roster = _roster(request, public_id)
    try:
        rosters.agree(roster=roster, now=timezone.now(), **_elsewhere(request))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:roster", public_id=public_id)


@require_POST
def cancel(request, public_id):
    roster = _roster(request, public_id)
    try:
        rosters.cancel(roster=roster, now=timezone.now())
        messages.success(request, _("Cancelled: nothing of this list is kept."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(reverse("campaigns:rosters"))
