"""Who may see and do what in campaigns. A unit's data are not visible to its neighbours."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone

from centers.access import my_centers
from centers.models import Appointment, Bag, BookingRequest, Center, Job, Staff, Waiting
from donors.access import officer_units
from donors.models import Channel, Donor, Officer, Proof, Roster, Unit, User
from donors.models.unit import UnitQuerySet

from .models import (
    Addressee,
    Appeal,
    Approval,
    Call,
    Campaign,
    ContactRelease,
    DeliveredCopy,
    DeliveryReport,
    Memo,
    MemoDraft,
    Notification,
    Operation,
    Plan,
    Reply,
    Wave,
)
from .models.came_back import ReplyQuerySet
from .models.memo import AddresseeQuerySet


def require_administrator(user: User) -> None:
    if not user.is_administrator:
        raise PermissionDenied


def require_overview(user: User) -> None:
    if not (user.is_administrator or user.is_auditor):
        raise PermissionDenied


def require_auditor(user: User) -> None:
    if not user.is_auditor:
        raise PermissionDenied


def audited_donors(user: User) -> QuerySet[Donor]:
    """Whose trail an auditor may read; an erased person's acts stay in it."""
    return Donor.objects.all() if user.is_auditor else Donor.objects.none()


def audited_bags(user: User) -> QuerySet[Bag]:
    return Bag.objects.all() if user.is_auditor else Bag.objects.none()


def audited_users(user: User) -> QuerySet[User]:
    return User.objects.all() if user.is_auditor else User.objects.none()


def operations(user: User) -> QuerySet[Operation]:
    if user.is_administrator or user.is_auditor:
        return Operation.objects.all()
    return Operation.objects.none()


def public_operations() -> QuerySet[Operation]:
    """What came of each operation is public; the page shows counts, none of them small."""
    return Operation.objects.all()


def memos(user: User) -> QuerySet[Memo]:
    """Every memo for administrators; for officers those addressed to a unit of theirs."""
    if user.is_administrator or user.is_auditor:
        return Memo.objects.all()
    return Memo.objects.filter(pk__in=addressees(user).values("memo"))


def sees_every_memo(user: User) -> bool:
    return user.is_administrator or user.is_auditor


def memo_drafts(user: User) -> QuerySet[MemoDraft]:
    """Administrators work on drafts together; nobody else sees a memo before it is issued."""
    return MemoDraft.objects.all() if user.is_administrator else MemoDraft.objects.none()


def verifiable_memos() -> QuerySet[Memo]:
    """Anybody with its address may check a letter; the page shows no text. Exercises are no
    public matter."""
    return Memo.objects.exclude(kind=Memo.Kind.DRILL)


def addressees(user: User) -> QuerySet[Addressee]:
    """The addressed units of the user's command."""
    if user.is_administrator or user.is_auditor:
        return Addressee.objects.all()
    return Addressee.objects.filter(unit__in=officer_units(user))


def answering(user: User) -> AddresseeQuerySet:
    """The units for which the user answers: those of a direct command."""
    direct = Officer.objects.active(timezone.localdate()).filter(user=user)
    return Addressee.objects.filter(unit__in=direct.values("unit"))


def silent_below(user: User) -> AddresseeQuerySet:
    """Units under the user's command that owe an answer after the deadline: a superior may remind
    them, or answer for them."""
    below = Addressee.objects.filter(unit__in=officer_units(user))
    own = answering(user).values("pk")
    return below.silent(timezone.now()).exclude(pk__in=own)


def changing(user: User) -> QuerySet[Addressee]:
    """Addressed units whose telephone number the user may enter; an auditor changes nothing."""
    if user.is_administrator:
        return Addressee.objects.all()
    return Addressee.objects.filter(unit__in=officer_units(user))


def owing(user: User) -> AddresseeQuerySet:
    """Units whose answer the user may give: their own, and the silent ones below."""
    silent = silent_below(user).values("pk")
    own = answering(user).values("pk")
    return Addressee.objects.filter(Q(pk__in=own) | Q(pk__in=silent))


def issuers(user: User) -> QuerySet[Unit]:
    """Units in whose name an administrator issues memos: those with subunits."""
    if not user.is_administrator:
        return Unit.objects.none()
    return Unit.objects.open().filter(children__isnull=False).distinct()


def own_units(user: User) -> UnitQuerySet:
    return officer_units(user).open()


