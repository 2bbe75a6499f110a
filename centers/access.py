"""Who may see and do what at a centre. Staff never see rows of another centre."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone

from centers.models.patient_reaction import PatientReactionQuerySet
from centers.models.session import SessionQuerySet
from donors.models import Donor, Duplicate, Merge, User

from .models import (
    Acceptance,
    AnalyserImport,
    Bag,
    BagAlarm,
    Center,
    Component,
    Donation,
    Equipment,
    GroupDoubt,
    HeldReading,
    Job,
    LookBack,
    PaperRecord,
    Patient,
    PatientReaction,
    Plate,
    Reaction,
    Recall,
    Request,
    Session,
    Staff,
    StockCount,
    StockLevel,
    TemperatureAlarm,
    Transfer,
    Visit,
)

# A manager has every job except those that are a safety check of their own.
STANDS_IN = {Job.RECEPTION, Job.COLLECTION, Job.STOCK}
MEETS_DONORS = (Job.RECEPTION, Job.COLLECTION, Job.DOCTOR)
RELEASERS = (Job.LABORATORY, Job.DOCTOR, Job.MANAGER)
READS_BAGS = (Job.STOCK, *RELEASERS)
# Who cares for a patient's blood: asks, tests, matches, hands out.
CARES_FOR_PATIENTS = (Job.STOCK, Job.LABORATORY, Job.DOCTOR)


POSTS = "_posts"  # cached on the ``User`` object of one request


def _posts(user: User) -> dict[int, set[str]]:
    """Jobs by centre, cached on the ``User`` object of one request."""
    if POSTS not in vars(user):
        posts: dict[int, set[str]] = {}
        active = Staff.objects.active(timezone.localdate()).filter(user=user)
        for center, job in active.values_list("center", "job"):
            posts.setdefault(center, set()).add(job)
        vars(user)[POSTS] = posts
    found: dict[int, set[str]] = vars(user)[POSTS]
    return found


def my_centers(user: User) -> QuerySet[Center]:
    return Center.objects.filter(pk__in=_posts(user))


def my_jobs(user: User, center: Center) -> set[str]:
    return _posts(user).get(center.pk, set())


def has_job(user: User, center: Center, *jobs: str) -> bool:
    held = my_jobs(user, center)
    return bool(held & set(jobs)) or (Job.MANAGER in held and bool(STANDS_IN & set(jobs)))


def may_accept(user: User, center: Center) -> bool:
    """Whether this person's measures accept a donor at once, by the rule of the centre."""
    return center.acceptance == Acceptance.MEASURER or has_job(user, center, Job.DOCTOR)


def is_told_first(user: User, center: Center) -> bool:
    """Whether a first reactive reading is told before the second: to a doctor, unless the second
    reading may still be theirs."""
    return has_job(user, center, Job.DOCTOR) and not has_job(user, center, Job.LABORATORY)


def require_job(user: User, center: Center, *jobs: str) -> None:
    if not has_job(user, center, *jobs):
        raise PermissionDenied


def doors(user: User, center: Center) -> dict[str, bool]:
    """The workplaces of a centre that the user may open; others are not shown."""
    held = my_jobs(user, center)
    manages = Job.MANAGER in held
    return {
        "people": manages or bool(held & set(MEETS_DONORS)),
        "reception": manages or Job.RECEPTION in held,
        "laboratory": Job.LABORATORY in held,
        "separation": manages or bool(held & {Job.LABORATORY, Job.STOCK}),
        "release": bool(held & set(RELEASERS)),
        "stock": manages or Job.STOCK in held,
        "patients": Job.LABORATORY in held,
        "doctor": Job.DOCTOR in held,
        "lots": bool(held & {Job.COLLECTION, Job.STOCK, *RELEASERS}),
        "bags": Job.STOCK in held or bool(held & set(RELEASERS)),
        "manage": manages,
        "equipment": manages or bool(held & {Job.STOCK, Job.LABORATORY, Job.DOCTOR}),
        "joining": manages or Job.DOCTOR in held,
    }


def alarms(user: User) -> QuerySet[BagAlarm]:
    return BagAlarm.objects.filter(center__in=_posts(user))


def centers_of_bags(user: User) -> QuerySet[Center]:
    """Where the user answers for bags: keepers, doctors and managers."""
    answering = {Job.STOCK, Job.DOCTOR, Job.MANAGER}
    return Center.objects.filter(
        pk__in=[pk for pk, jobs in _posts(user).items() if jobs & answering]
    )


def patient_reactions(user: User) -> PatientReactionQuerySet:
    return PatientReaction.objects.filter(center__in=_posts(user))


def may_read_haemovigilance(user: User) -> bool:
    """The report of the country: administrators, and doctors and managers of any centre."""
    charged = {Job.DOCTOR, Job.MANAGER}
    return user.is_administrator or any(jobs & charged for jobs in _posts(user).values())


def may_recall(user: User, center: Center) -> bool:
    return has_job(user, center, Job.DOCTOR, Job.MANAGER)


def may_set_floors(user: User, center: Center) -> bool:
    return user.is_administrator or has_job(user, center, Job.MANAGER)


def require_floors(user: User, center: Center) -> None:
    if not may_set_floors(user, center):
        raise PermissionDenied


def components() -> QuerySet[Component]:
    """The products in use; reference rows, visible to everybody."""
    return Component.objects.filter(in_use=True)


