from .alert import Floor, StockAlert
from .appointment import Appointment, Waiting
from .bag import Bag, Issue, Movement, StockLevel
from .booking_request import BookingRequest
from .center import Center, Job, Staff
from .component import Compatibility, Component, Family
from .donation import Donation
from .screening import LookBack, Marker, Outcome, Result
from .session import Session, Slot
from .visit import Visit

__all__ = [
    "Appointment",
    "Bag",
    "BookingRequest",
    "Center",
    "Compatibility",
    "Component",
    "Donation",
    "Family",
    "Floor",
    "Issue",
    "Job",
    "LookBack",
    "Marker",
    "Movement",
    "Outcome",
    "Result",
    "Session",
    "Slot",
    "Staff",
    "StockAlert",
    "StockLevel",
    "Visit",
    "Waiting",
]
