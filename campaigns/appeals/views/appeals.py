from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_POST, require_safe

from campaigns import access
from campaigns.appeals import appeals, notices, progress, responses
from campaigns.appeals.forms.appeals import AppealFilter, CheckForm
from campaigns.appeals.forms.waves import StopForm
from campaigns.messaging import channels, outbox
from campaigns.models import Wave
from campaigns.views.responses import for_everybody
from donors.errors import Refused

PAGE = 25


@require_safe
def index(request):
    """Appeals of the reader's centres, newest first; all of them for administrators."""
    choice = AppealFilter(request.GET)
    rows = choice.apply(progress.with_counts(access.appeals(request.user)))
    rows = rows.select_related("center", "component")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    state = request.GET.get("state", "")
    context = {"page": page, "filter": choice, "query": f"state={state}&" if state else ""}
    if access.watches_delivery(request.user):
        context["stops"] = channels.with_waiting(channels.stops())
        context["health"] = outbox.health(now=timezone.now())
    return render(request, "campaigns/appeals/list.html", context)


@require_safe
def detail(request, public_id):
    appeal = _load(access.appeals(request.user), public_id)
    return render(request, "campaigns/appeals/detail.html", _steps(request, appeal))


@require_safe
@conditional_page
def funnel(request, public_id):
    """The polled part of the page; unchanged, it answers 304."""
    appeal = _load(access.appeals(request.user), public_id)
    response = render(request, "campaigns/appeals/funnel.html", _steps(request, appeal))
    response["Cache-Control"] = "private, no-cache"
    return response


def _load(scope, public_id):
    rows = scope.select_related("center", "component", "operation", "alert")
    return get_object_or_404(rows, public_id=public_id)


def _steps(request, appeal, form=None) -> dict:
    may_stop = access.appeals_to_stop(request.user).filter(pk=appeal.pk).exists()
    waves = list(appeal.waves.select_related("session", "decided_by", "ended_by"))
    return {
        "appeal": appeal,
        "funnel": progress.funnel(appeal),
        "waves": waves,
        "held": next((wave for wave in waves if wave.state == Wave.State.HELD), None),
        "may_stop": may_stop,
        "to_approve": access.waves_to_decide(request.user).filter(
            appeal=appeal, state=Wave.State.PROPOSED
        ),
        "form": form or (StopForm() if may_stop and appeal.is_open else None),
        "paused": appeal.resumes_at and appeal.resumes_at > timezone.now(),
        "for_good": appeal.resumes_at == appeals.FOR_GOOD,
    }


@require_POST
def stop(request, public_id):
    appeal = get_object_or_404(access.appeals_to_stop(request.user), public_id=public_id)
    form, now = StopForm(request.POST), timezone.now()
    if not form.is_valid():
        return render(request, "campaigns/appeals/detail.html", _steps(request, appeal, form))
    try:
        because = form.cleaned_data["because"]
        until = form.until(now)
        appeals.stop(appeal=appeal, by=request.user, because=because, now=now, resumes_at=until)
        messages.success(request, _("The appeal is stopped; the people asked are being thanked."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:appeal-detail", public_id=public_id)


@require_POST
def lift(request, public_id):
    """People may be asked again for this need."""
    appeal = get_object_or_404(access.appeals_to_stop(request.user), public_id=public_id)
    try:
        appeals.lift(appeal=appeal, now=timezone.now())
        messages.success(request, _("The next plan may ask people again."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:appeal-detail", public_id=public_id)


@for_everybody
def public(request, public_id):
    """The public facts of an appeal: where, since when, and whether it is still open."""
    rows = progress.with_counts(access.public_appeals())
    appeal = get_object_or_404(rows, public_id=public_id)
    now = timezone.now()
    context = {
        "appeal": appeal,
        "checked": request.GET.get("code", "").upper() == appeal.code,
        "over": appeal.expires_at <= now,
        "free": responses.slots(appeal, now).exists(),
        "now": now,
        "notice": notices.of(appeal, now=now),
    }
    return render(request, "campaigns/appeals/public.html", context)


@login_not_required
@require_safe
def verify(request):
    """Check whether a message is genuine: a code leads to the appeal's own page."""
    typed = request.GET if "code" in request.GET else None
    form = CheckForm(typed, appeals=access.public_appeals())
    if form.is_bound and form.is_valid() and form.appeal:
        page = reverse("campaigns:appeal-public", args=[form.appeal.public_id])
        return redirect(f"{page}?code={form.appeal.code}")
    return render(request, "campaigns/appeals/verify.html", {"form": form})
