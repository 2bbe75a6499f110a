"""Commands of a unit: proposed, approved by another person, accepted, ended."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donors import access
from donors.accounts.factors import fresh
from donors.errors import Refused
from donors.units import officers
from donors.units.forms.units import AcceptForm, EndForm, InviteForm

from .units import _page


def _unit(request, code):
    unit = get_object_or_404(access.units(request.user), code=code)
    if not access.is_above(request.user, unit):
        raise PermissionDenied
    return unit


@fresh
@require_POST
def invite(request, code):
    unit = _unit(request, code)
    now = timezone.now()
    people = [command.user for command in officers.of(unit, now)]
    form = InviteForm(request.POST, officers=people, action=request.path)
    if not form.is_valid():
        return _page(request, unit, form)
    try:
        officers.invite(unit=unit, by=request.user, now=now, **form.cleaned_data)
        messages.success(request, _("Asked for. Somebody else above the unit has to approve."))
    except Refused as refused:
        messages.error(request, str(refused))
        return _page(request, unit, form)
    return redirect("donors:unit", code=code)


@fresh
@require_POST
def decide(request, code, public_id):
    unit = _unit(request, code)
    invitation = get_object_or_404(unit.invitations, public_id=public_id)
    try:
        if request.POST.get("answer") == "yes":
            officers.approve(invitation=invitation, by=request.user, now=timezone.now())
            messages.success(request, _("Approved. The invitation leaves by e-mail."))
        else:
            officers.drop(invitation=invitation, by=request.user, now=timezone.now())
            messages.success(request, _("The invitation is withdrawn."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("donors:unit", code=code)


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def end(request, code, pk):
    unit = _unit(request, code)
    now = timezone.now()
    command = get_object_or_404(officers.of(unit, now), pk=pk)
    typed = request.POST if request.method == "POST" else None
    form = EndForm(typed, action=request.path)
    if request.method == "POST" and form.is_valid():
        try:
            officers.end(command=command, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("The end of the command is set."))
            return redirect("donors:unit", code=code)
        except Refused as refused:
            form.add_error("on", str(refused))
    context = {"unit": unit, "command": command, "form": form}
    return render(request, "donors/units/end.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request, public_id):
    """The address of the message is the permission; an account that has a password signs in
    first."""
    invitation = get_object_or_404(access.invitations(), public_id=public_id)
    now = timezone.now()
    live = officers.is_live(invitation, now)
    invited = invitation.user
    wanted = live and invited is not None and not invited.has_usable_password()
    if live and not wanted and request.user != invitation.user:
        return redirect(f"{reverse('account_login')}?next={request.path}")
    typed = request.POST if request.method == "POST" else None
    form = AcceptForm(typed, action=request.path, wanted=wanted)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data.get("password", "")
        try:
            officers.accept(invitation=invitation, now=now, password=password)
            messages.success(
                request, _("You command the unit now. Sign in; a second factor is set up first.")
            )
            return redirect("account_login" if wanted else "campaigns:desk")
        except Refused as refused:
            messages.error(request, str(refused))
    context = {"invitation": invitation, "live": live, "form": form}
    return render(request, "donors/units/accept.html", context)
