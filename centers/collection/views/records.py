"""A person's record outside a session: found, opened with a reason, put right."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from centers import access
from centers.collection import donor_search, record_corrections
from centers.collection.forms.records import FORMS, FindForm, WhyForm, correct_form
from centers.models import Job
from centers.views.refusals import show
from donors.accounts.factors import fresh_to_send
from donors.errors import Refused
from donors.models import RecordCorrection
from donors.people import corrections, privacy


def center_of(request, code):
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, *access.MEETS_DONORS)
    return center


def person_of(request, public_id):
    rows = access.donors(request.user).filter(erased_at=None).select_related("merged_into")
    return get_object_or_404(rows, public_id=public_id).person


@require_http_methods(["GET", "HEAD", "POST"])
def find(request, code):
    """Search by POST; under it the corrections that wait for a second person, without names: nothing
    of a record is shown before the look is logged."""
    center = center_of(request, code)
    form = FindForm(request.POST or None, center=center)
    found = None
    if request.method == "POST" and form.is_valid():
        found = donor_search.look_for(text=form.cleaned_data["text"], by=request.user)
    waiting = record_corrections.waiting_at(center)
    context = {"center": center, "form": form, "found": found, "waiting": waiting}
    return render(request, "centers/records/find.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def why(request, code, public_id):
    """Nothing of the record is shown before the reason is given."""
    center, donor = center_of(request, code), person_of(request, public_id)
    form = WhyForm(request.POST or None, action=request.path)
    if request.method == "POST" and form.is_valid():
        try:
            privacy.give_reason(donor=donor, by=request.user, **form.cleaned_data)
            return redirect("campaigns:record", code=code, public_id=donor.public_id)
        except Refused as refused:
            show(request, form, refused)
    return render(request, "centers/records/why.html", {"center": center, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, code, public_id, field):
    center, donor = center_of(request, code), person_of(request, public_id)
    now = timezone.now()
    if field not in FORMS:
        raise Http404
    if not record_corrections.may_read(donor=donor, center=center, by=request.user, now=now):
        return redirect("centers:record-why", code=code, public_id=donor.public_id)
    form = correct_form(donor, field, request.POST or None, action=request.path)
    if request.method == "POST" and form.is_valid():
        if _corrected(request, form, donor, field, now):
            return redirect("campaigns:record", code=code, public_id=donor.public_id)
    else:
        record_corrections.log_reading(donor=donor, by=request.user, now=now)
    lines = record_corrections.lines(corrections.of(donor).filter(field=field))
    label = RecordCorrection.Field(field).label
    context = {"center": center, "donor": donor, "form": form, "lines": lines, "label": label}
    context |= {"two": field in RecordCorrection.TWO_PEOPLE}
    return render(request, "centers/records/correct.html", context)


def _corrected(request, form, donor, field, now) -> bool:
    said = {name: form.cleaned_data[name] for name in ("reason", "because")}
    try:
        noted = corrections.correct(
            donor=donor, field=field, value=form.value, by=request.user, now=now, **said
        )
    except Refused as refused:
        show(request, form, refused)
        return False
    done = _("Corrected; what was there before is kept.")
    waits = _("Proposed. It counts once another doctor or manager has compared the document.")
    messages.success(request, done if noted.agreed else waits)
    return True


@require_POST
@fresh_to_send
def decide(request, code, public_id):
    """The second person agrees or does not; who proposed it may take it back."""
    center = center_of(request, code)
    row = get_object_or_404(RecordCorrection.objects.filter(decided_at=None), public_id=public_id)
    donor, now = row.donor.person, timezone.now()
    agree = request.POST.get("agree") == "yes"
    if not record_corrections.may_read(donor=donor, center=center, by=request.user, now=now):
        return redirect("centers:record-why", code=code, public_id=donor.public_id)
    if agree or row.asked_by_id != request.user.pk:
        access.require_job(request.user, center, Job.DOCTOR, Job.MANAGER)
    try:
        followed = record_corrections.decide(correction=row, agree=agree, by=request.user, now=now)
        messages.success(request, _told(followed) if agree else _("It stays as it was."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(
        request.POST.get("back") == "visit"
        and _visit(donor, center)
        or reverse("campaigns:record", args=[code, donor.public_id])
    )


def _visit(donor, center):
    here = record_corrections.visit_here(donor=donor, center=center)
    return reverse("centers:visit-detail", args=[here.public_id]) if here else ""


def _told(followed) -> str:
    said = [_("Corrected; what was there before is kept.")]
    if followed.next_on:
        day = date_format(followed.next_on, "DATE_FORMAT")
        said.append(_("May give from %(day)s on.") % {"day": day})
    if followed.places:
        many = len(followed.places)
        text = ngettext(
            "%(count)s place ahead falls away; the person is told.",
            "%(count)s places ahead fall away; the person is told.",
            many,
        )
        said.append(text % {"count": many})
    if followed.bags:
        text = ngettext(
            "%(count)s bag is held: a doctor decides.",
            "%(count)s bags are held: a doctor decides.",
            followed.bags,
        )
        said.append(text % {"count": followed.bags})
    if followed.recalls:
        text = ngettext(
            "%(count)s donation is recalled: the hospital of its bags is told.",
            "%(count)s donations are recalled: the hospitals of their bags are told.",
            followed.recalls,
        )
        said.append(text % {"count": followed.recalls})
    return " ".join(said)
