from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from centers import access
from centers.laboratory import release as rules
from donors.accounts.factors import fresh
from donors.errors import Refused

PAGE = 25


@require_safe
def index(request, code):
    """Tested donations in quarantine: which may be released, and the reasons against the others."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, *access.RELEASERS)
    donations = access.donations(request.user).filter(center=center)
    waiting = rules.waiting(donations, by=request.user)
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    rows = [(donation, rules.sentences(donation)) for donation in page]
    context = {"center": center, "page": page, "rows": rows, "query": ""}
    return render(request, "centers/release/list.html", context)


@fresh
@require_POST
def release(request, public_id):
    donation = get_object_or_404(
        access.donations(request.user).select_related("center"), public_id=public_id
    )
    access.require_job(request.user, donation.center, *access.RELEASERS)
    try:
        bags = rules.release(donation=donation, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        sentence = ngettext(
            "%(count)s bag is released. Its label comes next.",
            "%(count)s bags are released. Their labels come next.",
            len(bags),
        )
        messages.success(request, sentence % {"count": len(bags)})
    return redirect("centers:release-list", code=donation.center.code)
