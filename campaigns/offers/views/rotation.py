from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import access
from campaigns.offers import conflicts, open_days, rotation
from campaigns.offers.forms.offers import CenterFilter, MoveForm, OpenDayForm
from centers.views.refusals import attempt, show
from donors.errors import Refused

PAGE = 40


@require_safe
def index(request):
    """Campaigns by unit and week, with the bags they will bring."""
    centers, now = _followed(request), timezone.now()
    choice = CenterFilter(request.GET, centers=centers)
    if choice.chosen:
        centers = centers.filter(pk=choice.chosen.pk)
    campaigns = rotation.in_weeks(centers, now)
    weeks = rotation.weeks(centers, campaigns, now)
    page = Paginator(rotation.units(campaigns), PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": choice,
        "query": f"center={choice.chosen.pk}" if choice.chosen else "",
        "page": page,
        "rows": rotation.rows(list(page.object_list), campaigns, now),
        "weeks": weeks,
        "bars": rotation.bars(weeks),
        "use_line": rotation.use_line(weeks),
        "movable": set(access.to_move(request.user).values_list("pk", flat=True)),
        "publishes": access.managed_centers(request.user).exists(),
    }
    return render(request, "campaigns/rotation/index.html", context)


def _followed(request):
    centers = access.followed_centers(request.user)
    if not centers.exists():
        raise PermissionDenied
    return centers.order_by("code")


@require_http_methods(["GET", "HEAD", "POST"])
def move(request, public_id):
    """By the form, by the arrow keys or by a pointer: each posts the new day here."""
    rows = access.to_move(request.user).select_related("unit", "center")
    campaign, now = get_object_or_404(rows, public_id=public_id), timezone.now()
    form, found = MoveForm(request.POST or None, campaign=campaign), []
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["day"]
        found = conflicts.of(campaign=campaign, day=day, now=now)
        asks = found if found and not found[0].blocks else []
        form = MoveForm(request.POST, campaign=campaign, conflicts=asks)
        try:
            form.full_clean()
            rotation.move(campaign=campaign, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("Moved. The unit and the centre are told."))
            return redirect(f"{reverse('campaigns:rotation')}#c-{campaign.pk}")
        except Refused as refused:
            if not found:
                show(request, form, refused)
    context = {"campaign": campaign, "form": form, "conflicts": found}
    return render(request, "campaigns/rotation/move.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def published(request):
    centers = access.managed_centers(request.user)
    if not centers.exists():
        raise PermissionDenied
    form = OpenDayForm(request.POST or None, centers=centers)
    if request.method == "POST" and form.is_valid():
        try:
            count = open_days.publish(by=request.user, now=timezone.now(), **form.cleaned_data)
            said = ngettext("%(count)s day is published.", "%(count)s days are published.", count)
            messages.success(request, said % {"count": count})
            return redirect("campaigns:open-days")
        except Refused as refused:
            show(request, form, refused)
    context = {"form": form, "days": open_days.coming(centers, timezone.now())}
    return render(request, "campaigns/rotation/open_days.html", context)


@require_POST
def withdraw(request, pk):
    now = timezone.now()
    day = get_object_or_404(open_days.coming(access.managed_centers(request.user), now), pk=pk)
    done = _("Withdrawn. What units have taken stays.")
    attempt(request, done, open_days.withdraw, day=day, now=now)
    return redirect("campaigns:open-days")
