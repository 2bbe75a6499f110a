from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.collection import duplicate_review
from centers.collection.forms.joining import CompareForm, PartForm
from centers.inventory import held_bags
from centers.models import Job
from donors.errors import Refused

PAGE = 25


def _center(request, code):
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.DOCTOR, Job.MANAGER)
    return center


@require_safe
def index(request, code):
    """Pairs to compare, oldest first, and recent joinings, which can still be undone."""
    center = _center(request, code)
    rows = access.suspects(request.user, center).filter(settled_at=None).order_by("found_at", "pk")
    joined = access.merges(request.user, center).filter(undone_at=None).order_by("-at")[:PAGE]
    context = {
        "center": center,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "joined": [(row, _part_form(center, row)) for row in joined],
    }
    return render(request, "centers/joining/list.html", context)


def _part_form(center, merge, data=None):
    action = reverse("centers:merge-part", args=[center.code, merge.public_id])
    return PartForm(data, action=action, auto_id=f"{merge.pk}_%s")


@require_http_methods(["GET", "HEAD"])
def compare(request, code, public_id):
    center = _center(request, code)
    pair = get_object_or_404(access.suspects(request.user, center), public_id=public_id)
    return _compared(request, center, pair, CompareForm(action=_settle_url(center, pair)))


def _settle_url(center, pair):
    return reverse("centers:duplicate-settle", args=[center.code, pair.public_id])


def _compared(request, center, pair, form):
    sides = duplicate_review.compare(pair=pair, by=request.user, now=timezone.now())
    context = {"center": center, "pair": pair, "sides": sides, "form": form}
    return render(request, "centers/joining/compare.html", context)


@require_POST
def settle(request, code, public_id):
    center = _center(request, code)
    pair = get_object_or_404(access.suspects(request.user, center), public_id=public_id)
    form = CompareForm(request.POST, action=_settle_url(center, pair))
    if not form.is_valid():
        return _compared(request, center, pair, form)
    same = form.cleaned_data["same"] == "yes"
    because = form.cleaned_data["because"]
    try:
        duplicate_review.settle(
            pair=pair, same=same, because=because, by=request.user, now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return _compared(request, center, pair, form)
    done = _("They are one person now; both histories count.") if same else _("Noted: two people.")
    messages.success(request, done)
    if same and held_bags.is_in_doubt(pair.one):
        messages.error(request, _(held_bags.HELD))
    return redirect("centers:duplicate-list", code=code)


@require_POST
def part(request, code, public_id):
    center = _center(request, code)
    merge = get_object_or_404(access.merges(request.user, center), public_id=public_id)
    form = _part_form(center, merge, request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Write in a few words what shows it."))
        duplicate_review.part(
            merge=merge,
            because=form.cleaned_data["because"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("They are two people again; each has what was theirs."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("centers:duplicate-list", code=code)
