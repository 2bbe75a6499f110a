"""Paper sheets written while the network was down: typed by two people, who must agree."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from centers.isbt128 import donation_numbers, facilities, lots
from centers.models import Bleeding, Donation, Ground, Keying, Kit, PaperRecord, Session, Visit
from donors.clock.calendar import local_day
from donors.clock.zones import MOROCCO
from donors.eligibility import questionnaire
from donors.eligibility.criteria import Measures
from donors.eligibility.questionnaire import Answer
from donors.errors import Refused, refusing
from donors.models import DeferralReason, Donor, User
from donors.people import encryption, privacy

from . import arrivals, doctor, donations, number_ranges, phlebotomy, times

PURPOSE = b"center.paper"
# Tolerance around a session: donors arrive before it opens and are bled after it closes.
EARLY, LATE = timedelta(hours=3), timedelta(hours=6)
GIVEN, EMPTY, DEFERRED, LEFT = "given", "empty", "deferred", "left"
BLED = (GIVEN, EMPTY)
UNCOMPARED = ("because", "times_sure")
MEASURED = [measure.name for measure in fields(Measures)]


@dataclass(frozen=True)
class Sheet:
    """A paper as one person read it: plain words and numbers, people and reasons by their keys.

    Times are local, ``HH:MM``. ``answers`` by question code; None where the donor left before the
    questions. ``because`` is the doctor's free text, left out of the comparison: two people shorten
    it differently; so is ``times_sure``, that times which can hardly be stand on the paper.
    """

    outcome: str
    arrived: str
    answers: dict[str, list[Any]]  # yes or no and a day or None, as JSON returns them
    haemoglobin: int | None = None
    systolic: int | None = None
    diastolic: int | None = None
    pulse: int | None = None
    weight: str | None = None
    temperature: str | None = None
    decided_by: int | None = None
    doctor: int | None = None
    because: str = ""
    reason: str = ""
    number: str = ""
    kit: str = ""
    lot: str = ""
    arm: str = ""
    started: str = ""
    ended: str = ""
    volume: int | None = None
    stopped_because: str = ""
    taken_by: int | None = None
    times_sure: bool = False

    def differs(self, other: Sheet) -> list[str]:
        """Names of the fields that differ; a question by its code."""
        mine, theirs = asdict(self), asdict(other)
        said, heard = mine.pop("answers"), theirs.pop("answers")
        names = [name for name in mine if name not in UNCOMPARED and mine[name] != theirs[name]]
        codes = sorted({*said, *heard})
        return names + [code for code in codes if said.get(code) != heard.get(code)]


def begin(*, session: Session, donor: Donor, by: User, now: datetime) -> PaperRecord:
    """Begin typing the paper of a donor; one already begun is returned."""
    donor = donor.person
    privacy.log_access(donor=donor, by=by, reason="paper record")
    held = session.state in (Session.State.OPEN, Session.State.CLOSED)
    if not held or session.starts_at - EARLY > now:
        raise Refused(_("This session has not been held."))
    known = PaperRecord.objects.filter(session=session, donor=donor, dropped_at=None).first()
    if known:
        return known
    if Visit.objects.filter(session=session, donor=donor).exclude(outcome="").exists():
        raise Refused(_("The visit of this donor is entered already. Open it from the board."))
    with refusing():
        return PaperRecord.objects.create(session=session, donor=donor, begun_at=now, begun_by=by)


def drop(*, paper: PaperRecord, by: User, now: datetime) -> None:
    """Drop a paper begun for the wrong donor; what was typed stays sealed and has no effect."""
    with refusing():
        live = PaperRecord.objects.filter(pk=paper.pk, visit=None, dropped_at=None)
        if not live.update(dropped_at=now, dropped_by=by):
            raise Refused(_("This paper was dealt with already."))


@dataclass(frozen=True)
class Waiting:
    """A paper not yet recorded. ``mine``: the reader has typed it; ``disagree``: several people
    have, differently."""

    paper: PaperRecord
    typed_by: list[User]
    mine: bool

    @property
    def disagree(self) -> bool:
        return len(self.typed_by) > 1


def waiting(*, session: Session, by: User) -> list[Waiting]:
    papers = session.papers.filter(visit=None, dropped_at=None).select_related("donor")
    found = []
    for paper in papers.prefetch_related("keyings__by").order_by("begun_at", "pk"):
        people = {keying.by_id: keying.by for keying in paper.keyings.all()}
        found.append(Waiting(paper, list(people.values()), by.pk in people))
    return found


def written(*, session: Session) -> list[PaperRecord]:
    papers = session.papers.filter(visit__isnull=False).select_related("donor", "visit")
    papers = papers.annotate(given=F("visit__donation"))
    return list(papers.order_by("-written_at", "pk"))


def open_sheet(*, paper: PaperRecord, by: User, now: datetime) -> Sheet | None:
    """What this person typed last, logged as an access; nobody sees what another person typed."""
    privacy.log_access(donor=paper.donor, by=by, reason="paper record")
    keying = paper.keyings.filter(by=by).order_by("-pk").first()
    return _unseal(paper, keying) if keying else None


def _unseal(paper: PaperRecord, keying: Keying) -> Sheet:
    return Sheet(**json.loads(encryption.unseal(keying.contents, PURPOSE + paper.public_id.bytes)))


def differing(*, paper: PaperRecord, sheet: Sheet, by: User) -> list[str]:
    """Fields in which another person's last reading differs; empty if there is none."""
    other = paper.keyings.exclude(by=by).order_by("-pk").first()
    return sheet.differs(_unseal(paper, other)) if other else []


