"""Preparing a campaign and bringing it to its end, for the unit that organises it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns import access
from campaigns.agenda import listing
from campaigns.checklists import items
from campaigns.messaging import links
from campaigns.organising import drive_totals
from campaigns.preparing import ending, invitations
from campaigns.preparing.forms.preparing import ReportForm
from centers.views.refusals import show as show_refusal
from donors.errors import Refused
from donors.people.privacy import few


@require_safe
def show(request, public_id):
    return _page(request, _load(access.campaigns(request.user), public_id))


def _load(scope, public_id):
    rows = scope.select_related("unit", "center", "coordinator")
    return get_object_or_404(rows, public_id=public_id)


def _page(request, campaign, form=None):
    now = timezone.now()
    last = campaign.reports.select_related("by").last()
    lines = items.of(campaign)
    context = {
        "campaign": campaign,
        "may_tell": access.organised(request.user).filter(pk=campaign.pk).exists(),
        "lines": lines,
        "done": sum(line.done for line in lines),
        "today": timezone.localdate(now),
        "now": now,
        "progress": listing.progress(campaign),
        "counts": drive_totals.of_drive(campaign),
        "tally_url": links.tally_url(campaign.unit, request.LANGUAGE_CODE),
        "report": last,
        "form": form or ReportForm(campaign=campaign, last=last),
        "thanked": ending.thanked(campaign),
        "thanked_count": few(ending.thanked(campaign)),
        "invited": invitations.invited(campaign),
        "invited_count": few(invitations.invited(campaign)),
    }
    if campaign.is_open:
        context["invitable"] = few(invitations.invitable(campaign, now).count())
    return render(request, "campaigns/preparing/show.html", context)


@require_POST
def tick(request, public_id):
    said = _("Ticked.")
    return _press(request, public_id, items.tick, said, item=request.POST.get("item", ""))


@require_POST
def untick(request, public_id):
    said = _("The tick is taken back.")
    return _press(request, public_id, items.untick, said, item=request.POST.get("item", ""))


@require_POST
def invite(request, public_id):
    said = _("The invitations are on their way; each person gets one.")
    return _press(request, public_id, invitations.invite, said)


@require_POST
def thank(request, public_id):
    said = _("The thanks are on their way to those who agreed to be written to.")
    return _press(request, public_id, ending.thank_people, said)


@require_POST
def report(request, public_id):
    campaign = _load(access.organised(request.user), public_id)
    form = ReportForm(request.POST, campaign=campaign, last=None)
    if form.is_valid():
        try:
            now = timezone.now()
            ending.report(campaign=campaign, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("The report is saved."))
            return redirect("campaigns:drive-prepare", public_id=public_id)
        except Refused as refused:
            show_refusal(request, form, refused)
    return _page(request, campaign, form)


def _press(request, public_id, rule, said, **also):
    campaign = _load(access.organised(request.user), public_id)
    try:
        rule(campaign=campaign, by=request.user, now=timezone.now(), **also)
        messages.success(request, said)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:drive-prepare", public_id=public_id)
