from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.inventory import floors, shelf_checks, stock_levels
from centers.inventory.forms.floors import LeaveOutForm, StaleForm, asked
from centers.inventory.forms.stock import FloorForm, ProductFilter
from centers.models import Job
from centers.views.refusals import attempt
from donors.models import BloodGroup


def _center(request, code):
    center = get_object_or_404(access.watched_centers(request.user), code=code)
    access.require_floors(request.user, center)
    return center


def _product(component, group):
    product = get_object_or_404(access.components(), code=component)
    if group not in BloodGroup.values:
        raise Http404
    return product


@require_safe
def index(request, code):
    """Floors and ceilings in force beside what was issued, and the questions about them."""
    return _page(request, _center(request, code))


def _page(request, center, *, refused=None, stale=None):
    chosen = ProductFilter({"component": stock_levels.PUBLIC_COMPONENT} | request.GET.dict())
    component = chosen.cleaned_data["component"] if chosen.is_valid() else None
    now = timezone.now()
    questions = [
        (question, asked(center, question)) for question in floors.questions(center=center, now=now)
    ]
    context = {
        "center": center,
        "component": component,
        "filter": chosen,
        "rows": floors.rows(center=center, component=component, now=now) if component else [],
        "questions": questions,
        "refused": refused,
        "stale_form": stale or StaleForm(center=center),
        "form": refused or stale,
    }
    return render(request, "centers/stock/floors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def set_floor(request, code, component, group):
    center, product = _center(request, code), _product(component, group)
    action = reverse("centers:floor-set", args=[code, component, group])
    known = center.floors.filter(component=product, blood_group=group).first()
    form = FloorForm(request.POST or None, instance=known, action=action)
    if request.method == "POST" and form.is_valid():
        stock_levels.set_floor(
            center=center,
            component=product,
            blood_group=group,
            now=timezone.now(),
            **form.cleaned_data,
        )
        messages.success(request, _("The floor is set."))
        page = reverse("centers:floor-list", args=[code])
        return redirect(f"{page}?component={product.code}")
    context = {"center": center, "component": product, "group": group, "form": form}
    return render(request, "centers/stock/floor.html", context)


@require_POST
def leave_out(request, code, component, group):
    """The answer that no floor is meant."""
    center, product = _center(request, code), _product(component, group)
    form = LeaveOutForm(request.POST, center=center, component=component, group=group)
    if form.is_valid():
        said = {"by": request.user, "now": timezone.now()} | form.cleaned_data
        of = {"center": center, "component": product, "blood_group": group}
        if attempt(request, _("Noted."), floors.leave_out, form, **of, **said):
            return redirect("centers:floor-list", code=code)
    return _page(request, center, refused=form)


@require_POST
def set_stale(request, code):
    center = _center(request, code)
    form = StaleForm(request.POST, center=center)
    if form.is_valid():
        rule, done = shelf_checks.set_stale_after, _("Noted.")
        if attempt(request, done, rule, form, center=center, **form.cleaned_data):
            return redirect("centers:floor-list", code=code)
    return _page(request, center, stale=form)


@require_POST
def answer(request, code, component):
    """The shelf is as shown."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.STOCK)
    check = shelf_checks.waiting(center).filter(component=component).first()
    done = _("Noted: the figures are true as of now.")
    if check is None:
        messages.info(request, _("Somebody has answered this already."))
    else:
        said = {"check": check, "by": request.user, "now": timezone.now()}
        attempt(request, done, shelf_checks.answer, **said)
    return redirect("centers:center-detail", code=code)
