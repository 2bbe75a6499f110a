"""Milliseconds to refresh a session's board with three hundred arrivals, unchanged (304) and
changed. The floor is a view that only authenticates its reader."""

from __future__ import annotations

import argparse
import uuid
from datetime import timedelta

from . import ground


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arrivals", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with ground.site(donors=2000):
        from django.test import Client
        from django.utils import timezone

        from centers.models import Session, Visit
        from donors.models import Donor, User

        now = timezone.now()
        session = Session.objects.filter(center__code="BS-TAZ").order_by("-starts_at").first()
        there = set(session.visits.values_list("donor", flat=True))
        donors = Donor.objects.filter(merged_into=None).exclude(pk__in=there).order_by("pk")
        clerk = User.objects.get(username="demo-reception-taza")
        missing = max(0, options.arrivals - len(there))
        Visit.objects.bulk_create(
            Visit(
                public_id=uuid.uuid4(),
                session=session,
                donor=donor,
                arrived_at=now - timedelta(seconds=number),
                arrived_by=clerk,
            )
            for number, donor in enumerate(donors[:missing])
        )
        client = Client()
        client.force_login(clerk)
        path = f"/ar/centre/sessions/{session.public_id}/arrivals/"
        tag = client.get(path)["ETag"]

        def unchanged() -> None:
            if client.get(path, headers={"If-None-Match": tag}).status_code != 304:
                raise SystemExit("not a 304")

        def changed() -> None:
            if client.get(path).status_code != 200:
                raise SystemExit(path)

        def bare() -> None:
            if client.get("/ar/account/").status_code >= 500:
                raise SystemExit("bare")

        took = {
            act.__name__: ground.middle([ground.seconds(act) for _n in range(options.rounds)])
            * 1000
            for act in (unchanged, changed, bare)
        }
        ground.report(
            "board",
            value=took["unchanged"],
            unit="ms",
            floor=took["bare"],
            size={"arrivals": session.visits.count()},
            more={"changed": round(took["changed"], 2)},
        )


if __name__ == "__main__":
    main()
