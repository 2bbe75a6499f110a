"""Suggested floors and ceilings of the reader's centres, and what was applied."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from campaigns import access
from campaigns.planning import suggestions
from campaigns.planning.forms.suggestions import ApplyForm
from centers.views.refusals import show
from donors.errors import Refused


@require_safe
def index(request):
    access.require_floors(request.user)
    centers = list(access.floors(request.user).select_related("province").order_by("code"))
    if len(centers) == 1:
        return redirect("campaigns:floors-suggested", code=centers[0].code)
    return render(request, "campaigns/planning/floor_centers.html", {"centers": centers})


@require_safe
def detail(request, code):
    return _page(request, get_object_or_404(access.floors(request.user), code=code))


def _page(request, center, answered=None):
    now = timezone.now()
    may = access.floors_to_set(request.user).filter(pk=center.pk).exists()
    tables = []
    for product in suggestions.board(center=center, now=now):
        form = answered if answered and answered.product.component == product.component else None
        if form is None and may and product.differ:
            form = _form(center, product)
        tables.append({"product": product, "form": form})
    context = {
        "center": center,
        "tables": tables,
        "form": answered,
        "may_set": may,
        "automatic": suggestions.is_automatic(center),
        "changes": suggestions.history(center=center),
        "days": suggestions.DAYS,
        "small": suggestions.SMALL,
    }
    return render(request, "campaigns/planning/floors.html", context)


def _form(center, product, data=None):
    action = reverse("campaigns:floors-apply", args=[center.code, product.component.pk])
    return ApplyForm(data, product=product, action=action)


@require_POST
def apply(request, code, component):
    center = get_object_or_404(access.floors_to_set(request.user), code=code)
    now = timezone.now()
    product = next(
        (one for one in suggestions.board(center=center, now=now) if one.component.pk == component),
        None,
    )
    if product is None:
        raise Http404
    form = _form(center, product, request.POST)
    if not form.is_valid():
        return _page(request, center, form)
    said = form.cleaned_data
    try:
        count = suggestions.apply(
            center=center, component=product.component, by=request.user, now=now, **said
        )
    except Refused as refused:
        show(request, form, refused)
        return _page(request, center, form)
    done = ngettext("%(count)s floor is set.", "%(count)s floors are set.", count)
    messages.success(request, done % {"count": count})
    return redirect("campaigns:floors-suggested", code=code)


@require_POST
def policy(request, code):
    center = get_object_or_404(access.floors_to_set(request.user), code=code)
    automatic = request.POST.get("automatic") == "on"
    suggestions.set_policy(center=center, automatic=automatic, by=request.user, now=timezone.now())
    messages.success(request, _("Noted."))
    return redirect("campaigns:floors-suggested", code=code)
