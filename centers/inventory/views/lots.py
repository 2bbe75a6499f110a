from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.inventory import lots
from centers.inventory.forms.lots import LotForm, RecallLotForm
from centers.models import Job, Lot
from centers.views.refusals import attempt, show
from donors.errors import Refused

PAGE = 50
KEEPERS = (Job.COLLECTION, *access.READS_BAGS)


def _center(request, code):
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, *KEEPERS)
    return center


@require_http_methods(["GET", "HEAD", "POST"])
def index(request, code):
    """Lots of bags and reagents with their expiry; those that were used and that nobody entered."""
    center, now = _center(request, code), timezone.now()
    form = LotForm(request.POST or None, center=center, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        said = {"center": center, "by": request.user, "now": now} | form.cleaned_data
        if attempt(request, _("The lot is entered."), lots.keep, form, **said):
            return redirect("centers:lot-list", code=code)
    text = request.GET.get("q", "")
    page = Paginator(lots.listed(center=center, text=text), PAGE).get_page(request.GET.get("page"))
    rows = [(lot, lots.is_expired(lot, now), lots.expires_soon(lot, now)) for lot in page]
    context = {"center": center, "form": form, "page": page, "rows": rows, "text": text}
    context["query"] = f"q={text}&" if text else ""
    kinds = dict(Lot.Kind.choices)
    unknown = lots.unknown(center=center, now=now)
    context["unknown"] = [(kind, kinds[kind], number) for kind, number in unknown]
    return render(request, "centers/lots/list.html", context)


def _lot(request, public_id) -> Lot:
    rows = Lot.objects.filter(center__in=access.my_centers(request.user))
    lot = get_object_or_404(rows.select_related("center", "recalled_by"), public_id=public_id)
    access.require_job(request.user, lot.center, *KEEPERS)
    return lot


@require_safe
def detail(request, public_id):
    """The donations that a lot touched, and its recall."""
    return _page(request, _lot(request, public_id), RecallLotForm())


def _page(request, lot, form):
    page = Paginator(lots.donations(lot), PAGE).get_page(request.GET.get("page"))
    context = {
        "lot": lot,
        "page": page,
        "query": "",
        "form": form,
        "may_recall": access.may_recall(request.user, lot.center),
        "expired": lots.is_expired(lot, timezone.now()),
    }
    return render(request, "centers/lots/detail.html", context)


@require_POST
def recall(request, public_id):
    lot = _lot(request, public_id)
    access.require_job(request.user, lot.center, Job.DOCTOR, Job.MANAGER)
    form = RecallLotForm(request.POST)
    if form.is_valid():
        try:
            made = lots.recall(lot=lot, by=request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            show(request, form, refused)
        else:
            sentence = ngettext(
                "The lot is recalled, and %(count)s donation with it.",
                "The lot is recalled, and %(count)s donations with it.",
                len(made),
            )
            messages.success(request, sentence % {"count": len(made)})
            return redirect("centers:lot-detail", public_id=public_id)
    return _page(request, lot, form)
