from .appeal import Appeal, Pledge, Wave
from .campaign import Campaign
from .memo import Addressee, Memo
from .notification import DeliveredCopy, Notification
from .operation import Operation

__all__ = [
    "Addressee",
    "Appeal",
    "Campaign",
    "DeliveredCopy",
    "Memo",
    "Notification",
    "Operation",
    "Pledge",
    "Wave",
]