def campaigns(user: User) -> QuerySet[Campaign]:
    """Campaigns of the user's units and of the centres they manage; all for administrators."""
    if user.is_administrator or user.is_auditor:
        return Campaign.objects.all()
    return Campaign.objects.filter(
        Q(unit__in=officer_units(user))
        | Q(center__in=managed_centers(user)) & ~Q(state=Campaign.State.DRAFT)
    )


def managed_centers(user: User) -> QuerySet[Center]:
    manages = Staff.objects.active(timezone.localdate()).filter(user=user, job=Job.MANAGER)
    return my_centers(user).filter(pk__in=manages.values("center"))


def followed_centers(user: User) -> QuerySet[Center]:
    """Centres whose needs, plans and decisions the user follows: all, or those they manage."""
    if user.is_administrator or user.is_auditor:
        return Center.objects.all()
    return managed_centers(user)


def plans(user: User) -> QuerySet[Plan]:
    """Every plan for who follows a centre; the pages show what concerns the reader's centres."""
    return Plan.objects.all() if followed_centers(user).exists() else Plan.objects.none()


def asks_for_plans(user: User) -> bool:
    """May press "plan now": an auditor changes nothing."""
    return user.is_administrator or managed_centers(user).exists()


def organised(user: User) -> QuerySet[Campaign]:
    """Campaigns whose public page the user may edit."""
    return Campaign.objects.filter(unit__in=officer_units(user))


def to_confirm(user: User) -> QuerySet[Campaign]:
    """Campaigns that the user confirms for a centre."""
    asked = Campaign.objects.exclude(state=Campaign.State.DRAFT)
    return asked.filter(center__in=managed_centers(user))


def to_publish(user: User) -> QuerySet[Campaign]:
    """Campaigns whose page the user makes public: those of their units, and of their centres."""
    return Campaign.objects.filter(
        Q(unit__in=officer_units(user)) | Q(center__in=managed_centers(user))
    )


def to_move(user: User) -> QuerySet[Campaign]:
    """Campaigns not yet public whose day the user may change: all, or those of their centres."""
    drafts = Campaign.objects.filter(state=Campaign.State.ASKED)
    return drafts if user.is_administrator else drafts.filter(center__in=managed_centers(user))


def appeals(user: User) -> QuerySet[Appeal]:
    if user.is_administrator or user.is_auditor:
        return Appeal.objects.all()
    return Appeal.objects.filter(center__in=managed_centers(user))


def appeals_to_call_for(user: User) -> QuerySet[Appeal]:
    """Reception and managers telephone for the appeals of their centre."""
    return Appeal.objects.filter(center__in=centers_that_call(user))


def centers_that_call(user: User) -> QuerySet[Center]:
    """Where the user is at reception or manager, and may telephone with donors."""
    jobs = Staff.objects.active(timezone.localdate()).filter(
        user=user, job__in=[Job.RECEPTION, Job.MANAGER]
    )
    return Center.objects.filter(pk__in=jobs.values("center"))


def own_calls(user: User) -> QuerySet[Call]:
    """The call that the user holds, at a centre where they still work."""
    rows = Call.objects.leased(timezone.now()).filter(by=user)
    return rows.filter(appeal__in=appeals_to_call_for(user))


def appeals_to_stop(user: User) -> QuerySet[Appeal]:
    """Appeals the user may end. Narrower than reading: an auditor changes nothing."""
    if user.is_administrator:
        return Appeal.objects.all()
    return Appeal.objects.filter(center__in=managed_centers(user))


def floors(user: User) -> QuerySet[Center]:
    """Centres whose suggested floors the user may read."""
    if user.is_administrator or user.is_auditor:
        return Center.objects.all()
    return managed_centers(user)


def floors_to_set(user: User) -> QuerySet[Center]:
    """Centres whose floors the user may change; an auditor changes nothing."""
    return Center.objects.all() if user.is_administrator else managed_centers(user)


def require_floors(user: User) -> None:
    if not floors(user).exists():
        raise PermissionDenied


def waves(user: User) -> QuerySet[Wave]:
    return Wave.objects.filter(appeal__in=appeals(user))


def waves_to_decide(user: User) -> QuerySet[Wave]:
    """Waves whose approval, refusal or undoing is the user's: a manager may take back any of the
    centre's, and approve what is not an administrator's."""
    if user.is_administrator:
        return Wave.objects.all()
    own = Wave.objects.filter(appeal__center__in=managed_centers(user))
    return own.exclude(state=Wave.State.PROPOSED, approval=Approval.ADMINISTRATOR)


