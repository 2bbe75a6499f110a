from .alert import Floor, NoFloor, ShelfCheck, StockAlert
from .analyser import Analyser, AnalyserImport
from .appointment import Appointment, Waiting
from .bag import Bag, Movement, StockLevel
from .bleeding import Arm, Bleeding, Correction, Override
from .booking_request import BookingRequest
from .center import Acceptance, AcceptanceChange, Center, Job, Staff
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
    "AlarmBag",
    "Acceptance",
    "AcceptanceChange",
    "Sample",
    "Requirement",
    "PatientReading",
    "PatientAccess",
    "Patient",
    "ExtendedTest",
    "ExtendedReading",
    "Answer",
    "PHENOTYPE",
    "ANTIGENS",
    "Pick",
    "Crossmatch",
    "Analyser",
    "AnalyserImport",
    "Appointment",
    "Arm",
    "Bag",
    "Bleeding",
    "BookingRequest",
    "Center",
    "Closing",
    "Compatibility",
    "Component",
    "Correction",
    "CountedBag",
    "Donation",
    "EmergencyRelease",
    "Equipment",
    "EquipmentCheck",
    "Family",
    "Floor",
    "ForeignNumber",
    "Ground",
    "GroupCorrection",
    "GroupDoubt",
    "HeldReading",
    "Hospital",
    "Issue",
    "Job",
    "Keying",
    "Kit",
    "Label",
    "LabelCheck",
    "LookBack",
    "Lot",
    "Marker",
    "Movement",
    "NoFloor",
    "NumberRange",
    "OnDuty",
    "Outcome",
    "Override",
    "PaperRecord",
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
    "Reservation",
    "Result",
    "Return",
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
