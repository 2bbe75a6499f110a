"""The activity of a month and the indicators of a year: sums only, as pages and files."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns import access
from campaigns.reports import files, monthly, periods, who
from campaigns.reports.forms.period import MonthForm, YearForm
from campaigns.reports.tables import ALL
from donors.accounts.factors import fresh
from donors.tables.responses import file


@require_safe
def country(request):
    access.require_overview(request.user)
    return render(request, "campaigns/reports/month.html", _month(request))


@require_safe
def center(request, code):
    center = get_object_or_404(access.followed_centers(request.user), code=code)
    return render(request, "campaigns/reports/month.html", _month(request, center))


@require_safe
def indicators(request):
    access.require_overview(request.user)
    return render(request, "campaigns/reports/who.html", _year(request))


@fresh
@require_safe
def country_file(request, ending):
    access.require_overview(request.user)
    return _file(_month(request), "activity", ending)


@fresh
@require_safe
def center_file(request, code, ending):
    center = get_object_or_404(access.followed_centers(request.user), code=code)
    return _file(_month(request, center), f"activity-{center.code}", ending)


@fresh
@require_safe
def indicators_file(request, ending):
    access.require_overview(request.user)
    return _file(_year(request), "gdbs", ending)


def _month(request, center=None):
    """Of one centre, or of the country beside every centre where something happened."""
    form = MonthForm(request.GET, today=timezone.localdate())
    month = monthly.of(periods.month(form.chosen))
    busy = [code for code in month.centers if not month.balances[code].is_empty]
    title = _("Activity of %(month)s") % {"month": date_format(form.chosen, "F Y")}
    return {
        "center": center,
        "form": form,
        "title": f"{title} · {center.name}" if center else title,
        "sections": monthly.sections(month, [center.code] if center else [ALL, *busy]),
        "chosen": f"{form.chosen:%Y-%m}",
    }


def _year(request):
    form = YearForm(request.GET, today=timezone.localdate())
    title = _("Indicators of blood safety %(year)s") % {"year": form.chosen}
    sections = who.sections(periods.year(form.chosen))
    return {"form": form, "title": title, "sections": sections, "chosen": form.chosen}


def _file(page, name, ending):
    return file(files.rows(page["title"], page["sections"]), f"{name}-{page['chosen']}", ending)
