"""A person's record for staff of a centre, opened with a reason; and the certificate to print."""

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.account import own_data, own_record, staff_record
from centers import access
from centers.collection import record_corrections
from centers.collection.views.records import center_of, person_of
from centers.models import Job
from donors.accounts.factors import fresh
from donors.people import privacy


def _opened(request, code, public_id):
    """The centre, the person, and whether a reason opens the record to this user now."""
    center, donor = center_of(request, code), person_of(request, public_id)
    now = timezone.now()
    may = record_corrections.may_read(donor=donor, center=center, by=request.user, now=now)
    return center, donor, may


def _why(code, donor):
    return redirect("centers:record-why", code=code, public_id=donor.public_id)


@require_safe
@never_cache
def record(request, code, public_id):
    center, donor, may = _opened(request, code, public_id)
    if not may:
        return _why(code, donor)
    now = timezone.now()
    record_corrections.log_reading(donor=donor, by=request.user, now=now)
    jobs = access.my_jobs(request.user, center)
    found = staff_record.read(donor, request.LANGUAGE_CODE, now)
    context = {
        "center": center,
        "donor": donor,
        "record": found,
        "is_doctor": Job.DOCTOR in jobs,
        "joins": bool(jobs & {Job.DOCTOR, Job.MANAGER}),
        "proposed": record_corrections.proposed(donor=donor, jobs=jobs, by=request.user),
    }
    return render(request, "campaigns/records/detail.html", context)


@require_safe
@never_cache
def certificate(request, code, public_id):
    """In Arabic and French, on A4: dates and places of the donations, nothing about health."""
    center, donor, may = _opened(request, code, public_id)
    if not may:
        return _why(code, donor)
    privacy.log_access(donor=donor, by=request.user, reason="certificate")
    heads = {
        language: [line.strip() for line in settings.LETTERHEAD[language].split("/")]
        for language in ("ar", "fr")
    }
    context = {
        "center": center,
        "donor": donor,
        "heads": heads.items(),
        "gifts": own_record.given(donor),
        "today": timezone.localdate(),
    }
    return render(request, "campaigns/records/certificate.html", context)


@require_safe
@fresh
@never_cache
def export(request, code, public_id):
    """What the person would take along from their own page; with answers and measures, so a doctor's."""
    center, donor, may = _opened(request, code, public_id)
    access.require_job(request.user, center, Job.DOCTOR)
    if not may:
        return _why(code, donor)
    privacy.log_access(donor=donor, by=request.user, reason="export")
    found = JsonResponse(
        own_data.everything(donor, timezone.now()),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )
    found["Content-Disposition"] = 'attachment; filename="data.json"'
    return found
