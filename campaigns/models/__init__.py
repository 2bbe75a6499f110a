from .appeal import Appeal, Pledge, Wave
from .campaign import Campaign
from .channel import ChannelStop, ContactRelease
from .estimate import Estimate
from .memo import Addressee, Memo
from .notification import DeliveredCopy, Notification
from .operation import Operation, OperationPhase
from .order import Approval, OrderConfirmation, StandingOrder

__all__ = [
    "Addressee",
    "Appeal",
    "Approval",
    "Campaign",
    "ChannelStop",
    "ContactRelease",
    "DeliveredCopy",
    "Estimate",
    "Memo",
    "Notification",
    "Operation",
    "OperationPhase",
    "OrderConfirmation",
    "Pledge",
    "StandingOrder",
    "Wave",
]
