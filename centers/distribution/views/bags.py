from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from centers import access
from centers.distribution import requests
from centers.inventory import found_bags, stock, unconfirmed
from centers.inventory.forms.stock import BagFilter, DiscardForm
from centers.laboratory import bad_news, labelling, screening, separation
from centers.models import Bag, Job, PoolPart
from centers.views.refusals import attempt

PAGE = 40


@require_safe
def index(request, code):
    """The centre's bags, the one that expires first on top."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, *access.READS_BAGS)
    choice = BagFilter(request.GET)
    told = access.is_told_first(request.user, center)
    of_here = access.bags(request.user).filter(center=center)
    rows = choice.apply(unconfirmed.shown(of_here, told=told))
    rows = rows.select_related("component", "donation").order_by("expires_at", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    unconfirmed.hush(page.object_list, told=told)
    query = request.GET.copy()
    query.pop("page", None)
    context = {"center": center, "page": page, "filter": choice}
    context["query"] = f"{query.urlencode()}&" if query else ""
    din = choice.cleaned_data["number"][0] if choice.is_valid() else ""
    context["elsewhere"] = stock.elsewhere(center=center, din=din) if din else []
    return render(request, "centers/bags/list.html", context)


def _bag(request, public_id, *jobs):
    rows = access.bags(request.user).annotate(titre=screening.titre("donation"))
    rows = rows.select_related(
        "component", "donation__center", "donation__donor__merged_into", "center"
    )
    bag = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, bag.center, *jobs)
    return bag


@require_safe
def detail(request, public_id):
    """A bag's history: every movement with time and person."""
    bag, now = _bag(request, public_id, *access.READS_BAGS), timezone.now()
    is_doctor = access.has_job(request.user, bag.center, Job.DOCTOR)
    told = access.is_told_first(request.user, bag.center)
    unconfirmed.hush([bag], told=told)
    quiet = not told and unconfirmed.is_untold(bag)
    issued = stock.issue_of(bag=bag)
    context = {
        "bag": bag,
        "in_doubt": bad_news.doubt_is_told(
            donor=bag.donation.donor,
            by=request.user,
            reads=access.has_job(request.user, bag.center, Job.LABORATORY),
        ),
        "way": stock.way(bag=bag, by=request.user, is_doctor=is_doctor, now=now, quiet=quiet),
        "issued": issued,
        "may_make": bag.state in separation.FROM,
        "may_move": access.has_job(request.user, bag.center, Job.STOCK),
        "may_issue": stock.may_be_issued(bag=bag, now=now),
        "may_label": labelling.may_print(bag),
        "parts": bag.parts.select_related("part__donation", "part__component").order_by("pk"),
        "pooled": PoolPart.objects.filter(part=bag).select_related("pool__donation").first(),
        "labels": labelling.labels_of(bag),
        "may_discard": stock.may_be_discarded(bag=bag),
        "may_report": (issued or bag.state == Bag.State.TRANSFUSED or bag.state in found_bags.ENDED)
        and access.has_job(request.user, bag.center, Job.STOCK, Job.DOCTOR),
        "may_be_found": bag.state in found_bags.ENDED
        and access.has_job(request.user, bag.center, Job.STOCK, Job.DOCTOR),
        "is_doctor": is_doctor,
        "may_recall": access.may_recall(request.user, bag.donation.center),
    }
    return render(request, "centers/bags/detail.html", context)


@require_safe
def issue(request, public_id):
    """The open requests that this bag fits: it leaves by a scan on the page of one of them."""
    bag = _bag(request, public_id, Job.STOCK)
    open_ones = access.requests(request.user).filter(center=bag.center, closed_at=None)
    rows = requests.that_fit(requests.in_order(open_ones), bag=bag)
    return render(request, "centers/bags/issue.html", {"bag": bag, "requests": rows[:PAGE]})


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request, public_id):
    return _act(
        request, public_id, DiscardForm, stock.discard, _("The bag is discarded."), "discard"
    )


def _act(request, public_id, kind, rule, sentence, name):
    bag = _bag(request, public_id, Job.STOCK)
    form = kind(request.POST or None, bag=bag)
    if request.method == "POST" and form.is_valid():
        said = {"bag": bag, "by": request.user, "now": timezone.now()} | form.cleaned_data
        if attempt(request, sentence, rule, form, **said):
            return redirect("centers:bag-detail", public_id=public_id)
    return render(request, f"centers/bags/{name}.html", {"bag": bag, "form": form})
