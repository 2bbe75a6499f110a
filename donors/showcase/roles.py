"""The people a visitor of the demo may enter as, in the order of the demo's story."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """``landing`` is the name of the first page after entering."""

    username: str
    label: Promise
    sentence: Promise
    landing: str = "campaigns:desk"


ROLES = [
    Role(
        "demo-administrator",
        _("National administrator"),
        _("Opens relief operations, issues memos and watches every unit answer."),
    ),
    Role(
        "demo-administrator-2",
        _("Second administrator"),
        _("Approves what the first one asks for: nobody changes alone who may give."),
        landing="donors:policy",
    ),
    Role(
        "demo-officer-taza",
        _("Officer, regional security of Taza"),
        _("Answered the memo; follows the campaign at the blood bank of Taza."),
    ),
    Role(
        "demo-officer-marrakech",
        _("Officer, prefecture of police of Marrakesh"),
        _("Has the memo on the desk and still owes it an answer."),
    ),
    Role(
        "demo-reception-taza",
        _("Reception, blood bank of Taza"),
        _("Finds or registers the donors of today's session."),
    ),
    Role(
        "demo-collection-taza",
        _("Collection, blood bank of Taza"),
        _("Enters measures and scans the donation number."),
    ),
    Role(
        "demo-doctor-taza",
        _("Doctor, blood bank of Taza"),
        _("Accepts or defers a donor, with a reason."),
    ),
    Role(
        "demo-laboratory-1-taza",
        _("Laboratory, first reader, Taza"),
        _("Enters the first reading of every test."),
    ),
    Role(
        "demo-laboratory-2-taza",
        _("Laboratory, second reader, Taza"),
        _("Enters the second reading; a disagreement stops the bag."),
    ),
    Role(
        "demo-manager-taza",
        _("Manager, blood bank of Taza"),
        _("Confirms campaigns and releases bags that were tested twice."),
    ),
    Role(
        "demo-stock-taza",
        _("Stock, blood bank of Taza"),
        _("Holds and issues bags for hospitals, counts the shelves, sends and receives boxes."),
    ),
    Role(
        "demo-stock-marrakech",
        _("Stock, regional centre of Marrakesh"),
        _("Issues bags to hospitals while the relief reserve runs low."),
    ),
    Role(
        "demo-manager-marrakech",
        _("Manager, regional centre of Marrakesh"),
        _("Sees cover and alerts, and confirms campaigns of the region."),
    ),
    Role(
        "demo-manager-casablanca",
        _("Manager, regional centre of Casablanca"),
        _("Is asked to send bags to Marrakesh, and says yes, fewer or no."),
        landing="campaigns:situation",
    ),
    Role(
        "demo-doctor-casablanca",
        _("Doctor, regional centre of Casablanca"),
        _("Follows a look-back: steps, letters to the donor and to hospitals."),
    ),
    Role(
        "demo-stock-casablanca",
        _("Stock, regional centre of Casablanca"),
        _("Packs and hands over what the manager has agreed to send."),
    ),
    Role(
        "demo-auditor", _("Auditor"), _("Reads memos, campaigns, units and rules; changes nothing.")
    ),
    Role(
        "demo-donor",
        _("Donor"),
        _("Gave once in Taza and has an appointment to give again."),
        landing="campaigns:me",
    ),
]