def watches_delivery(user: User) -> bool:
    """May see the counts of all messages."""
    return user.is_administrator or user.is_auditor


def contact_releases(user: User) -> QuerySet[ContactRelease]:
    rows = ContactRelease.objects.select_related("made_by")
    return rows if watches_delivery(user) else rows.none()


def delivery_reports(user: User) -> QuerySet[DeliveryReport]:
    rows = DeliveryReport.objects.select_related("notification")
    return rows if watches_delivery(user) else rows.none()


def message_of_gateway(gateway_id: str) -> int | None:
    """The SMS that the gateway knows by this id; the signature of its report is the permission."""
    if not gateway_id:
        return None
    rows = Notification.objects.filter(channel=Channel.SMS, provider_id=gateway_id)
    return rows.order_by("-pk").values_list("pk", flat=True).first()


def message_of_whatsapp(pk: int | None, gateway_id: str) -> int | None:
    """By our mark or Meta's id; none that goes by SMS by now, of which Meta knows nothing."""
    rows = Notification.objects.filter(channel=Channel.WHATSAPP)
    if pk is None and not gateway_id:
        return None
    rows = rows.filter(pk=pk) if pk else rows.filter(provider_id=gateway_id)
    return rows.order_by("-pk").values_list("pk", flat=True).first()


def replies(user: User) -> ReplyQuerySet:
    """Every text that came in; for a manager those that answer an appeal of the centre."""
    rows = Reply.objects.select_related("notification", "read_by")
    if watches_delivery(user):
        return rows
    own = managed_centers(user)
    return rows.filter(notification__wave__appeal__center__in=own)


def replies_to_read(user: User) -> ReplyQuerySet:
    """Narrower than reading the list: an auditor settles nothing."""
    settles = user.is_administrator or managed_centers(user).exists()
    return replies(user) if settles else Reply.objects.none()


def public_appeals() -> QuerySet[Appeal]:
    """Anybody with its address or code may check an appeal; the page shows no personal data."""
    return Appeal.objects.select_related("center", "component", "operation", "alert")


def is_donor(user: User) -> bool:
    return Donor.objects.filter(user=user).exists()


def own_visit(user: User) -> Appointment | None:
    """The signed-in donor's appointment."""
    rows = Appointment.objects.live().filter(donor__user=user)
    return rows.select_related("slot__session__center", "donor__merged_into").first()


def own_donor(user: User | AnonymousUser) -> Donor | None:
    """The signed-in donor's own record and no other."""
    if not user.is_authenticated:
        return None
    donor = Donor.objects.filter(user=user).select_related("province", "merged_into").first()
    return donor and donor.person


def own_messages(donor: Donor) -> QuerySet[Notification]:
    """Under every row of the same person."""
    return Notification.objects.filter(donor__in=donor.linked_rows())


def messages_to(user: User) -> QuerySet[Notification]:
    return Notification.objects.filter(user=user)


def proofs() -> QuerySet[Proof]:
    """The address is the permission; the page names nobody, and a code completes it."""
    return Proof.objects.select_related("contact__donor__user")


def booking_requests() -> QuerySet[BookingRequest]:
    """The address is the permission; the page names no person."""
    return BookingRequest.objects.all()


def visits() -> QuerySet[Appointment]:
    """The address, which only our message contains, is the permission; the page names no person."""
    return Appointment.objects.select_related(
        "slot__session__center", "moved_to", "donor__merged_into"
    )


def waiting() -> QuerySet[Waiting]:
    """The address is the permission, as for a visit."""
    return Waiting.objects.select_related("session", "offer")


def delivered_copies() -> QuerySet[DeliveredCopy]:
    """Messages of the demonstration; the page exists only there."""
    return DeliveredCopy.objects.select_related(
        "notification__contact", "notification__user__phone", "notification__request"
    )


def hands_in_rosters(user: User) -> bool:
    """Officers for their units, managers for their centre's region, administrators for any."""
    return user.is_administrator or own_units(user).exists() or managed_centers(user).exists()


def roster_units(user: User) -> UnitQuerySet:
    """The units for which the user may upload a list."""
    return Unit.objects.open() if user.is_administrator else own_units(user)


def rosters(user: User) -> QuerySet[Roster]:
    """A list contains names: only the user who uploaded it sees it."""
    if not hands_in_rosters(user):
        return Roster.objects.none()
    return Roster.objects.filter(uploaded_by=user)
