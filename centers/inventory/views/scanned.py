"""The scanned bag, checked to be at the reader's centre; used by every page that moves bags."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from centers import access
from centers.inventory import stock, unconfirmed
from centers.models import Bag, Job
from donors.errors import Refused


def keeper_of(request, code, *jobs):
    center = get_object_or_404(access.my_centers(request.user), code=code)
    access.require_job(request.user, center, *(jobs or (Job.STOCK,)))
    return center


GONE = (Bag.State.SEPARATED, Bag.State.UNDONE)


def scanned(request, form, center, *conditions, tell=True, strange=False, **states) -> Bag | None:
    """The one scanned bag of the centre in one of these states; otherwise an error beside the field.

    With ``tell`` the error names the product and state of a bag here that does not fit, a first
    reactive reading untold. With ``strange`` a bag that belongs to another centre is found too.
    """
    try:
        text = form.cleaned_data["number"]
        bags = stock.seen_by_scan(center=None if strange else center, text=text)
        found = list(bags.filter(*conditions, **states).exclude(state__in=GONE)[:2])
    except Refused as refused:
        form.add_error("number", str(refused))
        return None
    if len(found) == 1:
        return found[0]
    sentence = _("Several bags have this number. Scan the product's barcode after it.")
    if not found:
        here = bags.filter(center=center).exclude(state__in=GONE)
        other = here.first() if tell else None
        unconfirmed.hush([other] if other else [], told=False)
        said = (
            {"product": other.component.name, "state": other.get_state_display()} if other else {}
        )
        sentence = (
            _("This bag does not fit here: %(product)s, %(state)s.") % said
            if other
            else _("No such bag is here. Compare the number.")
        )
    form.add_error("number", sentence)
    return None
