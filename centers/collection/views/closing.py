from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from centers import access
from centers.collection import closing, number_ranges
from centers.collection.forms.drive import ClosingForm, CountersignForm
from centers.models import Closing, Job
from centers.views.refusals import attempt

from .numbers import load

SIGNERS = (Job.RECEPTION, Job.COLLECTION, Job.DOCTOR)


@require_safe
def sheet(request, public_id):
    """Before the signatures the records' figures and a form; afterwards the printable sheet."""
    return _page(request, load(request, public_id, *SIGNERS))


def _page(request, session, form=None, second=None):
    known = Closing.objects.filter(session=session).select_related("first_by", "second_by").first()
    found = closing.figures(session)
    typed = (
        {"returned": known.returned, "bags": known.bags, "explanation": known.explanation}
        if known
        else {}
    )
    context = {
        "session": session,
        "sheet": known,
        "figures": known if known and known.second_at else found,
        "late": closing.late(known) if known and known.second_at else 0,
        "against": closing.against(session, found),
        "loose": number_ranges.loose(session),
        "rest": found.issued - found.used - found.voided,
        "sign_form": form or ClosingForm(session=session, initial=typed),
        "second_form": second or CountersignForm(session=session),
        "form": form or second,
        "may_countersign": known is not None and known.first_by_id != request.user.pk,
        "doors": access.doors(request.user, session.center),
    }
    return render(request, "centers/sessions/closing.html", context)


@require_POST
def sign(request, public_id):
    session = load(request, public_id, *SIGNERS)
    form = ClosingForm(request.POST, session=session)
    if form.is_valid():
        said = {"session": session, "by": request.user, "now": timezone.now()} | form.cleaned_data
        if attempt(request, _("Signed. A second person signs now."), closing.sign, form, **said):
            return redirect("centers:closing", public_id=public_id)
    return _page(request, session, form)


@require_POST
def countersign(request, public_id):
    session = load(request, public_id, *SIGNERS)
    form = CountersignForm(request.POST, session=session)
    if form.is_valid():
        said = {"session": session, "by": request.user, "now": timezone.now()} | form.cleaned_data
        done = _("Both signatures are there. Print the sheet.")
        if attempt(request, done, closing.countersign, form, **said):
            return redirect("centers:closing", public_id=public_id)
    return _page(request, session, second=form)
