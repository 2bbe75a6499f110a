from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from centers import access
from centers.collection import arrivals, board, donor_search
from centers.collection import paper_records as papers
from centers.collection.forms.donors import ArriveForm, RegisterForm, SearchForm, read_from
from centers.errors import AlreadyKnown
from centers.models import Job, Session
from centers.views.refusals import show
from donors.errors import Refused
from donors.models import Donor
from donors.people import identity, search

from . import chair

LEAST, MOST = 2, 8  # characters typed, and visits offered


def _session(request, public_id):
    rows = access.sessions(request.user).select_related("center", "province")
    session = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, session.center, Job.RECEPTION)
    return session


@require_http_methods(["GET", "HEAD", "POST"])
def find(request, public_id):
    """Search at reception, by POST: the text is personal and must not be in an address."""
    session = _session(request, public_id)
    form = SearchForm(request.POST or None, session=session)
    context = {"session": session, "form": form, "searched": False, "found": [], "cut": False}
    context |= {"expected": board.expected(session=session), "paper": False}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        now = timezone.now()
        found = donor_search.look_up(session=session, text=text, by=request.user, now=now)
        context |= {"searched": True, "found": arrivals.at(session=session, donors=found)}
        context["cut"] = len(found) == search.MATCHES
        card = identity.card(text) or form.cleaned_data["card"]
        context["shown"] = {"kind": Donor.Document.CIN, "number": card} if card else None
        if card and not found:
            context["form"] = SearchForm(session=session, initial={"card": card})
    return render(request, "centers/reception/find.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def register(request, public_id, *, paper=False):
    """Register a new person, at reception or from a paper of the session."""
    session = _session(request, public_id)
    if request.method != "POST" and session.state != Session.State.OPEN and not paper:
        messages.error(request, _("This session is not open. Open it on its board first."))
        return redirect("centers:session-board", public_id=public_id)
    said = {"session": session, "paper": paper}
    looked_for = request.POST.get("looked_for")
    sent = None if looked_for is not None else request.POST or None
    known = {"language": request.LANGUAGE_CODE} | read_from(looked_for or "")
    known |= read_from(request.POST.get("card", ""))
    form = RegisterForm(sent, initial=known, **said)
    alike, shown = [], None
    if sent and form.is_valid():
        person = form.cleaned_data | {"province": session.province}
        now = timezone.now()
        try:
            if paper:
                donor = arrivals.enrol(by=request.user, now=now, **person)
                record = papers.begin(session=session, donor=donor, by=request.user, now=now)
                return redirect("centers:paper-key", public_id=record.public_id)
            visit = arrivals.register(session=session, by=request.user, now=now, **person)
            messages.success(request, _("Registered and arrived."))
            return redirect("centers:visit-detail", public_id=visit.public_id)
        except AlreadyKnown as refused:
            alike = arrivals.at(session=session, donors=refused.donors)
            shown = {name: person[f"document_{name}"] for name in ("kind", "number")}
            form = RegisterForm(request.POST, alike=not refused.field, **said)
            show(request, form, refused)
        except Refused as refused:
            show(request, form, refused)
    context = {"session": session, "form": form, "alike": alike, "paper": paper, "shown": shown}
    return render(request, "centers/reception/register.html", context)


def _met(request, public_id):
    """The session, for everybody who works at its board."""
    rows = access.sessions(request.user).select_related("center", "province")
    session = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, session.center, *access.MEETS_DONORS)
    return session


@require_POST
def scan(request, public_id):
    """A scan or words at the board: a bag's number, a donor's card, a name. A volume before a number
    ends its bleeding."""
    session = _met(request, public_id)
    receives = access.has_job(request.user, session.center, Job.RECEPTION)
    volume, text = board.volume_before(request.POST.get("text", ""))
    now = timezone.now()
    visit = board.visit_of(session=session, text=text)
    if visit and volume is not None:
        return chair.end_at_the_board(request, visit, volume, text)
    try:
        visit = visit or arrivals.arrive_by_card(
            session=session, text=text, receives=receives, by=request.user, now=now
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("centers:session-board", public_id=public_id)
    if visit:
        return redirect("centers:visit-detail", public_id=visit.public_id)
    if receives and not board.is_number(text):
        return find(request, public_id)
    found = board.find(session=session, text=text)
    if len(found) == 1:
        return redirect("centers:visit-detail", public_id=found[0].public_id)
    if found:
        return render(request, "centers/sessions/found.html", {"session": session, "found": found})
    messages.error(request, _("No visit of this session has this number, card or name."))
    return redirect("centers:session-board", public_id=public_id)


@require_POST
def people(request, public_id):
    """The visits found while somebody types at the board."""
    session = _met(request, public_id)
    text = request.POST.get("text", "").strip()
    found = board.find(session=session, text=text) if len(text) >= LEAST else []
    context = {"session": session, "found": found[:MOST], "searched": len(text) >= LEAST}
    return render(request, "centers/sessions/_found.html", context)


@require_POST
def arrive(request, public_id):
    session = _session(request, public_id)
    form = ArriveForm(request.POST, donors=access.donors(request.user))
    if not form.is_valid():
        raise Http404
    donor, said = form.cleaned_data["donor"], {"by": request.user, "now": timezone.now()}
    try:
        visit = arrivals.arrive(session=session, donor=donor, document=form.document, **said)
    except Refused as refused:
        messages.error(request, str(refused))
        here = session.visits.filter(donor__in=donor.linked_rows()).first()
        if here is None:
            return redirect("centers:donor-find", public_id=public_id)
        return redirect("centers:visit-detail", public_id=here.public_id)
    return redirect("centers:visit-detail", public_id=visit.public_id)
