from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from centers import access, arrivals
from centers.errors import AlreadyKnown, Refused
from centers.forms.donors import ArriveForm, RegisterForm, SearchForm
from centers.models import Job
from donors import finding

from .refusals import show


def _session(request, public_id):
    rows = access.sessions(request.user).select_related("center", "province")
    session = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, session.center, Job.RECEPTION)
    return session


@require_http_methods(["GET", "HEAD", "POST"])
def find(request, public_id):
    """Who stands here? What is typed goes by POST: it is personal and belongs in no address."""
    session = _session(request, public_id)
    form = SearchForm(request.POST or None, session=session)
    context = {"session": session, "form": form, "searched": False, "found": [], "cut": False}
    context["expected"] = arrivals.expected(session=session)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        now = timezone.now()
        found = arrivals.look_up(session=session, text=text, by=request.user, now=now)
        context |= {"searched": True, "found": arrivals.at(session=session, donors=found)}
        context["cut"] = len(found) == finding.MATCHES
    return render(request, "centers/reception/find.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def register(request, public_id):
    session = _session(request, public_id)
    language = request.LANGUAGE_CODE
    form = RegisterForm(request.POST or None, session=session, initial={"language": language})
    alike = []
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data | {"province": session.province}
        try:
            visit = arrivals.register(
                session=session, by=request.user, now=timezone.now(), **person
            )
            messages.success(request, _("Registered and arrived."))
            return redirect("centers:visit-detail", public_id=visit.public_id)
        except AlreadyKnown as refused:
            alike = arrivals.at(session=session, donors=refused.donors)
            form = RegisterForm(request.POST, session=session, alike=not refused.field)
            show(request, form, refused)
        except Refused as refused:
            show(request, form, refused)
    context = {"session": session, "form": form, "alike": alike}
    return render(request, "centers/reception/register.html", context)


@require_POST
def arrive(request, public_id):
    session = _session(request, public_id)
    form = ArriveForm(request.POST, donors=access.donors(request.user))
    if not form.is_valid():
        raise Http404
    donor = form.cleaned_data["donor"]
    try:
        visit = arrivals.arrive(session=session, donor=donor, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("centers:donor-find", public_id=public_id)
    return redirect("centers:visit-detail", public_id=visit.public_id)
