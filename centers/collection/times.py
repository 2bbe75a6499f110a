"""Times of a bleeding that can hardly be: asked about, and kept once confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from donors.errors import Refused

FASTEST = 112.5  # mL a minute: a full bag in four minutes; faster suggests an artery
LONGEST = timedelta(minutes=30)  # twice the time after which no plasma is made


def ask_about(arrived: datetime, started: datetime, ended: datetime, *, volume: int) -> None:
    """Raise ``Refused`` with the questions about times that can hardly be.

    A minute between the two clocks means nothing. ``strange_times.sql`` has the same figures.
    """
    minutes = (ended - started).total_seconds() / 60
    said = []
    if started < arrived - timedelta(minutes=1):
        said.append(_("The needle went in before the donor had arrived."))
    if volume > FASTEST * minutes:
        sentence = _("{volume} mL in {minutes} minutes: blood hardly flows so fast.")
        said.append(sentence.format(volume=volume, minutes=round(minutes)))
    if ended - started > LONGEST:
        sentence = _("The needle was in for {minutes} minutes.")
        said.append(sentence.format(minutes=round(minutes)))
    if said:
        said.append(_("Put the time right by the clock, or confirm it."))
        raise Refused(" ".join(said), "times_sure")
