from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from centers import access
from centers.haemovigilance import national_report
from donors.clock.calendar import local_day
from donors.tables import workbook

ENDINGS = ("csv", "xlsx")
FIRST = 2020  # nothing was kept before


def _report(request, year):
    """Administrators read every figure unless they ask for what is published."""
    if not access.may_read_haemovigilance(request.user):
        raise PermissionDenied
    last = local_day(timezone.now()).year
    if not FIRST <= year <= last:
        raise Http404
    exact = request.user.is_administrator and request.GET.get("for") != "public"
    return national_report.of_year(year=year, exact=exact), exact, last


@require_safe
def show(request, year):
    report, exact, last = _report(request, year)
    context = {
        "report": report,
        "exact": exact,
        "heads": national_report.GRADES,
        "endings": ENDINGS,
    }
    context |= {"before": year - 1 if year > FIRST else None}
    context |= {"after": year + 1 if year < last else None}
    return render(request, "centers/haemovigilance/report.html", context)


@require_safe
def file(request, year, kind):
    report, _exact, _last = _report(request, year)
    rows = list(national_report.rows(report))
    if kind == "csv":
        response = HttpResponse(workbook.as_csv(rows), content_type="text/csv; charset=utf-8")
    elif kind == "xlsx":
        whole = workbook.as_xlsx(rows, right_to_left=get_language() == "ar")
        response = HttpResponse(whole, content_type=workbook.XLSX)
    else:
        raise Http404
    name = f"haemovigilance-{year}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
