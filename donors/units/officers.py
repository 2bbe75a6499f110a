"""Commands of units: the level above asks, another person approves, the officer accepts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from donors.clock.calendar import local_day
from donors.errors import Refused
from donors.models import Invitation, Officer, Unit, User

LIVES = timedelta(days=7)


def of(unit: Unit, now: datetime) -> QuerySet[Officer]:
    rows = Officer.objects.active(local_day(now)).filter(unit=unit)
    return rows.select_related("user").order_by("since", "pk")


def before(unit: Unit, now: datetime) -> QuerySet[Officer]:
    """Former officers of the unit, the latest first."""
    rows = Officer.objects.filter(unit=unit, until__lte=local_day(now))
    return rows.select_related("user", "ended_by").order_by("-until", "-pk")


@transaction.atomic
def invite(
    *, unit: Unit, name: str, email: str, by: User, now: datetime, replaces: User | None = None
) -> Invitation:
    """Propose an officer; the invited person is not contacted before a second person has
    approved."""
    email = email.strip().lower()
    if unit.closed_on:
        raise Refused(_("%(unit)s is closed.") % {"unit": unit.name})
    if of(unit, now).filter(user__email__iexact=email).exists():
        raise Refused(_("This person commands the unit already."))
    waiting = Invitation.objects.filter(unit=unit, email=email, accepted_at=None, dropped_at=None)
    if waiting.exists():
        raise Refused(_("This person has been invited already."))
    if replaces and not of(unit, now).filter(user=replaces).exists():
        raise Refused(_("The person to be replaced does not command the unit today."))
    return Invitation.objects.create(
        unit=unit, name=name.strip(), email=email, replaces=replaces, asked_at=now, asked_by=by
    )


@transaction.atomic
def approve(*, invitation: Invitation, by: User, now: datetime) -> None:
    """A second person approves. The account is made without a password; accepting gives the
    right."""
    if by == invitation.asked_by:
        raise Refused(_("You invited this person yourself; somebody else has to approve."))
    if by.email.lower() == invitation.email:
        raise Refused(_("This invitation is for you; somebody else has to approve."))
    rows = Invitation.objects.select_for_update(of=("self",))
    waiting = rows.filter(pk=invitation.pk, approved_at=None, dropped_at=None)
    if not waiting.exists():
        raise Refused(_("This has been decided already."))
    user = User.objects.filter(email__iexact=invitation.email).order_by("pk").first()
    if user is None:
        first, _space, last = invitation.name.partition(" ")
        user = User(username=invitation.email, email=invitation.email)
        user.first_name, user.last_name = first, last
        user.set_unusable_password()
        user.save(force_insert=True)
    Invitation.objects.filter(pk=invitation.pk).update(
        approved_at=now, approved_by=by, user=user, expires_at=now + LIVES
    )


@transaction.atomic
def drop(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Drop an invitation that was not accepted."""
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, dropped_at=None)
    if not rows.update(dropped_at=now, dropped_by=by):
        raise Refused(_("This has been decided already."))


def is_live(invitation: Invitation, now: datetime) -> bool:
    if invitation.accepted_at or invitation.dropped_at or not invitation.approved_at:
        return False
    assert invitation.expires_at  # a constraint: an approved one has its end, account and approver
    return invitation.expires_at > now and invitation.unit.closed_on is None


@transaction.atomic
def accept(*, invitation: Invitation, now: datetime, password: str = "") -> Officer:
    """The invited person accepts the command; the person they replace loses it the same day.

    A new account gets its password here: the message has proved that its owner has the address.
    """
    rows = Invitation.objects.select_for_update(of=("self",)).select_related(
        "unit", "user", "approved_by"
    )
    row = rows.get(pk=invitation.pk)
    if not is_live(row, now):
        raise Refused(_("This invitation is used up, withdrawn or too old. Ask for a new one."))
    assert row.user and row.approved_by  # as in ``is_live``
    if not row.user.has_usable_password():
        _set_password(row.user, row.email, password)
    Invitation.objects.filter(pk=row.pk).update(accepted_at=now)
    replaced = of(row.unit, now).filter(user=row.replaces, until=None)
    for command in replaced if row.replaces else ():
        end(command=command, by=row.approved_by, now=now)
    return Officer.objects.get_or_create(
        user=row.user, unit=row.unit, until=None, defaults={"since": local_day(now)}
    )[0]


def _set_password(user: User, email: str, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )


@transaction.atomic
def end(*, command: Officer, by: User, now: datetime, on: date | None = None) -> None:
    """End a command today or on a later day; until then the day may be changed."""
    today = local_day(now)
    if on and on < today:
        raise Refused(_("A command ends today or later; the past stays as it was."))
    living = Officer.objects.filter(Q(until=None) | Q(until__gt=today), pk=command.pk)
    if not living.update(until=max(on or today, command.since), ended_by=by):
        raise Refused(_("This command has ended already."))
