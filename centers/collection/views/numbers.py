from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from centers import access
from centers.collection import label_printing, number_ranges
from centers.collection.forms.drive import RangeForm, VoidForm
from centers.models import Job
from centers.views.refusals import attempt

HANDLERS = (Job.RECEPTION, Job.COLLECTION)


def load(request, public_id, *jobs):
    rows = access.sessions(request.user).select_related("center")
    session = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, session.center, *jobs)
    return session


@require_safe
def index(request, public_id):
    """The numbers of a session: handed out, used, voided, and left."""
    return _page(request, load(request, public_id, *HANDLERS))


def _page(request, session, **forms):
    ranges = [
        (held, number_ranges.size(held)) for held in session.ranges.select_related("issued_by")
    ]
    context = {
        "session": session,
        "ranges": ranges,
        "voided": session.voided.select_related("by").order_by("-at"),
        "account": number_ranges.account(session),
        "signed": session.is_signed,
        "loose": number_ranges.loose(session),
        "range_form": RangeForm(session=session),
        "void_form": VoidForm(session=session),
        "form": next(iter(forms.values()), None),
    }
    return render(request, "centers/sessions/numbers.html", context | forms)


@require_POST
def give_out(request, public_id):
    session = load(request, public_id, *HANDLERS)
    form = RangeForm(request.POST, session=session)
    done = _("The numbers are handed to this session. Print their labels.")
    return _act(request, session, form, number_ranges.give_out, done, "range_form")


@require_POST
def void(request, public_id):
    session = load(request, public_id, *HANDLERS)
    form = VoidForm(request.POST, session=session)
    done = _("The number is voided; no donation will ever have it.")
    return _act(request, session, form, number_ranges.void, done, "void_form")


def _act(request, session, form, rule, done, name):
    if form.is_valid():
        said = {"session": session, "by": request.user, "now": timezone.now()} | form.cleaned_data
        if attempt(request, done, rule, form, **said):
            return redirect("centers:number-list", public_id=session.public_id)
    return _page(request, session, **{name: form})


@require_safe
def labels(request, public_id, first):
    """The labels of one range as a PDF of their exact size: bag, tubes and record of each
    number."""
    session = load(request, public_id, *HANDLERS)
    held = get_object_or_404(session.ranges, first=first)
    pdf = label_printing.for_range(held)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{held.first}.pdf"'
    return response
