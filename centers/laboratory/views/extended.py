from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from centers import access
from centers.laboratory import extended_tests
from centers.laboratory.forms.extended import ExtendedForm
from centers.models import Job
from centers.views.refusals import attempt


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request, public_id):
    """One reader's antigens of a donation; the other reader's stay hidden until both exist."""
    rows = access.donations(request.user).select_related("center", "donor")
    donation = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, donation.center, Job.LABORATORY)
    known = extended_tests.known(donation=donation, by=request.user)
    mine = set(donation.extended.filter(read_by=request.user).values_list("test", flat=True))
    tests = [row.test for row in known if row.test not in mine]
    form = ExtendedForm(request.POST or None, donation=donation, tests=tests)
    if request.method == "POST" and form.is_valid():
        said = {"donation": donation, "outcomes": form.outcomes, "lot": form.cleaned_data["lot"]}
        said |= {"by": request.user, "now": timezone.now()}
        if attempt(request, _("Recorded."), extended_tests.enter, form, **said):
            return redirect("centers:extended-enter", public_id=public_id)
    context = {"donation": donation, "known": known, "form": form, "tests": tests}
    return render(request, "centers/laboratory/extended.html", context)
