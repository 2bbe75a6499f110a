"""The audit trail: only for auditors, and each look at a person's or a bag's trail is logged."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import access
from campaigns.reports import trail
from campaigns.reports.forms.trail import SpanForm, TrailForm
from centers.views.refusals import show
from donors.accounts.factors import fresh
from donors.errors import Refused
from donors.people import privacy
from donors.tables.responses import file

SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request):
    access.require_auditor(request.user)
    form = TrailForm(request.POST if request.method == "POST" else None, action=request.path)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(*_sought(request, **form.cleaned_data))
        except Refused as refused:
            refused.field = refused.field or "key"
            show(request, form, refused)
    return render(request, "campaigns/reports/trail_ask.html", {"form": form})


def _sought(request, *, of, key, because):
    """The page of the trail, which the reason opens for half an hour."""
    said = {"by": request.user, "because": because}
    if of == TrailForm.USER:
        user = trail.find_user(key)
        privacy.give_reason_for_trail(user=user, **said)
        return "campaigns:trail-user", user.pk
    if of == TrailForm.BAG:
        bag = trail.find_bag(key)
        privacy.give_reason(donor=bag.donation.donor.person, reason="audit trail", **said)
        return "campaigns:trail-bag", bag.public_id
    donor = trail.find_donor(key)
    privacy.give_reason(donor=donor, reason="audit trail", **said)
    return "campaigns:trail-donor", donor.public_id


def _opened(request, donor) -> bool:
    return bool(privacy.reason_given(donor=donor, by=request.user, now=timezone.now()))


def _of_donor(request, public_id):
    donor = get_object_or_404(access.audited_donors(request.user), public_id=public_id)
    if not _opened(request, donor.person):
        return None
    title = _("Trail of a donor")
    return {"title": title, "lines": trail.of_donor(donor, by=request.user), "key": public_id}


def _of_bag(request, public_id):
    bags = access.audited_bags(request.user).select_related("donation__donor__merged_into")
    bag = get_object_or_404(bags.select_related("component"), public_id=public_id)
    if not _opened(request, bag.donation.donor.person):
        return None
    title = _("Trail of a bag of %(din)s") % {"din": bag.donation.din}
    found = {"title": title, "lines": trail.of_bag(bag, by=request.user), "key": public_id}
    others = bag.donation.bags.exclude(pk=bag.pk).select_related("component").order_by("pk")
    return found | {"subject": bag.donation.din, "bag": bag, "others": others}


def _of_user(request, pk):
    user = get_object_or_404(access.audited_users(request.user), pk=pk)
    if not privacy.trail_reason_given(user=user, by=request.user, now=timezone.now()):
        return None
    form = SpanForm(request.GET or None, today=timezone.localdate())
    since, until = form.span
    title = _("Trail of %(name)s") % {"name": user.display_name or user.username}
    lines = trail.of_user(user, by=request.user, since=since, until=until)
    days = urlencode({"since": since, "until": until})
    return {"title": title, "lines": lines, "key": pk, "form": form, "query": f"{days}&"}


# Each gives None where no reason was typed in the last half hour.
TRAILS = {"donor": _of_donor, "bag": _of_bag, "user": _of_user}


def _ask_first(request):
    messages.info(request, _("Say why you look."))
    return redirect("campaigns:trail")


@require_safe
def show_trail(request, of, key):
    found = TRAILS[of](request, key)
    if found is None:
        return _ask_first(request)
    pages = Paginator(trail.together(found.pop("lines")), SHOWN)
    context = {
        "form": None,
        "query": "",
        "subject": str(key),
        **found,
        "of": of,
        "page": pages.get_page(request.GET.get("page")),
    }
    return render(request, "campaigns/reports/trail.html", context)


@fresh
@require_safe
def trail_file(request, of, key, ending):
    found = TRAILS[of](request, key)
    if found is None:
        return _ask_first(request)
    return file(trail.rows(found["lines"]), f"trail-{of}", ending)
