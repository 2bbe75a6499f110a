from django.shortcuts import get_object_or_404, render

from campaigns import access
from campaigns.situation import account
from campaigns.views.responses import for_everybody


@for_everybody
def account_of(request, public_id):
    """What came of an operation: counts only, none under five."""
    operation = get_object_or_404(access.public_operations(), public_id=public_id)
    context = {"operation": operation, "account": account.of(operation)}
    return render(request, "campaigns/situation/afterwards.html", context)
