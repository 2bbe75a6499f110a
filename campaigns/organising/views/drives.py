from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import access
from campaigns.agenda import listing
from campaigns.organising import drive_totals, drives
from campaigns.organising.forms.drives import (
    AimForm,
    BecauseForm,
    ConfirmForm,
    DayForm,
    DriveFilter,
    PlanForm,
    TellForm,
    ThankForm,
)
from centers.views.refusals import show
from donors.errors import Refused

PAGE = 25


@require_safe
def index(request):
    """Campaigns of the reader's units and centres, those to be confirmed first."""
    choice = DriveFilter(request.GET)
    rows = choice.apply(listing.with_places(access.campaigns(request.user), timezone.now()))
    rows = drives.waiting_first(rows.select_related("unit", "center"))
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "filter": choice,
        "query": choice.query,
        "may_plan": access.own_units(request.user).exists(),
    }
    return render(request, "campaigns/drives/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request):
    units = access.own_units(request.user)
    if not units.exists():
        raise PermissionDenied
    form = PlanForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            now = timezone.now()
            ask = "later" not in request.POST
            campaign = drives.propose(by=request.user, now=now, ask=ask, **form.cleaned_data)
            said = _("Proposed. The centre gives rooms, day and beds.")
            messages.success(request, said if ask else _("Saved as a draft; no centre was asked."))
            return redirect("campaigns:drive-detail", public_id=campaign.public_id)
        except Refused as refused:
            show(request, form, refused)
    return render(request, "campaigns/drives/plan.html", {"form": form})


@require_safe
def detail(request, public_id):
    campaign = _load(access.campaigns(request.user), public_id)
    return render(request, "campaigns/drives/detail.html", _page(request, campaign))


def _load(scope, public_id):
    rows = scope.select_related(
        "unit__province", "center__province", "operation", "addressee__memo", "coordinator"
    )
    return get_object_or_404(rows, public_id=public_id)


def _page(request, campaign, **tried) -> dict:
    """``tried`` are refused forms by name, with what was typed."""
    user = request.user
    page = {
        "campaign": campaign,
        "counts": drive_totals.of_drive(campaign),
        "days": listing.days(campaign, timezone.now()),
        "reads_memo": access.addressees(user).filter(pk=campaign.addressee_id).exists(),
        "may_decide": access.to_confirm(user).filter(pk=campaign.pk).exists(),
        "may_tell": access.organised(user).filter(pk=campaign.pk).exists(),
        "may_publish": access.to_publish(user).filter(pk=campaign.pk).exists(),
        "steps": campaign.steps.select_related("by"),
        "refused": next(iter(tried.values()), None),
        "confirm": ConfirmForm(campaign=campaign),
        "day": DayForm(campaign=campaign),
        "tell": TellForm(campaign=campaign),
        "aim": AimForm(campaign=campaign),
        "thank": ThankForm(campaign=campaign),
    }
    for verb, button in (("decline", _("Decline")), ("cancel", _("Cancel this campaign"))):
        page[verb] = BecauseForm(campaign=campaign, verb=verb, button=button)
    return page | tried


@require_POST
def tell(request, public_id):
    campaign = _load(access.organised(request.user), public_id)
    form = TellForm(request.POST, campaign=campaign)
    return _turn(request, campaign, "tell", form, drives.tell, _("The texts are saved."))


@require_POST
def aim(request, public_id):
    campaign = _load(access.to_publish(request.user), public_id)
    form = AimForm(request.POST, campaign=campaign)
    return _turn(request, campaign, "aim", form, drives.aim, _("The figures are saved."))


@require_POST
def day(request, public_id):
    campaign = _load(access.to_confirm(request.user), public_id)
    form = DayForm(request.POST, campaign=campaign)
    said = _("The campaign has another day.")
    return _turn(request, campaign, "day", form, drives.add_day, said, **_who(request))


@require_POST
def thank(request, public_id):
    campaign = _load(access.organised(request.user), public_id)
    form = ThankForm(request.POST, campaign=campaign)
    return _turn(request, campaign, "thank", form, drives.thank, _("The texts are saved."))


@require_POST
def confirm(request, public_id):
    campaign = _load(access.to_confirm(request.user), public_id)
    form = ConfirmForm(request.POST, campaign=campaign)
    said = _("Confirmed. The page is public and places can be booked.")
    if "publish" not in request.POST:
        said = _("Agreed. The page waits until it is published.")
    return _turn(request, campaign, "confirm", form, drives.confirm, said, **_who(request))


@require_POST
def decline(request, public_id):
    campaign = _load(access.to_confirm(request.user), public_id)
    form = BecauseForm(request.POST, campaign=campaign, verb="decline", button=_("Decline"))
    said = _("Declined; the unit reads your reason.")
    return _turn(request, campaign, "decline", form, drives.decline, said, **_who(request))


@require_POST
def cancel(request, public_id):
    campaign = _load(access.to_confirm(request.user), public_id)
    button = _("Cancel this campaign")
    form = BecauseForm(request.POST, campaign=campaign, verb="cancel", button=button)
    said = _("Cancelled; the page says so, and everyone who booked is told.")
    return _turn(request, campaign, "cancel", form, drives.cancel, said, **_who(request))


def _who(request) -> dict:
    return {"by": request.user, "now": timezone.now()}


def _turn(request, campaign, name, form, rule, said, **who):
    """Call one rule with its form; a refusal shows the page again with what was typed."""
    if form.is_valid():
        values = form.given if name in ("confirm", "day") else form.cleaned_data
        try:
            rule(campaign=campaign, **values, **who)
            messages.success(request, said)
            return redirect("campaigns:drive-detail", public_id=campaign.public_id)
        except Refused as refused:
            show(request, form, refused)
    return render(request, "campaigns/drives/detail.html", _page(request, campaign, **{name: form}))