def key(
    *, paper: PaperRecord, sheet: Sheet, by: User, now: datetime, facility: str = ""
) -> Visit | None:
    """Save one person's reading. Once two people's readings are equal, record the visit with
    everything that follows.

    Refuses impossible values, naming the field. A value that only breaks a rule about the donor is
    kept, and the bags are blocked. ``facility`` as in ``phlebotomy.start``.
    """
    with refusing():
        live = PaperRecord.objects.select_for_update(of=("self",)).filter(
            pk=paper.pk, visit=None, dropped_at=None
        )
        if not live.exists():
            raise Refused(_("This paper was dealt with already."))
        _possible(paper, sheet, now)
        if sheet.number:
            din = sheet.number[: donation_numbers.LENGTH]
            facilities.ask(session=paper.session, din=din, confirmed=facility, by=by, now=now)
        text = json.dumps(asdict(sheet))
        sealed = encryption.seal(text, PURPOSE + paper.public_id.bytes)
        Keying.objects.create(paper=paper, contents=sealed, at=now, by=by)
        others: dict[int, Keying] = {}
        for keying in paper.keyings.exclude(by=by).order_by("pk"):
            others[keying.by_id] = keying
        if any(not sheet.differs(_unseal(paper, keying)) for keying in others.values()):
            return _write(paper, sheet, by, now)
    return None


def moment(session: Session, clock: str) -> datetime:
    """A local time as a moment of the session, which may pass midnight."""
    opens = session.starts_at.astimezone(MOROCCO) - EARLY
    found = datetime.combine(opens.date(), time.fromisoformat(clock), MOROCCO)
    return found if found >= opens else found + timedelta(days=1)


def _possible(paper: PaperRecord, sheet: Sheet, now: datetime) -> None:
    session, before = paper.session, None
    for name in ("arrived", "started", "ended"):
        clock = getattr(sheet, name)
        if not clock:
            continue
        at = moment(session, clock)
        if at > session.ends_at + LATE:
            raise Refused(_("At this time there was no session."), name)
        if at > now:
            raise Refused(_("This time has not been yet."), name)
        # An arrival after the needle is asked about below.
        if before and at < before and name == "ended":
            raise Refused(_("This time is before the one above it."), name)
        before = at
    if sheet.outcome in BLED and not sheet.times_sure:
        clocks = (moment(session, clock) for clock in (sheet.arrived, sheet.started, sheet.ended))
        times.ask_about(*clocks, volume=sheet.volume or 0)
    against = sheet.number and number_ranges.against_paper(session=session, din=sheet.number[:13])
    if against:
        raise Refused(against, "number")
    if sheet.outcome in BLED and not sheet.doctor and objections(paper=paper, sheet=sheet):
        sentence = _("An answer speaks against giving: say which doctor signed for it.")
        raise Refused(sentence, "doctor")


def objections(*, paper: PaperRecord, sheet: Sheet) -> list[questionnaire.Raised]:
    asked = questionnaire.questions(sex=paper.donor.sex)
    day = local_day(moment(paper.session, sheet.arrived))
    return questionnaire.against(asked, _answers(sheet), day)


