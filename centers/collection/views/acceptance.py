from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from centers import access
from centers.collection import acceptance as rules
from centers.collection.forms.acceptance import AcceptanceForm
from centers.models import Job
from centers.views.refusals import attempt
from donors.accounts.factors import fresh


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def acceptance(request, code):
    """The rule about who accepts donors, and its changes; the manager's page."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.MANAGER)
    form = AcceptanceForm(request.POST if request.method == "POST" else None, center=center)
    if request.method == "POST" and form.is_valid():
        said = {"center": center, "by": request.user, "now": timezone.now()} | form.cleaned_data
        if attempt(request, _("The rule is changed."), rules.change, form, **said):
            return redirect("centers:acceptance", code=code)
    changes = center.acceptance_changes.select_related("by").order_by("-pk")
    context = {"center": center, "form": form, "changes": changes}
    return render(request, "centers/acceptance.html", context)
