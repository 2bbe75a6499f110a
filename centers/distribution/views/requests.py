import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.distribution import crossmatching, emergencies, issuing, patients, request_entry
from centers.distribution import requests as rules
from centers.distribution.forms.request_paper import RequestForm
from centers.distribution.forms.requests import (
    AgreeForm,
    CloseForm,
    EmergencyForm,
    GiveForm,
    SecondLookForm,
)
from centers.inventory import held_bags, unconfirmed
from centers.inventory.views.scanned import keeper_of, scanned
from centers.models import EmergencyRelease, Job, Reservation
from centers.views.refusals import attempt, show
from donors.accounts.factors import fresh
from donors.errors import Refused

PAGE = 40
READERS = access.CARES_FOR_PATIENTS
SECONDS = access.CARES_FOR_PATIENTS


@require_safe
def index(request, code):
    center = keeper_of(request, code, *READERS)
    rows = rules.in_order(access.requests(request.user).filter(center=center))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"center": center, "page": page, "query": "", "now": timezone.now()}
    context["may_move"] = access.has_job(request.user, center, Job.STOCK)
    context["may_rule"] = Job.MANAGER in access.my_jobs(request.user, center)
    lost = held_bags.taken_away(access.requests(request.user).filter(center=center))
    context["taken_away"] = {row.request_id for row in lost}
    return render(request, "centers/requests/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request, code):
    center = keeper_of(request, code)
    form = RequestForm(request.POST or None, center=center)
    if request.method == "POST" and form.is_valid():
        try:
            made = request_entry.enter(
                center=center, paper=form.paper, by=request.user, now=timezone.now()
            )
        except Refused as refused:
            show(request, form, refused)
        else:
            return redirect("centers:request-detail", public_id=made.public_id)
    return render(request, "centers/requests/new.html", {"center": center, "form": form})


def _load(request, public_id, *jobs):
    rows = access.requests(request.user).select_related(
        "center", "hospital", "component", "patient__center"
    )
    found = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, found.center, *jobs)
    return found


@require_safe
def detail(request, public_id):
    """A request, its suitable bags and its issues; bags are scanned here."""
    return _page(request, _load(request, public_id, *READERS))


def _page(request, found, ticked=(), agreeing=None, **forms):
    now = timezone.now()
    reservations = found.reservations.filter(ended_at=None).select_related(
        "bag__donation", "bag__component"
    )
    wanted = ("bag__donation", "bag__component", "issued_by", "returned", "pick__by")
    issues = found.issues.select_related(*wanted).order_by("pk")
    picks = list(issuing.waiting(found))
    asked_for = list(emergencies.of_request(found))
    told = access.is_told_first(request.user, found.center)
    unconfirmed.hush([row.bag for row in asked_for], told=told)
    context = {
        "asked": found,
        "picks": picks,
        "reservations": reservations.exclude(bag__in=[p.bag_id for p in picks]).order_by(
            "until", "pk"
        ),
        "issues": issues,
        "taken_away": held_bags.taken_away(access.requests(request.user).filter(pk=found.pk)),
        "emergencies": [
            (
                row,
                agreeing if agreeing and agreeing[0] == row.pk else None,
                AgreeForm(emergency=row),
            )
            for row in asked_for
        ],
        "offers": [] if found.closed_at else rules.offers(request=found, now=now),
        "to_be_read": 0 if found.closed_at else rules.to_be_read(request=found, now=now),
        "lacking": crossmatching.missing_of_patient(request=found),
        "missing": found.count - sum(not hasattr(row, "returned") for row in issues),
        "may_move": access.has_job(request.user, found.center, Job.STOCK),
        "may_second": access.has_job(request.user, found.center, *SECONDS),
        "is_doctor": access.has_job(request.user, found.center, Job.DOCTOR),
        "give_form": GiveForm(of=found),
        "second_form": SecondLookForm(of=found, focused=bool(picks)),
        "emergency_form": EmergencyForm(of=found),
        "close_form": CloseForm(of=found),
        "form": next(iter(forms.values()), agreeing and agreeing[1]),
        "ticked": ticked,
    }
    if found.patient:
        context |= _patient(found.patient, request.user, now)
    return render(request, "centers/requests/detail.html", context | forms)


def _patient(patient, by, now):
    newest = patients.samples(patient).first()
    return {
        "patient": patient,
        "identity": patients.look(patient=patient, by=by, reason="request"),
        "standing": crossmatching.standing(patient, newest, now),
        "requirements": patients.live_requirements(patient),
    }


@require_safe
def note(request, public_id):
    """The printable delivery note for the bags, to be signed."""
    found = _load(request, public_id, *READERS)
    issues = found.issues.filter(returned=None).order_by("issued_at", "pk")
    hurried = set(emergencies.of_request(found).exclude(words="").values_list("bag", flat=True))
    rows = issues.select_related("bag__donation", "bag__component", "issued_by", "pick__by")
    context = {"asked": found, "rows": [(row, row.bag_id in hurried) for row in rows]}
    if found.patient:
        context |= _patient(found.patient, request.user, timezone.now())
    return render(request, "centers/requests/note.html", context)