def _answers(sheet: Sheet) -> dict[str, Answer]:
    return {
        code: Answer(yes, date.fromisoformat(on) if on else None)
        for code, (yes, on) in sheet.answers.items()
    }


def _write(paper: PaperRecord, sheet: Sheet, by: User, now: datetime) -> Visit:
    arrived = moment(paper.session, sheet.arrived)
    donor = paper.donor.person
    Donor.objects.select_for_update(of=("self",)).get(pk=donor.pk)
    visit = Visit.objects.filter(session=paper.session, donor=donor).first()
    if visit is None:
        visit = arrivals.note(session=paper.session, donor=donor, by=by, at=arrived)
    PaperRecord.objects.filter(pk=paper.pk).update(visit=visit, written_at=now)
    if sheet.answers:
        questionnaire.fill(
            donor=donor,
            answers=_answers(sheet),
            language=get_language() or "ar",
            by=by,
            by_donor=False,
            now=arrived,
        )
    if sheet.outcome == LEFT:
        arrivals.leave(visit=visit, by=by, now=arrived)
    elif sheet.outcome == DEFERRED:
        _defer(visit, sheet, arrived)
    else:
        _bleed(visit, sheet, by, now)
    visit.refresh_from_db()
    return visit


def _measures(sheet: Sheet) -> Measures:
    read = {name: getattr(sheet, name) for name in MEASURED}
    tenths = {name: Decimal(read[name]) for name in ("weight", "temperature") if read[name]}
    return Measures(**read | tenths)


def _person(pk: int | None) -> User:
    assert pk is not None  # required for a complete sheet
    return User.objects.get(pk=pk)


def _defer(visit: Visit, sheet: Sheet, arrived: datetime) -> None:
    taken: dict[str, Any] = asdict(_measures(sheet))
    if sheet.haemoglobin is not None:
        taken |= {"measured_at": arrived, "measured_by": _person(sheet.decided_by)}
    Visit.objects.filter(pk=visit.pk).update(**taken)
    reason = DeferralReason.objects.in_force(local_day(arrived)).get(code=sheet.reason)
    arrivals.defer(visit=visit, reason=reason, by=_person(sheet.decided_by), now=arrived)


def _bleed(visit: Visit, sheet: Sheet, by: User, now: datetime) -> None:
    arrived, started, ended = (
        moment(visit.session, clock) for clock in (sheet.arrived, sheet.started, sheet.ended)
    )
    signed = _person(sheet.doctor) if sheet.doctor else None
    because = _("As the doctor signed on the paper")
    because = f"{because}: {sheet.because}"[:200] if sheet.because else because
    why = {"ground": Ground.PAPER, "because": because}
    if signed:
        doctor.clear(visit=visit, by=signed, now=arrived, **why)
        visit.refresh_from_db()
    found = arrivals.measure_and_decide(
        visit=visit,
        measures=_measures(sheet),
        by=_person(sheet.decided_by),
        now=arrived,
        on_paper=True,
    )
    another = sheet.decided_by != sheet.doctor
    if signed and another and doctor.may_override(visit=visit, standing=found):
        doctor.override(visit=visit, standing=found, by=signed, now=arrived, **why)
    number, check, nurse = sheet.number[:13], sheet.number[13:], _person(sheet.taken_by)
    chair = Bleeding.objects.create(
        visit_id=visit.pk,
        din=number,
        check_character=check,
        kit_id=sheet.kit,
        lot=lots.read(sheet.lot, din=number),
        arm=sheet.arm,
        started_at=started,
        started_by=nurse,
        ended_at=ended,
        ended_by=nurse,
        stopped_because=sheet.stopped_because,
        times_sure=sheet.times_sure,
    )
    if sheet.outcome == EMPTY:
        phlebotomy.void(chair, by=by, now=now)
    else:
        donations.record(
            visit=visit,
            number=sheet.number,
            volume=sheet.volume or 0,
            kit=Kit.objects.select_related("component").get(pk=sheet.kit),
            submission_id=visit.paper.public_id,
            captured_at=ended,
            by=by,
            now=now,
            mode=Donation.Mode.PAPER,
            collected_on=local_day(started),
        )
    Visit.objects.filter(pk=visit.pk).update(left_at=ended)
