from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from centers import access
from centers.inventory import counting, expiry, stock_levels
from centers.inventory import stock as rules
from centers.inventory.forms.stock import ComponentFilter
from centers.models import Job


@require_safe
def shelf(request, code):
    """The eight groups of one product: bags, days of cover, and the age of the figures."""
    center = get_object_or_404(access.watched_centers(request.user), code=code)
    choice = ComponentFilter({"component": stock_levels.PUBLIC_COMPONENT} | request.GET.dict())
    read = choice.cleaned_data if choice.is_valid() else {}
    component, moment = read.get("component"), read.get("as_of")
    now = timezone.now()
    rows = component and stock_levels.board(now=now, center=center, component=component.pk)
    context = {
        "center": center,
        "component": component,
        "filter": choice,
        "rows": rows or [],
        "moment": moment,
        "undetermined": stock_levels.undetermined(center=center, component=component.pk)
        if component
        else 0,
        "then": counting.as_of(center=center, component=component, moment=moment)
        if component and moment
        else {},
        "expiring": expiry.coming(center=center, component=component, now=now) if component else [],
        "may_look": access.has_job(request.user, center, *access.READS_BAGS),
        "works_here": access.my_centers(request.user).filter(pk=center.pk).exists(),
        "may_count": access.has_job(request.user, center, Job.STOCK),
        "may_set": access.may_set_floors(request.user, center),
    }
    return render(request, "centers/stock/shelf.html", context)


@require_POST
def confirm(request, code):
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.STOCK)
    rules.confirm_unchanged(center=center, by=request.user, now=timezone.now())
    messages.success(request, _("Noted: the figures are true as of now."))
    return redirect("centers:stock", code=code)
