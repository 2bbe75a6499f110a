from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centers import access
from centers.inventory import unconfirmed
from centers.inventory.forms.stock import ScanForm
from centers.laboratory import labelling, pooling, separation
from centers.laboratory.forms.separation import VolumesForm
from centers.models import Bag, Job
from centers.views.refusals import attempt, show
from donors.errors import Refused

MAKERS = (Job.LABORATORY, Job.STOCK)


@require_safe
def index(request, code):
    """Whole blood that can be separated; a scanned number opens its bag."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, *MAKERS)
    form = ScanForm(request.GET or None)
    bags = separation.waiting(access.donations(request.user).filter(center=center))
    if form.is_valid():
        found = bags.filter(donation__din=form.cleaned_data["number"]).first()
        if found:
            return redirect("centers:separation", public_id=found.public_id)
        form.add_error("number", _("No bag of this number waits to be separated here."))
    context = {"center": center, "form": form, "bags": bags[:200]}
    return render(request, "centers/separation/list.html", context)


def _bag(request, public_id) -> Bag:
    rows = access.bags(request.user).select_related("component", "donation__visit", "center")
    bag = get_object_or_404(rows, public_id=public_id)
    access.require_job(request.user, bag.center, *MAKERS)
    return bag


@require_http_methods(["GET", "HEAD", "POST"])
def pool(request, code):
    """Tested platelets, by group; the ticked ones become one bag."""
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, *MAKERS)
    now = timezone.now()
    rows = pooling.waiting(center=center, now=now)
    ticked = request.POST.getlist("bag")
    if request.method == "POST":
        bags = [bag for bag in rows if str(bag.public_id) in ticked]
        try:
            made = pooling.pool(bags=bags, by=request.user, now=now)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The pool is made. Its label comes next."))
            return redirect("centers:bag-detail", public_id=made.public_id)
    context = {"center": center, "rows": rows[:200], "ticked": ticked}
    return render(request, "centers/separation/pool.html", context)


@require_safe
def choose(request, public_id):
    return _page(request, _bag(request, public_id))


def _page(request, bag, filled=None):
    """The recipes with a form each; ``filled`` is the one that was sent."""
    told = access.is_told_first(request.user, bag.center)
    made = list(bag.made.select_related("component").order_by("pk"))
    unconfirmed.hush([bag, *made], told=told)
    choices = separation.choices(bag=bag, now=timezone.now())
    forms = [
        filled[1]
        if filled and filled[0] == choice.recipe.pk
        else VolumesForm(bag=bag, choice=choice, first=place == 0)
        for place, choice in enumerate(choices)
    ]
    context = {
        "bag": bag,
        "volume": labelling.volume_of(bag),
        "choices": list(zip(choices, forms, strict=True)),
        "form": filled[1] if filled else None,
        "may_undo": separation.may_undo(bag),
        "made": made,
    }
    return render(request, "centers/separation/choose.html", context)


@require_POST
def make(request, public_id, recipe):
    bag, now = _bag(request, public_id), timezone.now()
    choices = separation.choices(bag=bag, now=now)
    choice = next((choice for choice in choices if choice.recipe.pk == recipe), None)
    if choice is None:
        messages.error(request, _("This cannot be made of this bag."))
        return redirect("centers:separation", public_id=public_id)
    form = VolumesForm(request.POST, bag=bag, choice=choice)
    if form.is_valid():
        said = {"recipe": recipe, "volumes": form.cleaned_data, "by": request.user, "now": now}
        try:
            made = separation.make(bag=bag, **said)
        except Refused as refused:
            show(request, form, refused)
        else:
            sentence = ngettext("%(count)s bag is made.", "%(count)s bags are made.", len(made))
            messages.success(request, sentence % {"count": len(made)})
            return redirect("centers:separation", public_id=public_id)
    return _page(request, bag, (recipe, form))


@require_POST
def undo(request, public_id):
    bag = _bag(request, public_id)
    done = _("Undone: the bag is again what it was.")
    attempt(request, done, separation.undo, bag=bag, by=request.user, now=timezone.now())
    return redirect("centers:separation", public_id=public_id)


@require_POST
def open_bag(request, public_id):
    bag = _bag(request, public_id)
    done = _("Noted: from now on this bag keeps for hours only.")
    attempt(request, done, separation.open_bag, bag=bag, by=request.user, now=timezone.now())
    return redirect("centers:separation", public_id=public_id)
