"""Random acts of a session's staff, legal and not: reception, doctor, chair, closing,
laboratory."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal

from django.utils import timezone

from centers.collection import (
    arrivals,
    closing,
    corrections,
    doctor,
    donations,
    number_ranges,
    phlebotomy,
)
from centers.inventory import recalls
from centers.laboratory import screening, separation
from centers.models import Closing, Donation, Kit, Marker, Session, Visit, VoidedNumber
from centers.sessions import capacity, planning
from donors.eligibility import questionnaire
from donors.eligibility.criteria import Measures
from donors.errors import Refused
from donors.models import DeferralReason, Donor

from . import blood, factories

CREW = ("reception", "collection", "doctor", "laboratory", "manager")
ACTS = (
    "arrive", "ask", "measure", "clear", "override", "defer", "end_deferral", "go_away",
    "come_back", "needle_in", "needle_out", "go_home", "void", "hand_out", "correct", "withhold",
    "close", "reopen", "sign", "countersign", "read", "repeat", "divide", "release", "recall",
)  # fmt: skip
WHY = {"ground": "other", "because": "nothing stands against it"}
SAID = (
    ("haemoglobin", 110), ("haemoglobin", 140), ("pulse", 45), ("pulse", 80), ("volume", 200),
    ("volume", 450), ("temperature", Decimal("38.5")), ("arm", "right"), ("lot", "M"),
)  # fmt: skip


class Drive:
    """One session with twelve donors and four members of staff who hold every job."""

    def __init__(self) -> None:
        center = factories.center()
        factories.give_facility("A9999", center)
        center.refresh_from_db()
        self.pk = factories.session(center).pk
        self.donors = [factories.donor().pk for _number in range(12)]
        self.crew = [factories.staff(center, *CREW) for _number in range(4)]
        self.kit = Kit.objects.select_related("component").get(code="triple")
        self.range = number_ranges.give_out(
            session=self._session(), count=40, device="t", by=self.crew[0], now=timezone.now()
        )

    def _said(self, number: int) -> dict:
        return {"by": self.crew[number % 4], "now": timezone.now()}

    def _session(self) -> Session:
        return Session.objects.select_related("center").get(pk=self.pk)

    def _visit(self, number: int) -> Visit:
        rows = Visit.objects.filter(session=self.pk).select_related("donor", "session__center")
        return self._one(rows.order_by("pk"), number)

    def _donation(self, number: int) -> Donation:
        return self._one(Donation.objects.filter(session=self.pk).order_by("pk"), number)

    @staticmethod
    def _one(rows, number: int):
        found = list(rows)
        if not found:
            raise Refused("nothing is there yet")
        return found[number % len(found)]

    def _label(self, number: int) -> str:
        return "".join(factories.din(int(self.range.first[7:]) + number % 30))

    def acts(self) -> dict[str, Callable[[int], object]]:
        """Each takes a number that selects people, labels and values."""
        return {name: getattr(self, name) for name in ACTS}

    def figures_left_their_sheet(self) -> bool:
        """Whether the records of a signed sheet add up to other figures than were signed."""
        sheet = Closing.objects.filter(session=self.pk, second_at__isnull=False).first()
        found = closing.figures(self._session())
        return sheet is not None and any(
            getattr(sheet, name) != getattr(found, name) for name in closing.RECORDED
        )

    def arrive(self, number: int) -> object:
        donor = Donor.objects.get(pk=self.donors[number % 12])
        return arrivals.arrive(session=self._session(), donor=donor, **self._said(number))

    def ask(self, number: int) -> object:
        codes = [question.code for question in questionnaire.questions(sex="M")]
        yes = codes[number % len(codes)] if number % 17 == 0 else ""
        answers = {code: questionnaire.Answer(code == yes, None) for code in codes}
        said = {"answers": answers, "language": "ar"} | self._said(number)
        return doctor.ask(visit=self._visit(number), **said)

    def measure(self, number: int) -> object:
        values = factories.MEASURES | {"temperature": Decimal("36.6")}
        if number % 5 == 0:
            values |= {"haemoglobin": 100}
        if number % 4 == 0:
            values |= {"pulse": 48}
        said = {"measures": Measures(**values)} | self._said(number)
        return arrivals.measure_and_decide(visit=self._visit(number), **said)

    def clear(self, number: int) -> object:
        return doctor.clear(visit=self._visit(number), **WHY, **self._said(number))

    def override(self, number: int) -> object:
        visit = self._visit(number)
        standing = arrivals.standing(visit=visit, now=timezone.now())
        return doctor.override(visit=visit, standing=standing, **WHY, **self._said(number))

    def defer(self, number: int) -> object:
        if number % 10:
            return None
        reason = DeferralReason.objects.get(code="MA-HIJAMA")
        return arrivals.defer(visit=self._visit(number), reason=reason, **self._said(number))

    def end_deferral(self, number: int) -> object:
        found = doctor.running(visit=self._visit(number), now=timezone.now())
        for deferral in found[:1]:
            doctor.end_deferral(deferral=deferral, **WHY, **self._said(number))
        return found

    def go_away(self, number: int) -> object:
        return number % 15 or arrivals.leave(visit=self._visit(number), **self._said(number))

    def come_back(self, number: int) -> object:
        return arrivals.come_back(visit=self._visit(number), now=timezone.now())

    def needle_in(self, number: int) -> object:
        said = {"number": self._label(number), "kit": self.kit, "lot": "L", "arm": "left"}
        return phlebotomy.start(visit=self._visit(number), **said, **self._said(number))

    def needle_out(self, number: int) -> object:
        visit = self._visit(number)
        chair = getattr(visit, "bleeding", None)
        volume = (450, 450, 250, 0)[number % 4]
        return phlebotomy.end(
            visit=visit,
            number=chair.din + chair.check_character if chair else self._label(number),
            volume=volume,
            stopped_because="" if volume == 450 else "reaction",
            submission_id=uuid.uuid4(),
            times_sure=True,
            **self._said(number),
        )

    def go_home(self, number: int) -> object:
        return phlebotomy.leave(visit=self._visit(number), **self._said(number))

    def void(self, number: int) -> object:
        said = {"number": self._label(number), "because": VoidedNumber.Because.values[0]}
        return number % 8 or number_ranges.void(
            session=self._session(), **said, **self._said(number)
        )

    def hand_out(self, number: int) -> object:
        said = {"count": 3, "device": "u"} | self._said(number)
        return number % 5 or number_ranges.give_out(session=self._session(), **said)

    def correct(self, number: int) -> object:
        field, value = SAID[number % len(SAID)]
        said = {"field": field, "value": value, "because": "x"} | self._said(number)
        return corrections.correct(visit=self._visit(number // 3), **said)

    def withhold(self, number: int) -> object:
        return number % 20 or donations.withhold(
            donation=self._donation(number), now=timezone.now()
        )

    def close(self, number: int) -> object:
        return number % 30 or capacity.close(session=self._session(), now=timezone.now())

    def reopen(self, _number: int) -> object:
        return planning.open_now(session=self._session(), now=timezone.now())

    def sign(self, number: int) -> object:
        said = {"returned": number % 3, "bags": 1, "explanation": "x"} | self._said(number)
        return closing.sign(session=self._session(), **said)

    def countersign(self, number: int) -> object:
        sheet = self._one(Closing.objects.filter(session=self.pk), 0)
        said = {"returned": sheet.returned, "bags": sheet.bags} | self._said(number)
        return closing.countersign(session=self._session(), **said)

    def read(self, number: int) -> object:
        technique, lot = blood.SHEETS[number % 2]
        found = blood.ALL_NEGATIVE | ({"HIV": "reactive"} if number % 9 == 0 else {})
        said = {"outcomes": found, "technique": technique, "lot": lot} | self._said(number)
        return screening.enter(donation=self._donation(number), **said)

    def repeat(self, number: int) -> object:
        said = {"marker": Marker.objects.get(code="HIV"), "because": "x"} | self._said(number)
        return screening.repeat(donation=self._donation(number), **said)

    def divide(self, number: int) -> object:
        rows = self._donation(number).bags.select_related("component", "center", "donation")
        said = {"recipe": "RBC-PLASMA-PLT", "volumes": blood.VOLUMES} | self._said(number)
        return separation.make(bag=rows.order_by("pk")[0], **said)

    def release(self, number: int) -> object:
        return blood.shelve(donation=self._donation(number), **self._said(number))

    def recall(self, number: int) -> object:
        said = {"cause": "call", "because": "x"} | self._said(number)
        return number % 20 or recalls.begin(donation=self._donation(number), **said)
