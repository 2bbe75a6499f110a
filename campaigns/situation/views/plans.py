from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from campaigns import access
from campaigns.situation import plans, scopes


@require_safe
def plan(request, public_id):
    """One kept plan in words and figures, as far as it concerns the reader's centres."""
    found = get_object_or_404(access.plans(request.user), public_id=public_id)
    scope = scopes.of_reader(request.user)
    context = {"plan": found, "scope": scope, "sheet": plans.sheet(found, scope)}
    return render(request, "campaigns/situation/plan.html", context)
