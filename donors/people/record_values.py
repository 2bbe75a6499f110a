"""The values of a person's record that can be corrected: as recorded, and as displayed."""

from __future__ import annotations

import base64
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from donors.clock.partial_dates import PartialDate
from donors.models import Channel, Donor, Province, RecordCorrection, Sex, Unit

from . import identity

Field = RecordCorrection.Field
Value = dict[str, str]
NAMES = ("family_name", "given_name", "family_name_ar", "given_name_ar")
CHANNELS = {Field.PHONE: Channel.SMS, Field.EMAIL: Channel.EMAIL}


def present(donor: Donor, field: str) -> Value:
    """What is recorded of a person in one field."""
    match field:
        case Field.NAMES:
            return {name: getattr(donor, name) for name in NAMES}
        case Field.BIRTH:
            return birth(donor.born)
        case Field.SEX:
            return {"sex": donor.sex}
        case Field.DOCUMENT:
            sealed = base64.b85encode(bytes(donor.document_sealed or b"")).decode()
            return {
                "kind": donor.document_kind,
                "key": donor.document_key or "",
                "sealed": sealed,
            }
        case Field.PROVINCE:
            return {"province": donor.province_id or ""}
        case Field.UNIT:
            row = donor.memberships.filter(until=None).select_related("unit").first()
            return membership(row.unit if row else None, row.since if row else None)
    rows = donor.contacts.filter(channel=CHANNELS[Field(field)], removed_at=None)
    contact = rows.order_by("-preferred", "-pk").first()
    return {"address": contact.address if contact else ""}


def birth(born: PartialDate) -> Value:
    return {"birth_date": born.earliest.isoformat(), "birth_precision": born.precision}


def document(kind: str, number: str) -> Value:
    sealed = base64.b85encode(identity.seal(number)).decode()
    return {"kind": kind, "key": identity.document_key(number), "sealed": sealed}


def membership(unit: Unit | None, since: date | None) -> Value:
    return {"unit": unit.code if unit else "", "since": since.isoformat() if since else ""}


def same(one: Value, other: Value) -> bool:
    """A number sealed twice has two ciphertexts, so it is compared by its key."""
    return {k: v for k, v in one.items() if k != "sealed"} == {
        k: v for k, v in other.items() if k != "sealed"
    }


def shown(field: str, value: Value | None) -> str:
    """A value as displayed; empty where nothing was recorded, or the person was erased."""
    if not value:
        return ""
    match field:
        case Field.NAMES:
            arabic = f"{value['given_name_ar']} {value['family_name_ar']}".strip()
            latin = f"{value['given_name']} {value['family_name']}".strip()
            return " · ".join(name for name in (arabic, latin) if name)
        case Field.BIRTH:
            day = date.fromisoformat(value["birth_date"])
            return str(PartialDate(day, value["birth_precision"]))
        case Field.SEX:
            return str(Sex(value["sex"]).label)
        case Field.DOCUMENT:
            return _document(value)
        case Field.PROVINCE:
            province = Province.objects.filter(code=value["province"]).first()
            return province.name if province else ""
        case Field.UNIT:
            return _membership(value)
    return value["address"]


def _document(value: Value) -> str:
    if not value["key"]:
        return ""
    number = identity.unseal_number(base64.b85decode(value["sealed"]), value["key"])
    return f"{Donor.Document(value['kind']).label} {number}"


def _membership(value: Value) -> str:
    unit = Unit.objects.filter(code=value["unit"]).first()
    if unit is None:
        return ""
    day = date_format(date.fromisoformat(value["since"]), "SHORT_DATE_FORMAT")
    return _("%(unit)s, since %(day)s") % {"unit": unit.name, "day": day}
