from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from centers import access, stock
from centers.errors import Refused
from centers.forms.stock import BagFilter, DiscardForm, IssueForm
from centers.models import Job

from .refusals import show

PAGE = 40
READERS = (Job.STOCK, *access.RELEASERS)


@require_safe
def listed(request, code):
    """The centre's bags, the one that expires first on top."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, *READERS)
    choice = BagFilter(request.GET)
    rows = choice.apply(access.bags(request.user).filter(center=center))
    rows = rows.select_related("component", "donation").order_by("expires_at", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {"center": center, "page": page, "filter": choice}
    context["query"] = f"{query.urlencode()}&" if query else ""
    return render(request, "centers/bags/list.html", context)


def _bag(request, public_id, *jobs):
    rows = access.bags(request.user).select_related("component", "donation", "center")
    bag = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, bag.center, *jobs)
    return bag


@require_safe
def detail(request, public_id):
    """A bag's whole way, every movement with who and when."""
    bag = _bag(request, public_id, *READERS)
    context = {
        "bag": bag,
        "way": stock.way(bag=bag),
        "issued": stock.issue_of(bag=bag),
        "may_move": access.has_job(request.user, bag.center, Job.STOCK),
        "may_issue": stock.may_be_issued(bag=bag, now=timezone.now()),
        "may_discard": stock.may_be_discarded(bag=bag),
    }
    return render(request, "centers/bags/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def issue(request, public_id):
    return _act(request, public_id, IssueForm, stock.issue, _("The bag is issued."), "issue")


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request, public_id):
    return _act(
        request, public_id, DiscardForm, stock.discard, _("The bag is discarded."), "discard"
    )


def _act(request, public_id, kind, rule, sentence, name):
    bag = _bag(request, public_id, Job.STOCK)
    form = kind(request.POST or None, bag=bag)
    if request.method == "POST" and form.is_valid():
        try:
            rule(bag=bag, by=request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            show(request, form, refused)
        else:
            messages.success(request, sentence)
            return redirect("centers:bag-detail", public_id=public_id)
    return render(request, f"centers/bags/{name}.html", {"bag": bag, "form": form})
