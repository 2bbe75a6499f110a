from .appeal import Appeal, Pledge
from .campaign import Campaign
from .channel import ChannelStop, ContactRelease
from .estimate import Estimate
from .memo import Addressee, Memo
from .notification import DeliveredCopy, Notification
from .operation import Operation, OperationPhase
from .order import Approval, OrderConfirmation, StandingOrder
from .plan import Plan, PlanRequest
from .wave import Askable, Cohort, Wave, WavePart

__all__ = [
    "Addressee",
    "Appeal",
    "Approval",
    "Askable",
    "Campaign",
    "ChannelStop",
    "Cohort",
    "ContactRelease",
    "DeliveredCopy",
    "Estimate",
    "Memo",
    "Notification",
    "Operation",
    "OperationPhase",
    "OrderConfirmation",
    "Plan",
    "PlanRequest",
    "Pledge",
    "StandingOrder",
    "Wave",
    "WavePart",
]
