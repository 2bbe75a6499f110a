"""Who may see and do what at a centre. Rows of another centre do not exist for its neighbour."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone

from donors.models import Donor, Duplicate, Merge, User

from .models import Bag, Center, Component, Donation, Job, Session, Staff, StockLevel, Visit

# A manager stands in for the jobs that hold no safety gate of their own.
STANDS_IN = {Job.RECEPTION, Job.COLLECTION, Job.STOCK}
MEETS_DONORS = (Job.RECEPTION, Job.COLLECTION, Job.DOCTOR)
RELEASERS = (Job.LABORATORY, Job.DOCTOR, Job.MANAGER)


def my_centers(user: User) -> QuerySet[Center]:
    return Center.objects.staffed_by(user, timezone.localdate())


def my_jobs(user: User, center: Center) -> set[str]:
    active = Staff.objects.active(timezone.localdate())
    return set(active.filter(user=user, center=center).values_list("job", flat=True))


def has_job(user: User, center: Center, *jobs: str) -> bool:
    held = my_jobs(user, center)
    return bool(held & set(jobs)) or (Job.MANAGER in held and bool(STANDS_IN & set(jobs)))


def require_job(user: User, center: Center, *jobs: str) -> None:
    if not has_job(user, center, *jobs):
        raise PermissionDenied


def doors(user: User, center: Center) -> dict[str, bool]:
    """Which workplaces of the centre are the user's; no door is shown that would be shut."""
    held = my_jobs(user, center)
    manages = Job.MANAGER in held
    return {
        "people": manages or bool(held & set(MEETS_DONORS)),
        "reception": manages or Job.RECEPTION in held,
        "laboratory": Job.LABORATORY in held,
        "release": bool(held & set(RELEASERS)),
        "bags": Job.STOCK in held or bool(held & set(RELEASERS)),
        "manage": manages,
        "joining": manages or Job.DOCTOR in held,
    }


def may_set_floors(user: User, center: Center) -> bool:
    return user.is_administrator or has_job(user, center, Job.MANAGER)


def require_floors(user: User, center: Center) -> None:
    if not may_set_floors(user, center):
        raise PermissionDenied


def components() -> QuerySet[Component]:
    """The products in use; reference rows are everybody's."""
    return Component.objects.filter(in_use=True)


def watched_centers(user: User) -> QuerySet[Center]:
    """Centres whose figures, without any person, the user may read."""
    return Center.objects.all() if user.is_administrator else my_centers(user)


def donors(user: User) -> QuerySet[Donor]:
    """Reception finds whoever stands before it, wherever they gave last; every look is noted."""
    active = Staff.objects.active(timezone.localdate()).filter(user=user)
    meets = active.filter(job__in=[*MEETS_DONORS, Job.MANAGER]).exists()
    return Donor.objects.all() if meets else Donor.objects.none()


def suspects(user: User, center: Center) -> QuerySet[Duplicate]:
    """Pairs of rows that may be one person, where the centre met one of them or lies in its province."""
    met = Visit.objects.filter(session__center=center).values("donor")
    near = Donor.objects.filter(province=center.province_id)
    of_here = Q(one__in=met) | Q(other__in=met) | Q(one__in=near) | Q(other__in=near)
    return Duplicate.objects.filter(of_here).select_related("one", "other")


def merges(user: User, center: Center) -> QuerySet[Merge]:
    met = Visit.objects.filter(session__center=center).values("donor")
    near = Donor.objects.filter(province=center.province_id)
    of_here = Q(kept__in=met) | Q(gone__in=met) | Q(kept__in=near)
    return Merge.objects.filter(of_here).select_related("kept", "gone")


def sessions(user: User) -> QuerySet[Session]:
    return Session.objects.filter(center__in=my_centers(user))


def visits(user: User) -> QuerySet[Visit]:
    return Visit.objects.filter(session__center__in=my_centers(user))


def donations(user: User) -> QuerySet[Donation]:
    return Donation.objects.filter(center__in=my_centers(user))


def bags(user: User) -> QuerySet[Bag]:
    return Bag.objects.filter(center__in=my_centers(user))


def levels(user: User) -> QuerySet[StockLevel]:
    """Own centre's figures; the whole country's for administrators, who see no person here."""
    if user.is_administrator:
        return StockLevel.objects.all()
    return StockLevel.objects.filter(center__in=my_centers(user))
