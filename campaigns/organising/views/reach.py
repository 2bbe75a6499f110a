"""An officer's own page: the mobile number that urgent memos reach, and the days of an absence."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns import access
from campaigns.messaging import own_list
from campaigns.organising import own_reach
from campaigns.organising.forms.reach import AwayForm, CodeForm, PhoneForm
from centers.views.refusals import show
from donors.contact import push_keys, subscriptions
from donors.errors import Refused
from donors.units import officer_reach

MESSAGES = 15  # on a page


@require_safe
def own(request):
    return _page(request)


def _page(request, **tried):
    if not access.own_units(request.user).exists():
        raise PermissionDenied
    context = {
        "phone": officer_reach.phone_of(request.user),
        "absences": officer_reach.absences(request.user, timezone.now()),
        "number": PhoneForm(),
        "code": CodeForm(),
        "away": AwayForm(),
        "push_key": push_keys.public_key() if push_keys.is_on() else "",
        "browsers": request.user.push_subscriptions.count(),
        "refused": next(iter(tried.values()), None),
    }
    return render(request, "campaigns/reach/own.html", context | tried)


@require_POST
def phone(request):
    if "remove" in request.POST:
        officer_reach.remove_phone(user=request.user)
        return redirect("campaigns:reach")
    form = PhoneForm(request.POST)
    said = _("A code is on its way to this number.")
    if not form.is_valid():
        return _page(request, number=form)

    def rule():
        typed = form.cleaned_data["number"]
        own_reach.send_code(user=request.user, typed=typed, now=timezone.now())

    return _turn(request, "number", form, rule, said)


@require_safe
def sent(request):
    if not access.own_units(request.user).exists():
        raise PermissionDenied
    rows = own_list.with_reports(access.messages_to(request.user))
    page = Paginator(rows, MESSAGES).get_page(request.GET.get("page"))
    lines = own_list.lines(list(page), request.LANGUAGE_CODE, timezone.now())
    return render(request, "campaigns/reach/messages.html", {"page": page, "lines": lines})


@require_POST
def push(request):
    """The browser that sent this shows memos from now on; ``remove``: none does."""
    if not access.own_units(request.user).exists():
        raise PermissionDenied
    if "remove" in request.POST:
        subscriptions.remove_of_officer(user=request.user)
        return redirect("campaigns:reach")
    said = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    try:
        subscriptions.of_officer(user=request.user, now=timezone.now(), **said)
        messages.success(request, _("Memos are shown on this device from now on."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:reach")


@require_POST
def prove(request):
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(request, code=form)

    def rule():
        code = form.cleaned_data["code"]
        officer_reach.prove_phone(user=request.user, code=code, now=timezone.now())

    return _turn(request, "code", form, rule, _("Urgent memos reach you at this number."))


@require_POST
def away(request):
    form = AwayForm(request.POST)
    if not form.is_valid():
        return _page(request, away=form)

    def rule():
        officer_reach.be_away(user=request.user, now=timezone.now(), **form.cleaned_data)

    said = _("Entered. Messages of your command reach the others meanwhile.")
    return _turn(request, "away", form, rule, said)


@require_POST
def back(request, pk):
    absence = get_object_or_404(request.user.absences.all(), pk=pk)
    try:
        officer_reach.be_back(absence=absence, now=timezone.now())
        messages.success(request, _("You are back."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:reach")


def _turn(request, name, form, rule, said):
    try:
        rule()
    except Refused as refused:
        show(request, form, refused)
        return _page(request, **{name: form})
    messages.success(request, said)
    return redirect("campaigns:reach")
