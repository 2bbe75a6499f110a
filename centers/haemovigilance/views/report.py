from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from centers import access
from centers.haemovigilance import national_report
from donors.accounts.factors import fresh
from donors.clock.calendar import local_day
from donors.tables.responses import file

ENDINGS = ("csv", "xlsx")
FIRST = 2020  # nothing was kept before


def _report(request, year):
    """Administrators read every figure unless they ask for what is published."""
    if not access.may_read_haemovigilance(request.user):
        raise PermissionDenied
    last = local_day(timezone.now()).year
    year = int(year or last)
    if not FIRST <= year <= last:
        raise Http404
    exact = request.user.is_administrator and request.GET.get("for") != "public"
    return national_report.of_year(year=year, exact=exact), exact, last


@require_safe
def show(request, year=None):
    """Of this year where none is named."""
    report, exact, last = _report(request, year)
    context = {
        "report": report,
        "exact": exact,
        "heads": national_report.GRADES,
        "endings": ENDINGS,
    }
    context |= {"before": report.year - 1 if report.year > FIRST else None}
    context |= {"after": report.year + 1 if report.year < last else None}
    return render(request, "centers/haemovigilance/report.html", context)


@fresh
@require_safe
def sheet(request, year, ending):
    report, _exact, _last = _report(request, year)
    return file(national_report.rows(report), f"haemovigilance-{report.year}", ending)
