from .appeal import Appeal, Pledge
from .asked import Asked
from .call import Call
from .came_back import DeliveryReport, Reply
from .campaign import Campaign
from .campaign_life import CampaignPicture, CampaignReport, CampaignStep, ChecklistTick
from .channel import ChannelStop, ContactRelease
from .early_warning import EarlyWarning
from .estimate import Estimate
from .floor_change import FloorChange, FloorPolicy
from .memo import Addressee, Memo, MemoReminder, PastAnswer
from .memo_file import MemoFile
from .memo_version import MemoDraft, MemoReading, MemoVersion
from .notification import DeliveredCopy, Notification
from .offer import Offer, OpenDay, TeamDay
from .operation import Operation, OperationPhase
from .order import Approval, OrderConfirmation, StandingOrder
from .plan import Plan, PlanRequest
from .wave import Askable, Cohort, Wave, WavePart
from .wish import Wish

__all__ = [
    "Addressee",
    "Appeal",
    "Approval",
    "Askable",
    "Asked",
    "Call",
    "Campaign",
    "CampaignPicture",
    "CampaignReport",
    "CampaignStep",
    "ChannelStop",
    "ChecklistTick",
    "Cohort",
    "ContactRelease",
    "DeliveredCopy",
    "DeliveryReport",
    "EarlyWarning",
    "Estimate",
    "FloorChange",
    "FloorPolicy",
    "Memo",
    "MemoDraft",
    "MemoFile",
    "MemoReading",
    "MemoReminder",
    "MemoVersion",
    "Notification",
    "Offer",
    "OpenDay",
    "Operation",
    "OperationPhase",
    "OrderConfirmation",
    "PastAnswer",
    "Plan",
    "PlanRequest",
    "Pledge",
    "Reply",
    "StandingOrder",
    "TeamDay",
    "Wave",
    "WavePart",
    "Wish",
]
