"""Donors' sign-in: an address and a date of birth, then the code sent to the address."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import access
from campaigns.account import sign_in
from campaigns.account.forms.own import AddressForm, EnterForm, SignInCodeForm
from campaigns.booking.forms.booking import CodeForm
from campaigns.booking.views.booking import unlisted
from centers.views.refusals import show
from donors.contact import verification
from donors.errors import Refused

BACKEND = "django.contrib.auth.backends.ModelBackend"


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request):
    if access.own_donor(request.user):
        return redirect("campaigns:me")
    form = EnterForm(request.POST if request.method == "POST" else None, action=request.path)
    if request.method == "POST" and form.is_valid():
        sender = get_adapter().get_client_ip(request)
        try:
            proof = sign_in.ask(
                address=form.cleaned_data["address"],
                born=form.cleaned_data["birth_date"],
                sender=sender,
                now=timezone.now(),
            )
            return redirect("campaigns:me-code", public_id=proof.public_id)
        except Refused as refused:
            show(request, form, refused)
    return render(request, "campaigns/me/enter.html", {"form": form})


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def code(request, public_id):
    proof = get_object_or_404(access.proofs(), public_id=public_id)
    typed = request.POST if request.method == "POST" else None
    several = proof.purpose == proof.Purpose.SIGN_IN
    make = SignInCodeForm if several else CodeForm
    form = make(typed, action=request.path, button=_("Go on"))
    if request.method == "POST" and form.is_valid():
        try:
            contact = sign_in.prove(proof=proof, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            return _proved(request, proof, contact)
    over = proof.used_at is not None or proof.expires_at <= timezone.now()
    return render(request, "campaigns/me/code.html", {"proof": proof, "form": form, "over": over})


def _proved(request, proof, contact):
    if proof.purpose == proof.Purpose.ADDRESS:
        messages.success(request, _("This address is proved; messages may go there."))
        return redirect("campaigns:me-wishes")
    login(request, verification.account_of(donor=contact.donor), backend=BACKEND)
    return redirect("campaigns:me")


@login_not_required
@require_POST
def add_address(request):
    """Reached from the donor's preferences."""
    donor = access.own_donor(request.user)
    form = AddressForm(request.POST, action=request.path)
    if donor is None or not form.is_valid():
        return redirect("campaigns:me-wishes")
    try:
        sender = get_adapter().get_client_ip(request)
        typed = form.cleaned_data["address"]
        proof = sign_in.add_address(donor=donor, typed=typed, sender=sender, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("campaigns:me-wishes")
    return redirect("campaigns:me-code", public_id=proof.public_id)
