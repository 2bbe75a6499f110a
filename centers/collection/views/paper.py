from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from centers import access
from centers.collection import arrivals, donor_search
from centers.collection import paper_records as rules
from centers.collection.forms.donors import ArriveForm, SearchForm
from centers.collection.forms.paper import AnswersForm, PaperForm, typed, typed_answers
from centers.models import Job
from centers.views.refusals import attempt, show
from donors.clock.calendar import local_day
from donors.eligibility import questionnaire
from donors.errors import Refused
from donors.people import search

TYPISTS = (Job.RECEPTION, Job.COLLECTION)
FIELD_OF = {"systolic": "pressure", "diastolic": "pressure"}


def session_of(request, public_id):
    rows = access.sessions(request.user).select_related("center", "province")
    session = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, session.center, *TYPISTS)
    return session


@require_http_methods(["GET", "HEAD", "POST"])
def index(request, public_id):
    """Papers that wait for a first or a second person, and a search for the next one."""
    session = session_of(request, public_id)
    action = reverse("centers:paper-list", args=[public_id])
    form = SearchForm(request.POST or None, session=session, action=action)
    context = {"session": session, "form": form, "searched": False, "found": [], "cut": False}
    if request.method == "POST" and form.is_valid():
        text, now = form.cleaned_data["text"], timezone.now()
        found = donor_search.look_up(session=session, text=text, by=request.user, now=now)
        context |= {"searched": True, "found": arrivals.matches(found, {})}
        context["cut"] = len(found) == search.MATCHES
    context["waiting"] = rules.waiting(session=session, by=request.user)
    context["written"] = rules.written(session=session)
    context["may_register"] = access.has_job(request.user, session.center, Job.RECEPTION)
    return render(request, "centers/paper/list.html", context | {"paper": True})


@require_POST
def begin(request, public_id):
    session = session_of(request, public_id)
    form = ArriveForm(request.POST, donors=access.donors(request.user))
    if not form.is_valid():
        raise Http404
    said = {"session": session, "donor": form.cleaned_data["donor"]}
    try:
        record = rules.begin(by=request.user, now=timezone.now(), **said)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("centers:paper-list", public_id=public_id)
    return redirect("centers:paper-key", public_id=record.public_id)


def _record(request, public_id):
    rows = access.papers(request.user).select_related("session__center", "donor", "visit")
    record = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, record.session.center, *TYPISTS)
    return record


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def key(request, public_id):
    """One person's reading of the paper; nobody sees what another person typed."""
    record, now = _record(request, public_id), timezone.now()
    if record.visit_id or record.dropped_at:
        messages.error(request, _("This paper was dealt with already."))
        return redirect("centers:paper-list", public_id=record.session.public_id)
    mine = rules.open_sheet(paper=record, by=request.user, now=now)
    held = record.session.starts_at
    form = PaperForm(
        request.POST or None, record=record, reasons=arrivals.reasons(held), initial=typed(mine)
    )
    answers = AnswersForm(
        request.POST or None,
        questions=questionnaire.questions(sex=record.donor.sex),
        on=local_day(held),
        initial=typed_answers(mine),
    )
    if request.method == "POST" and all([form.is_valid(), answers.is_valid()]):
        done = _kept(request, record, form, answers, now)
        if done:
            messages.success(request, done)
            return redirect("centers:paper-list", public_id=record.session.public_id)
    context = {"record": record, "session": record.session, "form": form, "answers": answers}
    context["typed_before"] = mine is not None
    return render(request, "centers/paper/key.html", context)


def _kept(request, record, form, answers, now):
    """The message when the reading is saved and nothing differs; else the fields show the
    differences."""
    outcome = form.cleaned_data["outcome"]
    asked = answers.cleaned_data["all_asked"] and outcome != rules.LEFT
    if outcome in rules.BLED and not asked:
        answers.add_error("all_asked", _("Compare every answer with the paper, then tick this."))
        return ""
    sheet = form.sheet(answers.lists if asked else {})
    try:
        facility = form.cleaned_data["facility"]
        visit = rules.key(paper=record, sheet=sheet, by=request.user, now=now, facility=facility)
    except Refused as refused:
        show(request, form, refused)
        return ""
    if visit:
        return _("Two people read the same: it is in the records.")
    differing = rules.differing(paper=record, sheet=sheet, by=request.user)
    if not differing:
        return _("Kept. Now another person types the same paper.")
    sentence = _("Somebody else read this otherwise. Look at the paper again.")
    for name in dict.fromkeys(FIELD_OF.get(name, name) for name in differing):
        target = answers if name in answers.fields else form
        target.add_error(name, sentence)
    return ""


@require_POST
def drop(request, public_id):
    record = _record(request, public_id)
    done = _("The paper is taken out; nothing of it is in the records.")
    attempt(request, done, rules.drop, paper=record, by=request.user, now=timezone.now())
    return redirect("centers:paper-list", public_id=record.session.public_id)
