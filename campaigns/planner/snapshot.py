"""What the planner knows: one consistent reading of needs, blood, promises, room and people.

Every time is a number of hours from the moment of the snapshot; the planner has no clock. Bags are
numbers of bags (floats where they are expectations). Identifiers are strings of the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

GROUPS = ("O+", "O-", "A+", "A-", "B+", "B-", "AB+", "AB-")

# Benahadi et al. 2013, 219,287 Moroccan donors (blood_group_frequencies.csv, benahadi2013_8way).
MOROCCAN_FREQUENCIES = {
    "O+": 0.4259,
    "O-": 0.0421,
    "A+": 0.2991,
    "A-": 0.0296,
    "B+": 0.1438,
    "B-": 0.0142,
    "AB+": 0.0412,
    "AB-": 0.0041,
}


@dataclass(frozen=True, slots=True)
class Center:
    """A shelf, and where it stands (degrees)."""

    id: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Bags under test: free to use ``hours`` from now, each with the chance to pass."""

    hours: float
    bags: float
    chance: float = 0.98


@dataclass(frozen=True, slots=True)
class InTransit:
    """Bags on the road towards the need's centre, arriving ``hours`` from now."""

    hours: float
    bags: float


@dataclass(frozen=True, slots=True)
class Need:
    """One centre × component × group, with what is on the shelf and what will be used.

    ``target`` is the routine stock wanted at the end of every day, ``floor`` the part of it that
    must not be missing, ``ceiling`` what the shelf may hold at most, ``reserve`` the relief
    reserve of open operations, on top of both. ``stock`` is (days to expiry, bags) of what is
    released, in date and unreserved; ``reserved`` is promised to patients, so it counts for
    nobody. ``use`` is the expected issues of each coming day, ``spread`` their variance divided
    by their mean (1 is Poisson). ``figure_age`` is the age of the figure of ``stock`` in hours (its
    days to expiry count from now): it is rolled forward by ``used``, the bags expected to have left
    the shelf since (None: the forecast of the first day), and ``arrived``, those known to have
    reached it; past ``stale_after`` the centre is asked to confirm its shelf, and nothing else
    follows from it.
    """

    center: str
    component: str
    group: str
    target: float
    floor: float
    use: tuple[float, ...]
    ceiling: float | None = None
    reserve: float = 0.0
    stock: tuple[tuple[int, float], ...] = ()
    reserved: float = 0.0
    quarantined: tuple[Quarantined, ...] = ()
    in_transit: tuple[InTransit, ...] = ()
    spread: float = 1.5
    shelf_life: int = 42
    figure_age: float = 0.0
    stale_after: float = 48.0
    used: float | None = None
    arrived: float = 0.0

    @property
    def available(self) -> float:
        return sum(bags for _days, bags in self.stock)

    @property
    def daily(self) -> float:
        """Mean use a day; days of cover are ``available`` by it."""
        return sum(self.use) / len(self.use) if self.use else 0.0


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Bags of a centre whose group is not known yet; counted by the frequencies of groups."""

    center: str
    component: str
    hours: float
    bags: float
    chance: float = 0.98


@dataclass(frozen=True, slots=True)
class Session:
    """Where and when blood is given.

    ``free`` is the places nobody holds (booked ones are taken off already), ``walkins`` the people
    expected to come by themselves, who need places too. ``procedure`` names the recipes of the
    policy that a donation here may become. ``day`` is the day of the laboratory (0 is today).
    """

    id: str
    center: str
    starts: float
    free: int
    walkins: float = 0.0
    procedure: str = "whole_blood"

    @property
    def day(self) -> int:
        return int(max(self.starts, 0.0) // 24)


@dataclass(frozen=True, slots=True)
class Room:
    """What a centre can still take on a day (0 is today); None where nothing limits it.

    ``laboratory`` is donations that can still be tested, ``storage`` bags that still fit.
    """

    center: str
    day: int
    laboratory: float | None = None
    storage: float | None = None


@dataclass(frozen=True, slots=True)
class Cohort:
    """People alike: one area, group, kind and channel, counted by who may be asked.

    ``askable`` counts only the eligible, consenting, reachable and rested inside their allowance.
    ``rate`` is the chance of a yes (a booking), ``show`` that a booked person comes, ``usable``
    that who comes gives a usable donation; all three as learnt (see ``response``). ``group`` is
    None for people whose group is not known. ``price`` is that of a message by its channel;
    ``rested`` is the share of the cohort's eligible people who are askable now, the others having
    been asked lately: people are a stock too.
    """

    id: str
    area: str
    group: str | None
    askable: int
    rate: float = 0.05
    show: float = 0.59
    usable: float = 0.85
    first_time: bool = False
    channel: str = "sms"
    price: float = 1.0
    rested: float = 1.0


@dataclass(frozen=True, slots=True)
class Appointment:
    """People booked at a session: a promise that nobody takes back."""

    session: str
    group: str | None
    people: float
    show: float = 0.59
    usable: float = 0.85


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """People of a cohort who were asked to a session and have not answered.

    ``asked`` is (hours since the message, people): what remains of each is read off the curve.
    """

    cohort: str
    session: str
    asked: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Response:
    """How people answer just now against their cohort's rate: 1 usually, about 3 after a shock.

    ``uncertainty`` is the standard deviation of that factor divided by it.
    """

    factor: float = 1.0
    uncertainty: float = 0.35


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything ``plan`` reads.

    ``reach`` gives for an area the sessions its people may be invited to, with the kilometres.
    ``fits`` is (component, group of the bag, group of the patient) for every bag that may be given
    without an emergency; a group always fits itself. ``quiet`` is the hours from now, as (from,
    to), in which nothing may leave.
    """

    centers: tuple[Center, ...]
    needs: tuple[Need, ...]
    sessions: tuple[Session, ...] = ()
    cohorts: tuple[Cohort, ...] = ()
    reach: dict[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    appointments: tuple[Appointment, ...] = ()
    invitations: tuple[OpenInvitation, ...] = ()
    undetermined: tuple[Undetermined, ...] = ()
    rooms: tuple[Room, ...] = ()
    fits: tuple[tuple[str, str, str], ...] = ()
    quiet: tuple[tuple[float, float], ...] = ()
    frequencies: dict[str, float] = field(default_factory=lambda: dict(MOROCCAN_FREQUENCIES))
    response: Response = Response()
