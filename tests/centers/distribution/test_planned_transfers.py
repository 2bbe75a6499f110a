"""What the planner proposes, and what people say to it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.distribution import planned_transfers, transfers
from centers.models import Center, Transfer
from donors.errors import Refused
from tests.support import factories, planned
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(reference) -> Center:
    return factories.center()


def test_one_open_proposal_that_follows_the_plan(here):
    planned.floor(here, routine=4, relief=2)
    first = planned.propose(here)
    again = planned.propose(here, count=3)
    assert (again.pk, again.count, again.proposed_by) == (first.pk, 3, None)
    # 2 days of cover for 3 bags: two thirds of a day a bag.
    assert (again.figures["sender_floor"], again.figures["sender_reserve"]) == (2.7, 1.3)
    copy = (
        "INSERT INTO centers_transfer (public_id, sender_id, receiver_id, component_id, blood_group, count,"
        " because, state, origin, proposed_at, figures, box) SELECT gen_random_uuid(), sender_id, receiver_id,"
        " component_id, blood_group, count, '', 'proposed', 'planner', now(), '{}', '' FROM centers_transfer"
    )
    assert "planner_proposes_a_transfer_once" in refused(copy)
    unsigned = copy.replace("'planner', now(), '{}'", "'person', now(), NULL")
    assert "proposed_by_a_person_or_the_planner" in refused(unsigned)


def test_an_unchanged_plan_writes_nothing(here):
    first = planned.propose(here)
    later = planned.propose(here, now=timezone.now() + timedelta(hours=1))
    assert later.proposed_at == first.proposed_at


def test_what_was_approved_is_not_changed_or_proposed_again(here):
    made = planned.propose(here)
    transfers.decide(transfer=made, approved=True, **factories.acts())
    assert planned.propose(here, count=9).pk == made.pk
    assert planned.state(made) == "approved" and made.count == 2
    assert not planned_transfers.withdraw_by_plan(transfer=made, now=timezone.now())
    assert "goes_its_way" in refused("UPDATE centers_transfer SET count = 9")


def test_a_no_holds_for_a_day_or_until_the_need_grows_by_half(here):
    made = planned.propose(here, count=4)
    with pytest.raises(Refused, match="Say why"):
        transfers.decide(transfer=made, approved=False, **factories.acts())
    transfers.decide(transfer=made, approved=False, because="festival", **factories.acts())
    assert planned.propose(here, count=5) is None
    grown = planned.propose(here, count=6)
    assert grown.count == 6
    assert planned_transfers.withdraw_by_plan(transfer=grown, now=timezone.now())
    assert planned.propose(here, count=5) is None  # the planner's own withdrawal is no answer
    tomorrow = timezone.now() + timedelta(hours=25)
    assert planned.propose(here, count=4, now=tomorrow).state == "proposed"


def test_the_receiver_says_that_it_needs_none(here):
    made = planned.propose(here)
    transfers.decline(transfer=made, because="two boxes came today", **factories.acts())
    assert planned.state(made) == "withdrawn"
    assert planned.propose(here) is None
    assert "refused_with_a_reason" in refused(
        "UPDATE centers_transfer SET decided_because = '' WHERE id = %s", made.pk
    )


def test_a_number_that_changed_meanwhile_is_not_approved_unread(here):
    made = planned.propose(here)
    planned.propose(here, count=8)
    with pytest.raises(Refused, match="it is 8 now"):
        transfers.decide(transfer=made, approved=True, count=2, **factories.acts())
    assert planned.state(made) == "proposed"


def test_no_figure_where_nothing_is_used(here):
    bare = replace(planned.FIGURES, receiver_before=None, receiver_after=None)
    planned.floor(factories.center("CRTS-FES"), routine=4)
    assert planned.propose(here, figures=bare).figures["receiver_floor"] is None


@pytest.fixture
def manager(client, settings):
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"

    def come(code="BS-TAZ", *jobs):
        client.force_login(factories.staff(factories.center(code), *(jobs or ("manager",))))
        return client

    return come


def page(verb: str, transfer: Transfer) -> str:
    return reverse(f"centers:transfer-{verb}", args=[transfer.public_id])


@pytest.mark.parametrize("code", ["BS-TAZ", "CRTS-FES"])
def test_both_managers_read_the_figures_on_their_first_page(manager, here, code):
    planned.propose(here)
    one = manager(code)
    for address in ("center-detail", "transfer-list"):
        text = one.get(reverse(f"centers:{address}", args=[code])).text
        assert all(f"{days} days" in text for days in ("9.0", "7.0", "0.5", "2.5")), address
        assert "3 bags for disasters" in text and text.count('class="level"') == 4
    keeper = manager(code, "stock")
    assert "2.5 days" not in keeper.get(reverse("centers:center-detail", args=[code])).text


def test_sender_and_receiver_answer_by_the_page(manager, here):
    made = planned.propose(here)
    sender = manager()
    text = sender.get(page("detail", made)).text
    assert "By the planner" in text and "We do not need it" not in text
    assert "Say why" in sender.post(page("refuse", made), {"because": " "}).text
    assert "it is 2 now" in sender.post(page("approve", made), {"count": "1"}, follow=True).text
    assert sender.post(page("decline", made), {"because": "x"}).status_code == 403
    receiver = manager("CRTS-FES")
    assert receiver.post(page("refuse", made), {"because": "x"}).status_code == 403
    receiver.post(page("decline", made), {"because": "two boxes came"})
    assert "two boxes came" in receiver.get(page("detail", made)).text
    assert planned.state(made) == "withdrawn"
