from .appeal import Appeal, Pledge, Wave
from .campaign import Campaign
from .channel import ChannelStop, ContactRelease
from .memo import Addressee, Memo
from .notification import DeliveredCopy, Notification
from .operation import Operation

__all__ = [
    "Addressee",
    "Appeal",
    "Campaign",
    "ChannelStop",
    "ContactRelease",
    "DeliveredCopy",
    "Memo",
    "Notification",
    "Operation",
    "Pledge",
    "Wave",
]