def watched_centers(user: User) -> QuerySet[Center]:
    """Centres whose figures, without any personal data, the user may read."""
    return Center.objects.all() if user.is_administrator else my_centers(user)


def donors(user: User) -> QuerySet[Donor]:
    """Reception may find any donor, wherever they gave last; every access is logged."""
    meets = {*MEETS_DONORS, Job.MANAGER}
    met = any(jobs & meets for jobs in _posts(user).values())
    return Donor.objects.all() if met else Donor.objects.none()


def suspects(user: User, center: Center) -> QuerySet[Duplicate]:
    """Pairs of rows that may be one person, where the centre met one of them or one lives in its
    province."""
    met = Visit.objects.filter(session__center=center).values("donor")
    near = Donor.objects.filter(province=center.province_id)
    of_here = Q(one__in=met) | Q(other__in=met) | Q(one__in=near) | Q(other__in=near)
    return Duplicate.objects.filter(of_here).select_related("one", "other")


def merges(user: User, center: Center) -> QuerySet[Merge]:
    met = Visit.objects.filter(session__center=center).values("donor")
    near = Donor.objects.filter(province=center.province_id)
    of_here = Q(kept__in=met) | Q(gone__in=met) | Q(kept__in=near)
    return Merge.objects.filter(of_here).select_related("kept", "gone")


def sessions(user: User) -> SessionQuerySet[Session]:
    return Session.objects.filter(center__in=_posts(user))


def visits(user: User) -> QuerySet[Visit]:
    return Visit.objects.filter(session__center__in=_posts(user))


def reactions(user: User) -> QuerySet[Reaction]:
    return Reaction.objects.filter(visit__session__center__in=_posts(user))


def papers(user: User) -> QuerySet[PaperRecord]:
    return PaperRecord.objects.filter(session__center__in=_posts(user))


def donations(user: User) -> QuerySet[Donation]:
    return Donation.objects.filter(center__in=_posts(user))


def bags(user: User) -> QuerySet[Bag]:
    return Bag.objects.filter(center__in=_posts(user))


def requests(user: User) -> QuerySet[Request]:
    return Request.objects.filter(center__in=_posts(user))


def patients(user: User) -> QuerySet[Patient]:
    """Patients of the hospitals that a centre of the user serves; each look is logged."""
    return Patient.objects.filter(center__in=_posts(user))


def transfers(user: User) -> QuerySet[Transfer]:
    """Transfers from or to a centre of the user; administrators see all, they propose and
    follow."""
    if user.is_administrator:
        return Transfer.objects.all()
    mine = _posts(user)
    return Transfer.objects.filter(Q(sender__in=mine) | Q(receiver__in=mine))


def counts(user: User) -> QuerySet[StockCount]:
    return StockCount.objects.filter(center__in=_posts(user))


def analyser_files(user: User) -> QuerySet[AnalyserImport]:
    """The user's own files; a colleague's only once applied or dropped, because before that its
    readings would reveal the first reader's results to the second."""
    ended = Q(applied_at__isnull=False) | Q(dropped_at__isnull=False)
    files = AnalyserImport.objects.filter(center__in=_posts(user))
    return files.filter(ended | Q(handed_in_by=user))


def sent_runs(user: User) -> QuerySet[AnalyserImport]:
    """What analysers sent by themselves and nobody has taken up; its content stays sealed."""
    return AnalyserImport.objects.filter(center__in=_posts(user), handed_in_by=None)


def held_readings(user: User) -> QuerySet[HeldReading]:
    """A doctor's who does not read: every one of their centres. A reader's: what they handed in
    themselves."""
    told_at = [center.pk for center in my_centers(user) if is_told_first(user, center)]
    own = Q(center__in=_posts(user), imported__handed_in_by=user)
    return HeldReading.objects.filter(Q(center__in=told_at) | own)


def equipment(user: User) -> QuerySet[Equipment]:
    return Equipment.objects.filter(center__in=_posts(user)).select_related("center")


def temperature_alarms(user: User) -> QuerySet[TemperatureAlarm]:
    return TemperatureAlarm.objects.filter(equipment__center__in=_posts(user))


def plates(user: User) -> QuerySet[Plate]:
    return Plate.objects.filter(center__in=_posts(user))


def look_backs(user: User) -> QuerySet[LookBack]:
    return LookBack.objects.filter(donation__center__in=_posts(user))


def recalls(user: User) -> QuerySet[Recall]:
    """Recalls of donations of the centre, of bags that are in it, and of the donations its
    look-backs follow."""
    mine = _posts(user)
    followed = Q(look_back__donation__center__in=mine)
    here = Q(donation__in=Bag.objects.filter(center__in=mine).values("donation"))
    pooled = Bag.objects.filter(pooled__pool__center__in=mine).values("donation")
    pools = Q(donation__in=pooled)
    return Recall.objects.filter(Q(donation__center__in=mine) | followed | here | pools)


def group_doubts(user: User) -> QuerySet[GroupDoubt]:
    """For doctors only: donors who gave at one of their centres, or of whom a bag is there."""
    mine = [pk for pk, jobs in _posts(user).items() if Job.DOCTOR in jobs]
    return GroupDoubt.objects.touching(mine)


def levels(user: User) -> QuerySet[StockLevel]:
    """The centre's own levels; the whole country's for administrators (no personal data)."""
    if user.is_administrator:
        return StockLevel.objects.all()
    return StockLevel.objects.filter(center__in=_posts(user))
