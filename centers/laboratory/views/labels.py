from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.isbt128 import donation_numbers
from centers.laboratory import bag_labels, labelling
from centers.laboratory.forms.labels import PrintForm, ReadBackForm, ReprintForm
from centers.views.refusals import show
from donors.errors import Refused

AT_ONCE = 100


def _center(request, code):
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, *access.READS_BAGS)
    return center


def _paper(labels, paper):
    rows = [(label, label.bag.titre == "high") for label in labels]
    response = HttpResponse(
        bag_labels.pdf(rows, sheet=paper == "sheet"), content_type="application/pdf"
    )
    response["Content-Disposition"] = 'inline; filename="labels.pdf"'
    return response


@require_safe
def index(request, code):
    """Released bags: whose label is to be printed, and whose is to be read back."""
    center = _center(request, code)
    rows = list(labelling.waiting(center=center))
    context = {
        "center": center,
        "to_print": [bag for bag in rows if not bag.printed][:AT_ONCE],
        "to_read": [bag for bag in rows if bag.printed],
        "form": PrintForm(),
        "releases": access.has_job(request.user, center, *access.RELEASERS),
    }
    return render(request, "centers/labels/list.html", context)


@require_POST
def print_several(request, code):
    center = _center(request, code)
    form = PrintForm(request.POST)
    ticked = set(request.POST.getlist("bag"))
    bags = [bag for bag in labelling.waiting(center=center) if str(bag.public_id) in ticked]
    try:
        if not bags or not form.is_valid():
            raise Refused(_("Tick at least one bag."))
        labels = labelling.print_labels(bags=bags, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("centers:label-list", code=code)
    return _paper(labels, form.cleaned_data["paper"])


@require_http_methods(["GET", "HEAD", "POST"])
def read(request, code):
    """Reads labels back one after the other: the number on the bag, then the code of its label."""
    center = _center(request, code)
    rows = [bag for bag in labelling.waiting(center=center) if bag.printed]
    chosen = request.POST.get("bag") or request.GET.get("bag", "")
    expected = next((bag for bag in rows if str(bag.public_id) == chosen), None)
    expected = expected or (rows[0] if rows else None)
    form = ReadBackForm(
        request.POST or None,
        center=center,
        initial={"bag": expected.public_id if expected else None},
    )
    if request.method == "POST" and form.is_valid():
        bag = _with_number(rows, form, expected)
        if bag and _read_back(request, form, bag):
            return redirect("centers:label-read", code=code)
    context = {"center": center, "form": form, "rows": rows, "expected": expected}
    return render(request, "centers/labels/read.html", context)


def _with_number(rows, form, expected):
    """The bag in hand: the expected one, or the only one that waits under its number."""
    try:
        din = donation_numbers.parse(form.cleaned_data["number"]).din
    except Refused as refused:
        form.add_error("number", str(refused))
        return None
    same = [bag for bag in rows if bag.donation.din == din]
    if expected in same or len(same) == 1:
        return expected if expected in same else same[0]
    if (other := form.number_on_label()) and other != din:
        sentence = _("This label is of another donation, %(number)s. Keep the bag back.")
        form.add_error("code", sentence % {"number": other})
        return None
    sentence = (
        _("Several bags of this number wait. Choose below which one it is.")
        if same
        else _("No label of this number waits to be read back here.")
    )
    form.add_error("number", sentence)
    return None


def _read_back(request, form, bag):
    said = {"number": form.cleaned_data["number"], "scans": form.scans()}
    try:
        labelling.read_back(bag=bag, by=request.user, now=timezone.now(), **said)
    except Refused as refused:
        show(request, form, refused)
        return False
    sentence = (
        _("%(number)s, %(product)s: the label is right. The bag may leave in the emergency.")
        if bag.hurried
        else _("%(number)s, %(product)s: the label is right. The bag is in stock.")
    )
    words = {"number": bag.donation.din, "product": bag.component.name}
    messages.success(request, sentence % words)
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def reprint(request, public_id):
    """The label of one bag, first or again; a bag in stock is read back before it is issued."""
    rows = access.bags(request.user).select_related("component", "donation", "center")
    bag = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, bag.center, *access.READS_BAGS)
    if not labelling.may_print(bag):
        messages.error(request, _("Only a bag that is released gets its label."))
        return redirect("centers:bag-detail", public_id=public_id)
    form = ReprintForm(request.POST or None, bag=bag, asks=labelling.is_printed(bag))
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data.get(name, "") for name in ("reason", "because")}
        try:
            labels = labelling.print_labels(bags=[bag], by=request.user, now=timezone.now(), **said)
        except Refused as refused:
            show(request, form, refused)
        else:
            return _paper(labels, form.cleaned_data["paper"])
    context = {"bag": bag, "form": form, "labels": labelling.labels_of(bag)}
    return render(request, "centers/labels/reprint.html", context)
