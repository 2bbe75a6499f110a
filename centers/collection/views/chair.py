import uuid

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from centers import access
from centers.collection import corrections, donations, phlebotomy
from centers.collection.forms.chair import EndForm, StartForm
from centers.models import Job
from centers.views.refusals import show
from donors.errors import Refused
from donors.templatetags.display import din

from . import visits

ENDING = ["bleeding__kit__component"]


@require_POST
def start(request, public_id):
    visit = visits.load(request, public_id, Job.COLLECTION)
    form = StartForm(request.POST, visit=visit)
    if not form.is_valid():
        return visits.page(request, visit, start_form=form)
    try:
        phlebotomy.start(visit=visit, by=request.user, now=timezone.now(), **form.cleaned_data)
    except Refused as refused:
        show(request, form, refused)
        return visits.page(request, visit, start_form=form)
    done = _("The needle is in. Scan the bag's number here when it is out.")
    messages.success(request, done, extra_tags="bleeding")
    return _board(visit)


@require_POST
def end(request, public_id):
    visit = visits.load(request, public_id, Job.COLLECTION, wanted=ENDING)
    return _end(request, visit, EndForm(request.POST, visit=visit))


def end_at_the_board(request, visit, volume, number):
    """The volume typed, then the bag scanned, without opening the visit first; what is asked about
    is asked on its page."""
    visit = visits.load(request, visit.public_id, Job.COLLECTION, wanted=ENDING)
    values = {"submission_id": uuid.uuid4(), "volume": volume, "number": number}
    if hasattr(visit, "donation"):
        messages.error(request, _("The needle of this donor is out already."))
        return _board(visit)
    return _end(request, visit, EndForm(values, visit=visit))


def _end(request, visit, form):
    if not form.is_valid():
        return visits.page(request, visit, end_form=form)
    try:
        donation = phlebotomy.end(
            visit=visit, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except Refused as refused:
        if refused.field in ("times_sure", "ended_at"):
            form.ask_about_times()
        show(request, form, refused)
        return visits.page(request, visit, end_form=form)
    if donation is None:
        done = _("Noted: nothing was given, and the number is voided.")
        messages.success(request, done, extra_tags="donation")
        return _board(visit)
    said = _("Recorded: {volume} mL, number {number}. The donor rests now.")
    said = format_html(said, volume=donation.volume, number=din(donation.din))
    messages.success(request, said, extra_tags="donation")
    if donation.volume < donations.LEAST_VOLUME:
        messages.warning(request, _("Less than 300 mL is in the bag: it is blocked."))
    if visit.bleeding.ended_at - visit.bleeding.started_at > corrections.SLOW:
        messages.warning(
            request,
            _(
                "The bleeding took more than 15 minutes: neither plasma nor platelets are made of it."
            ),
        )
    return _board(visit)


def _board(visit):
    """Back to the board, with the queue for the chair."""
    return redirect("centers:session-board", public_id=visit.session.public_id)


@require_POST
def leave(request, public_id):
    """The donor leaves after the rest; back to the board."""
    visit = visits.load(request, public_id, *access.MEETS_DONORS)
    try:
        phlebotomy.leave(visit=visit, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    return _board(visit)
