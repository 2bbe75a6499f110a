from .alert import Floor, NoFloor, ShelfCheck, StockAlert
from .analyser import Analyser, AnalyserImport
from .appointment import Appointment, Waiting
from .bag import Bag, Movement, StockLevel
from .bag_alarm import AlarmAnswer, BagAlarm, FoundBag
from .bleeding import Arm, Bleeding, Correction, Override
from .booking_request import BookingRequest
from .center import Acceptance, AcceptanceChange, Center, IssueRulesChange, Job, Staff
from .component import Compatibility, Component, Family
from .crossmatch import Crossmatch, Pick
from .donation import Donation
from .equipment import (
    AlarmBag,
    Equipment,
    EquipmentCheck,
    Placement,
    Temperature,
    TemperatureAlarm,
)
from .group_doubt import GroupDoubt, Relabelling
from .held_reading import HeldReading
from .label import Label, LabelCheck
from .look_back_step import LookBackStep
from .lot import Lot
from .numbers import Closing, ForeignNumber, NumberRange, VoidedNumber
from .paper import Keying, PaperRecord
from .patient import (
    ANTIGENS,
    PHENOTYPE,
    Answer,
    ExtendedReading,
    ExtendedTest,
    Patient,
    PatientAccess,
    PatientReading,
    Requirement,
    Sample,
)
from .patient_reaction import Assessment, PatientReaction
from .plate import Plate
from .pool import PoolPart
from .reaction import Reaction, ReactionStep
from .recall import Recall, RecallStep
from .recipe import Kit, Recipe, RecipePart
from .request import EmergencyRelease, Hospital, Issue, Request, Reservation, Return
from .screening import GroupCorrection, LookBack, Marker, Outcome, Repeat, Result
from .session import OnDuty, Session, Slot
from .transfer import CountedBag, StockCount, Transfer, TransferBag
from .visit import Ground, Visit

__all__ = [
    "ANTIGENS",
    "Acceptance",
    "AcceptanceChange",
    "AlarmAnswer",
    "AlarmBag",
    "Analyser",
    "AnalyserImport",
    "Answer",
    "Appointment",
    "Arm",
    "Assessment",
    "Bag",
    "BagAlarm",
    "Bleeding",
    "BookingRequest",
    "Center",
    "Closing",
    "Compatibility",
    "Component",
    "Correction",
    "CountedBag",
    "Crossmatch",
    "Donation",
    "EmergencyRelease",
    "Equipment",
    "EquipmentCheck",
    "ExtendedReading",
    "ExtendedTest",
    "Family",
    "Floor",
    "ForeignNumber",
    "FoundBag",
    "Ground",
    "GroupCorrection",
    "GroupDoubt",
    "HeldReading",
    "Hospital",
    "Issue",
    "IssueRulesChange",
    "Job",
    "Keying",
    "Kit",
    "Label",
    "LabelCheck",
    "LookBack",
    "LookBackStep",
    "Lot",
    "Marker",
    "Movement",
    "NoFloor",
    "NumberRange",
    "OnDuty",
    "Outcome",
    "Override",
    "PHENOTYPE",
    "PaperRecord",
    "Patient",
    "PatientAccess",
    "PatientReaction",
    "PatientReading",
    "Pick",
    "Placement",
    "Plate",
    "PoolPart",
    "Reaction",
    "ReactionStep",
    "Recall",
    "RecallStep",
    "Recipe",
    "RecipePart",
    "Relabelling",
    "Repeat",
    "Request",
    "Requirement",
    "Reservation",
    "Result",
    "Return",
    "Sample",
    "Session",
    "ShelfCheck",
    "Slot",
    "Staff",
    "StockAlert",
    "StockCount",
    "StockLevel",
    "Temperature",
    "TemperatureAlarm",
    "Transfer",
    "TransferBag",
    "Visit",
    "VoidedNumber",
    "Waiting",
]
