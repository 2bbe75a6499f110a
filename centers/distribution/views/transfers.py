from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.distribution import transfers as rules
from centers.distribution.forms.transfers import BoxForm, BoxScanForm, ProposeForm, ReasonForm
from centers.inventory.views.scanned import keeper_of, scanned
from centers.models import Bag, Job, Transfer, TransferBag
from centers.views.refusals import attempt, show
from donors.errors import Refused

PAGE = 40
State = Transfer.State


@require_safe
def index(request, code):
    """Transfers from and to a centre, those that need action first."""
    center = keeper_of(request, code)
    rows = access.transfers(request.user).filter(sender=center) | access.transfers(
        request.user
    ).filter(receiver=center)
    rows = rows.select_related("sender", "receiver", "component").order_by("-proposed_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"center": center, "page": page, "query": ""}
    return render(request, "centers/transfers/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request, code):
    center = keeper_of(request, code)
    form = ProposeForm(request.POST or None, center=center)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        ends = [center, said.pop("other")]
        sender, receiver = ends if said.pop("way") == "out" else reversed(ends)
        try:
            made = rules.propose(
                sender=sender, receiver=receiver, by=request.user, now=timezone.now(), **said
            )
        except Refused as refused:
            show(request, form, refused)
        else:
            return redirect("centers:transfer-detail", public_id=made.public_id)
    return render(request, "centers/transfers/new.html", {"center": center, "form": form})


def _load(request, public_id):
    rows = access.transfers(request.user).select_related(
        "sender",
        "receiver",
        "component",
        "proposed_by",
        "decided_by",
        "packed_by",
        "received_by",
        "asked_below_by",
        "agreed_below_by",
    )
    return get_object_or_404(rows, public_id=public_id)


def _ends(user, transfer) -> dict[str, bool]:
    """At which ends of the transfer the reader has which jobs."""
    return {
        "decides": access.has_job(user, transfer.sender, Job.MANAGER),
        "opens": user.is_administrator or access.has_job(user, transfer.sender, Job.MANAGER),
        "declines": access.has_job(user, transfer.receiver, Job.MANAGER),
        "sends": access.has_job(user, transfer.sender, Job.STOCK),
        "receives": access.has_job(user, transfer.receiver, Job.STOCK),
    }


@require_safe
def detail(request, public_id):
    transfer = _load(request, public_id)
    ends = _ends(request.user, transfer)
    if not any(ends.values()) and not request.user.is_administrator:
        access.require_job(request.user, transfer.sender, Job.STOCK)
    return _page(request, transfer)


def _page(request, transfer, reasoned=None, **forms):
    reasons = {
        verb.replace("-", "_"): ReasonForm(transfer=transfer, verb=verb)
        for verb in ReasonForm.BUTTONS
    } | (reasoned or {})
    bags = transfer.bags.filter(unpacked=False).select_related("bag__donation").order_by("pk")
    away = any(row.arrived is None for row in bags)
    unpacks = transfer.state == State.PACKED or transfer.state == State.RECEIVED and away
    scan = "transfer-take-out" if unpacks else "transfer-put-in"
    context = {
        "transfer": transfer,
        "ends": _ends(request.user, transfer),
        "bags": bags,
        "unpacks": unpacks,
        "left": rules.left(transfer)
        if transfer.state in (State.PROPOSED, State.APPROVED)
        else None,
        "reasons": reasons,
        "scan_form": BoxScanForm(transfer=transfer, verb=scan),
        "box_form": BoxForm(transfer=transfer, leaves=transfer.state == State.APPROVED),
        "form": next(iter((forms | (reasoned or {})).values()), None),
    }
    return render(request, "centers/transfers/detail.html", context | forms)


def _load_at(request, public_id, end):
    """The transfer, if the reader may act at this end of it; otherwise 404."""
    transfer = _load(request, public_id)
    if not _ends(request.user, transfer)[end]:
        raise PermissionDenied
    return transfer


def _act(request, public_id, end, rule, done, **said):
    said |= {"by": request.user, "now": timezone.now()}
    attempt(request, done, rule, transfer=_load_at(request, public_id, end), **said)
    return redirect("centers:transfer-detail", public_id=public_id)


@require_POST
def approve(request, public_id):
    done = _("Approved: the bags can be packed.")
    read = request.POST.get("count", "")
    count = int(read) if read.isdecimal() else None
    return _act(request, public_id, "decides", rules.decide, done, approved=True, count=count)


def _reasoned(request, public_id, end, verb, rule, done):
    """An act that needs a reason."""
    transfer = _load_at(request, public_id, end)
    form = ReasonForm(request.POST, transfer=transfer, verb=verb)
    if form.is_valid():
        said = {"by": request.user, "now": timezone.now()} | form.cleaned_data
        if attempt(request, done, rule, form, transfer=transfer, **said):
            return redirect("centers:transfer-detail", public_id=public_id)
    return _page(request, transfer, reasoned={verb.replace("-", "_"): form})


@require_POST
def refuse(request, public_id):
    rule, done = partial(rules.decide, approved=False), _("The transfer is refused.")
    return _reasoned(request, public_id, "decides", "refuse", rule, done)


@require_POST
def decline(request, public_id):
    """The receiver does not need the bags."""
    done = _("Noted: the bags are not needed.")
    return _reasoned(request, public_id, "declines", "decline", rules.decline, done)


@require_POST
def ask_below(request, public_id):
    """The first person says why the sender goes below what it keeps."""
    done = _("Noted. A second person agrees, or refuses.")
    return _reasoned(request, public_id, "opens", "ask-below", rules.ask_below, done)


@require_POST
def agree_below(request, public_id):
    return _act(request, public_id, "opens", rules.agree_below, _("Agreed by two people."))


@require_POST
def withdraw(request, public_id):
    transfer = _load(request, public_id)
    if not access.has_job(request.user, transfer.receiver, Job.STOCK):
        access.require_job(request.user, transfer.sender, Job.STOCK)
    done = _("The proposal is taken back.")
    said = {"transfer": transfer, "by": request.user, "now": timezone.now()}
    attempt(request, done, rules.withdraw, **said)
    return redirect("centers:transfer-detail", public_id=public_id)


@require_POST
def put_in(request, public_id):
    on_shelf = {"state": Bag.State.AVAILABLE}
    return _scan(request, public_id, "sends", rules.put_in, "transfer-put-in", **on_shelf)


@require_POST
def take_out(request, public_id):
    away = {"transfers__transfer__public_id": public_id, "transfers__arrived": None}
    return _scan(request, public_id, "receives", rules.take_out, "transfer-take-out", **away)


def _scan(request, public_id, end, rule, verb, **wanted):
    transfer = _load_at(request, public_id, end)
    form = BoxScanForm(request.POST, transfer=transfer, verb=verb)
    wanted["tell"] = end == "sends"
    if form.is_valid():
        wanted["component"] = transfer.component_id
        bag = scanned(request, form, transfer.sender, **wanted)
        said = {"transfer": transfer, "by": request.user, "now": timezone.now()}
        done = _("Scanned: %(number)s.") % {"number": bag.donation.din if bag else ""}
        if bag and attempt(request, done, rule, form, bag=bag, **said):
            if bag.state in (Bag.State.BLOCKED, Bag.State.EXPIRED):
                messages.warning(request, _("Set this bag apart: it must not be used."))
            return redirect("centers:transfer-detail", public_id=public_id)
    return _page(request, transfer, scan_form=form)


@require_POST
def unpack(request, public_id, pk):
    transfer = _load_at(request, public_id, "sends")
    row = get_object_or_404(TransferBag, transfer=transfer, pk=pk)
    said = {"packed": row, "by": request.user, "now": timezone.now()}
    attempt(request, _("The bag is on the shelf again."), rules.unpack, **said)
    return redirect("centers:transfer-detail", public_id=public_id)


@require_POST
def cancel(request, public_id):
    done = _("Nothing is sent after all.")
    return _reasoned(request, public_id, "decides", "cancel", rules.cancel, done)


@require_POST
def send(request, public_id):
    return _box(request, public_id, "sends", rules.send, _("The box is on its way."))


@require_POST
def receive(request, public_id):
    return _box(request, public_id, "receives", rules.receive, _("The transfer is received."))


def _box(request, public_id, end, rule, done):
    transfer = _load_at(request, public_id, end)
    form = BoxForm(request.POST, transfer=transfer, leaves=end == "sends")
    if form.is_valid():
        said = {"transfer": transfer, "by": request.user, "now": timezone.now()}
        if attempt(request, done, rule, form, **said, **form.cleaned_data):
            spoilt = rules.is_spoilt(form.cleaned_data["celsius"], transfer.component)
            if end == "receives" and spoilt:
                messages.warning(request, _("Its bags are blocked. Set them apart."))
            return redirect("centers:transfer-detail", public_id=public_id)
    return _page(request, transfer, box_form=form)


@require_POST
def lose(request, public_id, pk):
    """The sender's manager declares a bag lost that did not arrive."""
    transfer = _load_at(request, public_id, "decides")
    row = get_object_or_404(TransferBag, transfer=transfer, pk=pk)
    done = _("The bag is declared lost.")
    said = {"packed": row, "by": request.user, "now": timezone.now()}
    attempt(request, done, rules.declare_lost, **said)
    return redirect("centers:transfer-detail", public_id=public_id)
