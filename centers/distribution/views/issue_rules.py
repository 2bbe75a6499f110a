from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from centers import access
from centers.distribution import issue_rules as rules
from centers.distribution.forms.issue_rules import IssueRulesForm
from centers.models import Job
from centers.views.refusals import attempt
from donors.accounts.factors import fresh


@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def issue_rules(request, code):
    """Who looks a second time, whether a crossmatch by computer may stand for one in the tube, and
    the changes so far; the manager's page."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, Job.MANAGER)
    form = IssueRulesForm(request.POST if request.method == "POST" else None, center=center)
    if request.method == "POST" and form.is_valid():
        said = {"center": center, "by": request.user, "now": timezone.now()} | form.cleaned_data
        if attempt(request, _("The rules are set."), rules.change, form, **said):
            return redirect("centers:issue-rules", code=code)
    changes = center.issue_rules_changes.select_related("by").order_by("-pk")
    context = {"center": center, "form": form, "changes": changes}
    return render(request, "centers/patients/rules.html", context)
