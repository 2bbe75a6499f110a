"""The donor's own pages. Each shows the signed-in donor only."""

from datetime import timedelta
from functools import wraps

import segno
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import access
from campaigns.account import looks, own_data, own_record
from campaigns.account.forms.own import AddressForm, EraseForm, WishesForm
from campaigns.messaging import own_list
from campaigns.views.responses import kept_by_reader
from centers.inventory import held_bags
from donors.clock.calendar import local_day
from donors.contact import addresses, consent, push_keys, subscriptions
from donors.errors import Refused

MESSAGES = 15  # on a page
WITHHELD_WITHIN = timedelta(days=365)


def own_page(view):
    """Pass the signed-in donor to the view, or redirect to the donors' sign-in; never cached."""

    @wraps(view)
    def shown(request, *args, **kwargs):
        donor = access.own_donor(request.user)
        if donor is None:
            return redirect("campaigns:me-enter")
        return view(request, donor, *args, **kwargs)

    return login_not_required(never_cache(shown))


@require_safe
@own_page
def home(request, donor):
    now = timezone.now()
    context = {
        "donor": donor,
        "next": own_record.next_of(donor, now),
        "kept": own_record.kept_for(donor, now),
        "paused_until": consent.paused_until(donor, local_day(now)),
    }
    return render(request, "campaigns/me/home.html", context)


@require_POST
@own_page
def unkeep(request, donor):
    own_record.unkeep(donor=donor, now=timezone.now())
    messages.success(request, _("You are no longer kept for that week."))
    return redirect("campaigns:me")


@require_safe
@own_page
def history(request, donor):
    since = local_day(timezone.now()) - WITHHELD_WITHIN
    context = {
        "gifts": own_record.gifts(donor),
        "follows": "follow_up" in consent.purposes(donor),
        "latest": own_record.latest_to_withhold(donor, since),
    }
    return render(request, "campaigns/me/history.html", context)


@require_POST
@own_page
def withhold(request, donor):
    """“Do not use my blood”: no reason is asked."""
    now = timezone.now()
    latest = own_record.latest_to_withhold(donor, local_day(now) - WITHHELD_WITHIN)
    if latest:
        own_record.withhold(donation=latest, now=now)
    messages.success(request, _("Your blood will not be used. Thank you for telling us."))
    return redirect("campaigns:me-history")


@require_safe
@own_page
def card(request, donor):
    context = {"donor": donor, "in_doubt": held_bags.is_in_doubt(donor)}
    return kept_by_reader(render(request, "campaigns/me/card.html", context))


@require_safe
@own_page
def card_code(request, donor):
    response = HttpResponse(content_type="image/svg+xml")
    code = segno.make(str(donor.public_id), error="m")
    # HttpResponse has write(), which the stubs do not know as a file.
    code.save(response, kind="svg", scale=4, border=4, light="#fff", nl=False)  # type: ignore[arg-type]
    return kept_by_reader(response)


@own_page
def wishes(request, donor):
    agreed = consent.purposes(donor)
    typed = request.POST if request.method == "POST" else None
    form = WishesForm(typed, donor=donor, agreed=agreed, action=request.path)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        weeks = said.pop("pause")
        now = timezone.now()
        consent.wish(donor=donor, now=now, wanted=set(said.pop("purposes")), **said)
        if weeks is not None:
            until = local_day(now + timedelta(weeks=weeks)) if weeks else None
            consent.pause(donor=donor, until=until)
        messages.success(request, _("Your wishes are saved."))
        return redirect("campaigns:me-wishes")
    context = {
        "form": form,
        "contacts": addresses.of(donor),
        "address_form": AddressForm(action=reverse("campaigns:me-add-address")),
        "paused_until": consent.paused_until(donor, local_day(timezone.now())),
        "push_key": push_keys.public_key() if push_keys.is_on() else "",
    }
    return render(request, "campaigns/me/wishes.html", context)


@require_POST
@own_page
def push(request, donor):
    """The browser that sent this shows the messages from now on."""
    said = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    try:
        subscriptions.of_donor(donor=donor, now=timezone.now(), **said)
        messages.success(request, _("Messages are shown on this device from now on."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:me-wishes")


@require_safe
@own_page
def sent(request, donor):
    rows = own_list.with_reports(access.own_messages(donor))
    page = Paginator(rows, MESSAGES).get_page(request.GET.get("page"))
    lines = own_list.lines(list(page), request.LANGUAGE_CODE, timezone.now())
    return render(request, "campaigns/me/messages.html", {"page": page, "lines": lines})


@require_POST
@own_page
def drop_address(request, donor, pk):
    contact = get_object_or_404(addresses.of(donor), pk=pk)
    addresses.remove(contact=contact, now=timezone.now())
    messages.success(request, _("Nothing is sent there any more."))
    return redirect("campaigns:me-wishes")


@require_POST
@own_page
def prefer_address(request, donor, pk):
    contact = get_object_or_404(addresses.of(donor), pk=pk)
    try:
        addresses.prefer(contact=contact)
        messages.success(request, _("Messages go there from now on."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:me-wishes")


@require_safe
@own_page
def data(request, donor):
    context = {
        "kept": own_data.everything(donor, timezone.now()),
        "looks": looks.of(donor),
    }
    return render(request, "campaigns/me/data.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def erase(request, donor):
    form = EraseForm(request.POST if request.method == "POST" else None, action=request.path)
    if request.method == "POST" and form.is_valid():
        try:
            own_record.erase(donor=donor, now=timezone.now())
            logout(request)
            messages.success(request, _("You are erased. Thank you for all you gave."))
            return redirect("campaigns:home")
        except Refused as refused:
            messages.error(request, str(refused))
    return render(request, "campaigns/me/erase.html", {"form": form})


@require_safe
@own_page
def export(request, donor):
    response = JsonResponse(
        own_data.everything(donor, timezone.now()),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response
