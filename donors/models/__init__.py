from .access_log import AccessLog, UserAccess
from .consent import Consent, Purpose
from .contact import Channel, Contact
from .data_check import DataCheck
from .deferral import Deferral, DeferralLift, Ground
from .donor import BirthPrecision, BloodGroup, Donor, Membership, NameVariant, Sex
from .duplicate import Duplicate, Merge
from .invitation import Invitation
from .key_check import KeyCheck
from .naming import Language
from .place import Province, Region
from .policy import Criterion, DeferralReason, PolicyChange
from .proof import Proof
from .push_subscription import PushSubscription
from .questionnaire import Question, Sheet
from .record_correction import RecordCorrection
from .roster import Roster, RosterRow
from .unit import Absence, Officer, OfficerPhone, Unit, UnitChange
from .user import User

__all__ = [
    "Absence",
    "AccessLog",
    "BirthPrecision",
    "BloodGroup",
    "Channel",
    "Consent",
    "Contact",
    "Criterion",
    "DataCheck",
    "Deferral",
    "DeferralLift",
    "DeferralReason",
    "Donor",
    "Duplicate",
    "Ground",
    "Invitation",
    "KeyCheck",
    "Language",
    "Membership",
    "Merge",
    "NameVariant",
    "Officer",
    "OfficerPhone",
    "PolicyChange",
    "Proof",
    "Province",
    "Purpose",
    "PushSubscription",
    "Question",
    "RecordCorrection",
    "Region",
    "Roster",
    "RosterRow",
    "Sex",
    "Sheet",
    "Unit",
    "UnitChange",
    "User",
    "UserAccess",
]
