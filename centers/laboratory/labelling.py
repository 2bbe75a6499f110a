"""Labels of released bags: printed, and read back by scan before the bag is available."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.collection import corrections
from centers.inventory import stock, stock_levels
from centers.isbt128 import data_structures, donation_numbers
from centers.models import Bag, Center, Component, Correction, EmergencyRelease, Label, LabelCheck
from donors.clock.zones import MOROCCO
from donors.errors import Refused, refusing
from donors.models import User

from . import screening

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Waiting = WithAnnotations[Bag, "Printed"]

PARTS = {"number", "group", "product", "expiry"}


class Printed(TypedDict):
    """``printed``: the time of the last label that says what the bag is, None without one;
    ``sheet``: its key; ``titre`` as in ``screening.titre``."""

    printed: datetime | None
    sheet: int | None
    titre: str
    hurried: bool
    code: str


def waiting(*, center: Center) -> QuerySet[Waiting]:
    """Bags of a centre whose label is to be printed or read back, in the order of printing.

    Those released, and those asked for in an emergency (``hurried``), which come first.
    """
    urgent = EmergencyRelease.objects.filter(
        bag=OuterRef("pk"), bag__state=Bag.State.QUARANTINED, second=None
    )
    code = Component.objects.filter(pk=OuterRef("component")).values("local_code")
    labels = (
        Label.objects.filter(bag=OuterRef("pk"))
        .filter(
            expires_at=OuterRef("expires_at"),
            blood_group=OuterRef("blood_group"),
            product=OuterRef("code"),
            not_fully_tested=OuterRef("hurried"),
        )
        .order_by("-pk")
    )
    rows: QuerySet[Bag] = Bag.objects.filter(center=center, expires_at__gt=timezone.now())
    rows = rows.annotate(hurried=Exists(urgent), code=Subquery(code))
    rows = rows.filter(Q(state=Bag.State.RELEASED) | Q(hurried=True))
    return (
        rows.annotate(
            printed=Subquery(labels.values("at")[:1]),
            sheet=Subquery(labels.values("pk")[:1]),
            titre=screening.titre("donation"),
        )
        .select_related("component", "donation", "center")
        .order_by(F("hurried").desc(), F("sheet").asc(nulls_last=True), "donation__din", "pk")
    )


def counts(*, center: Center) -> dict[str, int]:
    """How many labels are to be printed, and to be read back."""
    return waiting(center=center).aggregate(
        to_print=Count("pk", filter=Q(printed=None)),
        to_read=Count("pk", filter=Q(printed__isnull=False)),
    )


def may_print(bag: Bag) -> bool:
    """Whether a label may be printed for a bag, were it printed before or not."""
    if bag.state in (Bag.State.RELEASED, Bag.State.AVAILABLE):
        return not stock.is_boxed(bag)
    return bag.state == Bag.State.QUARANTINED and bag.emergencies.filter(second=None).exists()


def is_printed(bag: Bag) -> bool:
    """Whether a label that says the same was printed before."""
    last = bag.labels.order_by("-pk").first()
    return last is not None and _text(last) == _text(_label(bag))


def labels_of(bag: Bag) -> QuerySet[Label]:
    """Every label that was printed for a bag, the last one first, with its readings."""
    rows = bag.labels.select_related("by").prefetch_related("checks__by")
    return rows.order_by("-pk")


def volume_of(bag: Bag) -> int:
    """In mL: of what was made of a bag, or of the donation in a first one."""
    if bag.volume:
        return bag.volume
    said = corrections.values(bag.donation.visit).get(Correction.Field.VOLUME)
    return int(said or bag.donation.volume)


def _label(bag: Bag) -> Label:
    return Label(
        bag=bag,
        blood_group=bag.blood_group,
        product=bag.component.local_code,
        division=bag.division,
        expires_at=bag.expires_at,
        volume=volume_of(bag),
        not_fully_tested=bag.state == Bag.State.QUARANTINED,
    )


def _text(label: Label) -> tuple[object, ...]:
    return (
        label.blood_group,
        label.product,
        label.division,
        label.expires_at,
        label.volume,
        label.not_fully_tested,
    )


def print_labels(
    *, bags: Iterable[Bag], by: User, now: datetime, reason: str = "", because: str = ""
) -> list[Label]:
    """A label for each bag, in the given order; another one of a bag needs a ``reason``.

    A bag on the shelf leaves it until its new label is read back. Each label's ``bag`` has its
    ``titre`` as in ``screening.titre``.
    """
    if reason == Label.Reason.OTHER and not because.strip():
        raise Refused(_("Say why the label is printed again."), "because")
    keys = [bag.pk for bag in bags]
    with refusing():
        held = {
            bag.pk: bag
            for bag in Bag.objects.select_for_update(of=("self",))
            .filter(pk__in=keys)
            .select_related("component", "center", "donation__visit")
            .annotate(titre=screening.titre("donation"))
            .order_by("pk")
        }
        known = {label.bag_id: label for label in Label.objects.filter(bag__in=keys).order_by("pk")}
        made = []
        for bag in (held[pk] for pk in keys):
            if bag.state == Bag.State.AVAILABLE:
                stock.move(bag=bag, to=Bag.State.RELEASED, by=by, reason="label")
                _review(bag, now)
            label = _label(bag)
            label.at, label.by = now, by
            label.reason, label.because = _reason(label, known.get(bag.pk), reason), because.strip()
            made.append(label)
        return Label.objects.bulk_create(made)


def _reason(label: Label, before: Label | None, said: str) -> str:
    """Raises ``Refused`` for a second label of the same text without a reason."""
    if before is None:
        return ""
    if not said and _text(label) == _text(before):
        raise Refused(_("This label was printed already. Say why it is printed again."), "reason")
    return said or Label.Reason.CHANGED


def read_back(
    *, bag: Bag, number: str, scans: Iterable[str], by: User, now: datetime
) -> LabelCheck:
    """Compare the number on a bag, and the codes of its label, with what the bag is.

    ``scans``: the square code, or the four bars in any order. Where all agree the bag goes onto the
    shelf; where they do not the reading is kept, and ``Refused`` says what differs.
    """
    on_bag = donation_numbers.parse(number).din
    said = _said(scans)
    group = said["group"]
    code = said["product"]
    until = said["expiry"].value
    with refusing():
        bag = (
            Bag.objects.select_for_update(of=("self",))
            .select_related("component", "center", "donation")
            .get(pk=bag.pk)
        )
        label = Label.objects.filter(bag=bag).order_by("-pk").first()
        if label is None or bag.state not in (Bag.State.RELEASED, Bag.State.QUARANTINED):
            raise Refused(_("No label of this bag waits to be read back. Print it first."))
        check = LabelCheck.objects.create(
            label=label,
            number=on_bag,
            din=str(said["number"].value),
            blood_group=str(group.value),
            product=str(code.value),
            division=code.detail[1:],
            expires_at=until,
            at=now,
            by=by,
        )
        check.refresh_from_db(fields=["differs"])
        if not check.differs and bag.state == Bag.State.RELEASED:
            stock.move(bag=bag, to=Bag.State.AVAILABLE, by=by)
            _review(bag, now)
    if check.differs:
        raise Refused(" ".join(_differences(bag, check)), "code")
    return check


def _review(bag: Bag, now: datetime) -> None:
    stock_levels.review(
        center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
    )


def _said(scans: Iterable[str]) -> dict[str, data_structures.Structure]:
    """Raises ``Refused`` unless every part of a label was scanned."""
    found: dict[str, data_structures.Structure] = {}
    for text in scans:
        for part in data_structures.parse_several(donation_numbers.compact(text)):
            found[part.kind] = part
    missing = PARTS - set(found)
    if missing == PARTS:
        raise Refused(_("This is no code of a bag's label. Scan the square one."), "code")
    if missing:
        words = {
            "number": _("the number"),
            "group": _("the group"),
            "product": _("the product"),
            "expiry": _("the expiry"),
        }
        lacking = ", ".join(words[part] for part in words if part in missing)
        raise Refused(
            _("Scan the square code, or these bars of the label as well: %(bars)s.")
            % {"bars": lacking},
            "code",
        )
    return found


def _differences(bag: Bag, check: LabelCheck) -> list[str]:
    """A sentence for each part in which the label is not of the bag."""
    names = dict(Component.objects.values_list("local_code", Component.name_field()))
    until = [at.astimezone(MOROCCO) for at in (bag.expires_at, check.expires_at)]
    told = {
        "number": (
            _("The number differs: the record has %(bag)s, the bag %(read)s, the label %(label)s."),
            bag.donation.din,
            check.din,
        ),
        "group": (
            _("The group differs: the bag is %(bag)s, the label says %(label)s."),
            bag.get_blood_group_display(),
            check.get_blood_group_display(),
        ),
        "product": (
            _("The product differs: the bag is %(bag)s, the label says %(label)s."),
            bag.component.name,
            names.get(check.product, check.product),
        ),
        "expiry": (
            _("The expiry differs: the bag keeps until %(bag)s, the label says %(label)s."),
            f"{until[0]:%d/%m/%Y %H:%M}",
            f"{until[1]:%d/%m/%Y %H:%M}",
        ),
    }
    found = []
    for part in check.differs.split():
        sentence, mine, its = told[part]
        found.append(sentence % {"bag": mine, "label": its, "read": check.number})
    return [*found, _("The bag stays off the shelf: compare it with its label again.")]