@require_POST
def reserve(request, public_id):
    found = _load(request, public_id, Job.STOCK)
    here = access.bags(request.user).filter(center=found.center_id)
    ticked = [text for text in request.POST.getlist("bag") if _is_uuid(text)]
    bags = list(here.filter(public_id__in=ticked).select_related("center", "component"))
    if not bags:
        messages.error(request, _("Tick at least one bag."))
    else:
        count = len(bags)
        done = ngettext("%(count)s bag is reserved.", "%(count)s bags are reserved.", count)
        said = {"request": found, "bags": bags, "by": request.user, "now": timezone.now()}
        if not attempt(request, done % {"count": count}, rules.reserve, **said):
            return _page(request, found, ticked=bags)
    return redirect("centers:request-detail", public_id=public_id)


def _is_uuid(text):
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


@require_POST
def pick(request, public_id):
    """First look: the number and the group bar of the bag."""
    found = _load(request, public_id, Job.STOCK)
    form = GiveForm(request.POST, of=found)
    if form.is_valid():
        bag = scanned(request, form, found.center, **_states(found))
        said = {
            "request": found,
            "bag": bag,
            "scanned_group": form.cleaned_data["group_bar"],
            "reserve_because": form.cleaned_data["reserve_because"],
            "may_open_reserve": Job.MANAGER in access.my_jobs(request.user, found.center),
        }
        done = _("Taken for this patient. It leaves after the second look.")
        if bag and _done(request, done, issuing.pick, form, **said):
            return redirect("centers:request-detail", public_id=public_id)
    return _page(request, found, give_form=form)


def _states(found):
    return {
        "component__in": rules.serving(found.component),
        "state__in": ["available", "reserved"],
    }


@require_POST
def issue(request, public_id):
    """Second look: the same bag scanned again, and it leaves."""
    found = _load(request, public_id, *SECONDS)
    form = SecondLookForm(request.POST, of=found)
    if form.is_valid():
        bag = scanned(request, form, found.center, **_states(found))
        said = {"request": found, "bag": bag, "scanned_group": form.cleaned_data["group_bar"]}
        if bag and _done(request, _("The bag is issued."), issuing.issue, form, **said):
            return redirect("centers:request-detail", public_id=public_id)
    return _page(request, found, second_form=form)


@require_POST
def put_back(request, public_id, pk):
    found = _load(request, public_id, *SECONDS)
    row = get_object_or_404(issuing.waiting(found), pk=pk)
    _done(request, _("The bag is everybody's again."), issuing.put_back, picked=row)
    return redirect("centers:request-detail", public_id=public_id)


def _done(request, done, rule, form=None, /, **said) -> bool:
    return attempt(request, done, rule, form, by=request.user, now=timezone.now(), **said)


@fresh
@require_POST
def ask_emergency(request, public_id):
    found = _load(request, public_id, Job.DOCTOR)
    form = EmergencyForm(request.POST, of=found)
    if form.is_valid():
        served = rules.serving(found.component)
        bag = scanned(request, form, found.center, component__in=served)
        done = _("Noted. A second person has to agree before the bag leaves.")
        said = {"request": found, "bag": bag, "because": form.cleaned_data["because"]}
        if bag and _done(request, done, emergencies.ask, form, **said):
            return redirect("centers:request-detail", public_id=public_id)
    return _page(request, found, emergency_form=form)


@fresh
@require_POST
def agree_emergency(request, public_id, pk):
    found = _load(request, public_id, *SECONDS)
    waiting = EmergencyRelease.objects.filter(request=found)
    row = get_object_or_404(waiting.select_related("request__hospital"), pk=pk)
    form = AgreeForm(request.POST, emergency=row)
    if form.is_valid():
        served = rules.serving(found.component)
        bag = scanned(request, form, found.center, component__in=served)
        said = {"emergency": row, "bag": bag}
        if bag and _done(request, _("Agreed: the bag is issued."), emergencies.agree, form, **said):
            return redirect("centers:request-detail", public_id=public_id)
    return _page(request, found, agreeing=(row.pk, form))


@require_POST
def give_back(request, public_id, pk):
    found = _load(request, public_id, Job.STOCK)
    row = Reservation.objects.filter(request=found, pk=pk).first()
    if row is None:
        raise Http404
    _done(request, _("The bag is everybody's again."), rules.give_back, reservation=row)
    return redirect("centers:request-detail", public_id=public_id)


@require_POST
def close(request, public_id):
    found = _load(request, public_id, Job.STOCK)
    form = CloseForm(request.POST, of=found)
    if form.is_valid():
        said = {"request": found} | form.cleaned_data
        if _done(request, _("The request is closed."), rules.close, form, **said):
            return redirect("centers:request-detail", public_id=public_id)
    return _page(request, found, close_form=form)
