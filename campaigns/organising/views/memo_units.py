"""One unit of a memo, step by step, for those above it; and the list of units to call."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns import access
from campaigns.organising import addressee_answers, memo_answers, unit_steps
from campaigns.organising.forms.answers import ForwardForm, answer_forms
from campaigns.organising.forms.reach import UnitPhoneForm
from centers.views.refusals import show
from donors.errors import Refused
from donors.units import officer_reach


@require_safe
def detail(request, public_id, unit):
    return page(request, _load(access.addressees(request.user), public_id, unit))


def _load(rows, public_id, unit):
    rows = memo_answers.with_campaign(rows).select_related(
        "memo__operation", "memo__issuer", "unit__province", "escalated_to", "passed_to__unit",
        "acknowledged_by", "answered_by", "forwarded_by",
    )  # fmt: skip
    return get_object_or_404(rows, memo__public_id=public_id, unit__code=unit)


def page(request, addressee, tried=None):
    """``tried`` is a refused form, with what was typed."""
    user, now = request.user, timezone.now()
    forward = ForwardForm(addressee=addressee)
    will, cannot = answer_forms(addressee, tried)
    own = access.answering(user).filter(pk=addressee.pk).exists()
    context = {
        "memo": addressee.memo,
        "row": addressee,
        "steps": unit_steps.steps(addressee),
        "waiting": unit_steps.messages(addressee).exclude(state="sent").order_by("made_at"),
        "may_change": access.changing(user).filter(pk=addressee.pk).exists(),
        "may_help": access.silent_below(user).filter(pk=addressee.pk).exists(),
        "may_forward": own and addressee.memo.may_spread(now) and forward.choices.exists(),
        "will": will,
        "cannot": cannot,
        "forward": tried if isinstance(tried, ForwardForm) else forward,
        "tried": tried,
        "phone": tried if isinstance(tried, UnitPhoneForm) else _phone_form(addressee),
    }
    return render(request, "campaigns/memo_units/detail.html", context)


def _phone_form(addressee, data=None):
    args = [addressee.memo.public_id, addressee.unit.code]
    known = {"typed": addressee.unit.phone}
    return UnitPhoneForm(data, initial=known, action=reverse("campaigns:memo-phone", args=args))


@require_POST
def phone(request, public_id, unit):
    addressee = _load(access.changing(request.user), public_id, unit)
    form = _phone_form(addressee, request.POST)
    if form.is_valid():
        try:
            officer_reach.enter_unit_phone(unit=addressee.unit, **form.cleaned_data)
            return redirect("campaigns:memo-unit", public_id=public_id, unit=unit)
        except Refused as refused:
            form.add_error("typed", str(refused))
    return page(request, addressee, form)


@require_POST
def remind(request, public_id, unit):
    addressee = _load(access.silent_below(request.user), public_id, unit)
    try:
        addressee_answers.remind(addressee=addressee, by=request.user, now=timezone.now())
        messages.success(request, _("The unit's officers are being reminded."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:memo-unit", public_id=public_id, unit=unit)


@require_POST
def forward(request, public_id, unit):
    addressee = _load(access.answering(request.user), public_id, unit)
    form = ForwardForm(request.POST, addressee=addressee)
    if form.is_valid():
        try:
            addressee_answers.forward(
                addressee=addressee, by=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("Forwarded; the officers are being told."))
            return redirect("campaigns:memo-unit", public_id=public_id, unit=unit)
        except Refused as refused:
            show(request, form, refused)
    return page(request, addressee, form)


@require_safe
def calls(request, public_id):
    """Units to be called, to print; for those who oversee the whole memo."""
    access.require_overview(request.user)
    memo = get_object_or_404(access.memos(request.user), public_id=public_id)
    context = {"memo": memo, "calls": unit_steps.calls(memo, timezone.now())}
    return render(request, "campaigns/memo_units/calls.html", context)
