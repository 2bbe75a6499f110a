"""Recalls, look-backs and tracing: a doctor follows every bag to its outcome."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from centers.distribution import bags_away
from centers.inventory import look_back_steps, recalls, trace
from centers.laboratory import screening
from centers.models import Bag, Donation, LookBack, Marker, Recall
from donors.contact import erasure
from donors.eligibility import criteria, deferrals
from donors.errors import Refused
from donors.models import AccessLog, DeferralReason, Donor
from donors.people import duplicates
from tests.support import blood, factories, supply
from tests.support.attack import MOVE, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def bag(reference) -> Bag:
    """Red cells issued to a hospital; plasma and platelets still here."""
    red = supply.fresh(blood.red_cells())
    supply.issue(request=supply.request(red.center), bag=red, **factories.acts())
    return supply.fresh(red)


def begin(donation, **more) -> Recall:
    return recalls.begin(
        donation=donation, cause="call", because="fever", **factories.acts(), **more
    )


def states(donation) -> dict[str, str]:
    return dict(donation.bags.values_list("component", "state"))


def close(recall, verdict="discard"):
    recalls.close(recall=recall, verdict=verdict, outcome="done", **factories.acts())


def note(recall, bag, kind, words="Dr Alami"):
    return recalls.note(recall=recall, bag=bag, kind=kind, words=words, **factories.acts())


def test_a_recall_blocks_what_is_here_and_follows_what_left(bag):
    recall = begin(bag.donation)
    now = states(bag.donation)
    assert (now["FFP"], now["PLT-STD"], now["RBC-SAGM"]) == ("blocked", "blocked", "issued")
    rows = {row.bag.component_id: row for row in recalls.followed(recall)}
    assert rows["RBC-SAGM"].left and not rows["RBC-SAGM"].ended and rows["FFP"].ended
    with pytest.raises(Refused, match="recalled already"):
        begin(bag.donation)
    with pytest.raises(Refused, match="how it ended"):
        close(recall)
    with pytest.raises(Refused, match="whom you told"):
        note(recall, bag, "told", " ")
    note(recall, bag, "told")
    with pytest.raises(Refused, match="how it ended"):
        close(recall)
    note(recall, bag, "destroyed")
    assert states(bag.donation)["RBC-SAGM"] == "discarded"
    close(recall)
    assert set(states(bag.donation).values()) == {"discarded", "separated"}
    assert "append-only" in refused("DELETE FROM centers_recallstep")
    assert "ended once" in refused("UPDATE centers_recall SET outcome = 'x'")


def test_nothing_of_a_recalled_donation_moves(bag):
    recall = begin(bag.donation)
    plasma = supply.fresh(bag.donation.bags.get(component="FFP"))
    message = refused(
        MOVE,
        "available",
        factories.user().pk,
        plasma.pk,
    )
    assert "is recalled" in message
    bags_away.take_back(
        issued=bag.issues.get(), minutes_out=5, cold_chain_kept=True, **factories.acts()
    )
    assert states(bag.donation)["RBC-SAGM"] == "blocked"
    with pytest.raises(Refused, match=r"No bag|recalled"):
        blood.shelve(donation=bag.donation, **factories.acts())
    assert recall.closed_at is None


def earlier_and_reactive(center=None) -> tuple[Donation, Donation]:
    """A donation of three months ago with issued red cells, and one of today, reactive."""
    first = blood.released()[0].donation
    red = supply.fresh(first.bags.get(component="RBC-SAGM"))
    supply.issue(request=supply.request(red.center), bag=red, **factories.acts())
    return first, blood.tested(blood.again(first), HBSAG="reactive")


def test_a_look_back_is_followed_to_its_end(reference):
    first, second = earlier_and_reactive()
    look_back = LookBack.objects.get(donation=second)
    with pytest.raises(Refused, match="recalled and closed first"):
        recalls.close_look_back(look_back=look_back, **factories.acts())
    assert recalls.recall_earlier(look_back=look_back, **factories.acts()) == 1
    assert recalls.recall_earlier(look_back=look_back, **factories.acts()) == 0
    recall = Recall.objects.get(look_back=look_back)
    assert recall.donation == first and states(first)["FFP"] == "blocked"
    with pytest.raises(Refused, match="recalled and closed first"):
        recalls.close_look_back(look_back=look_back, **factories.acts())
    note(recall, first.bags.get(component="RBC-SAGM"), "transfused")
    assert states(first)["RBC-SAGM"] == "transfused"
    with pytest.raises(Refused, match="never used"):
        close(recall, "use")
    close(recall)
    for missing, kind in (("confirmatory test", "confirmed"), ("told the donor", "donor_told")):
        with pytest.raises(Refused, match=missing):
            recalls.close_look_back(look_back=look_back, **factories.acts())
        said = {"look_back": look_back, "kind": kind, "on": timezone.localdate(), "words": ""}
        look_back_steps.note(**said, **factories.acts())
    with pytest.raises(Refused, match="hospital was told"):
        recalls.close_look_back(look_back=look_back, **factories.acts())
    closing = "UPDATE centers_lookback SET closed_at = now(), closed_by_id = %s"
    assert "hospital_of_each_bag" in refused(closing, factories.user().pk)
    (need,) = [need for need in look_back_steps.needs(look_back) if not need.done]
    assert [bag.component_id for bag in need.missing] == ["RBC-SAGM"]
    note(recall, first.bags.get(component="RBC-SAGM"), "told", "the depot, by letter")
    assert all(need.done for need in look_back_steps.needs(look_back))
    recalls.close_look_back(look_back=look_back, **factories.acts())
    with pytest.raises(Refused, match="is closed"):
        recalls.close_look_back(look_back=look_back, **factories.acts())


def test_after_the_look_back_the_donor_may_be_erased(reference):
    _first, second = earlier_and_reactive()
    look_back = LookBack.objects.get(donation=second)
    recalls.recall_earlier(look_back=look_back, **factories.acts())
    recall = Recall.objects.get()
    for row in recalls.followed(recall):
        if row.left:
            note(recall, row.bag, "destroyed")
    close(recall)
    supply.followed_up(look_back)
    recalls.close_look_back(look_back=look_back, **factories.acts())
    donor = second.donor
    erasure.erase(donor=donor, now=timezone.now())
    donor.refresh_from_db()
    assert donor.erased_at and not criteria.assess(donor=donor, on=timezone.localdate()).allowed


def test_forward_and_back_are_inverse(reference):
    donors = [factories.donor() for _ in range(3)]
    by = factories.staff(factories.center(), "collection")
    for donor in donors:
        blood.separated(blood.give(factories.visit(factories.session(), donor, by)))
    duplicates.merge(kept=donors[0], gone=donors[1], by=by, because="one card", now=timezone.now())
    seen = {}
    for donor in Donor.objects.filter(pk__in=[donor.pk for donor in donors]):
        for row in trace.forward(donor=donor, **factories.acts()):
            for bag, _issues in row.bags:
                seen.setdefault(bag.pk, set()).add(donor.person.pk)
    assert set(seen) == set(Bag.objects.values_list("pk", flat=True))
    for bag in Bag.objects.select_related("donation__donor__merged_into"):
        assert seen[bag.pk] == {trace.back(bag=bag, **factories.acts()).pk}


@pytest.fixture
def doctor(client, bag, settings):
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"
    client.force_login(factories.staff(bag.center, "doctor"))
    return client


def page(name, *args):
    return reverse(f"centers:{name}", args=args)


def test_a_doctor_traces_and_every_look_is_noted(doctor, bag):
    text = doctor.get(page("trace-back", bag.public_id)).text
    assert bag.donation.donor.full_name in text and bag.issues.get().place in text
    assert AccessLog.objects.filter(donor=bag.donation.donor, reason="trace").count() == 2
    visit = bag.donation.visit
    assert bag.donation.din[7:] in doctor.get(page("trace-forward", visit.public_id)).text


def test_a_recall_by_its_pages(doctor, bag):
    address = page("recall-begin", bag.donation.public_id)
    assert "Choose the cause" in doctor.post(address, {"because": "fever"}).text
    doctor.post(address, {"because": "fever", "cause": "call"})
    recall = Recall.objects.get()
    step = page("recall-step", recall.public_id, bag.public_id)
    key = f"bag{bag.pk}"
    assert "Say whom you told" in doctor.post(step, {f"{key}-kind": "told"}).text
    doctor.post(step, {f"{key}-kind": "destroyed"})
    close = page("recall-close", recall.public_id)
    assert "Say how it ended" in doctor.post(close, {"verdict": "use"}).text
    assert "what becomes of the bags" in doctor.post(close, {"outcome": "destroyed"}).text
    doctor.post(close, {"outcome": "destroyed", "verdict": "discard"})
    recall.refresh_from_db()
    assert recall.closed_at
    assert "Closed" in doctor.get(page("recall-list", bag.center.code)).text


def test_a_look_back_by_its_pages(doctor):
    first, second = earlier_and_reactive()
    look_back = LookBack.objects.get(donation=second)
    assert second.din[7:] in doctor.get(page("look-back-list", second.center.code)).text
    address = page("look-back", look_back.pk)
    assert "Not recalled yet" in doctor.get(address).text
    doctor.post(page("look-back-recall", look_back.pk))
    assert (
        "recalled and closed first"
        in doctor.post(page("look-back-close", look_back.pk), follow=True).text
    )
    recall = Recall.objects.get(donation=first)
    assert doctor.get(page("recall-detail", recall.public_id)).status_code == 200
    doctor.force_login(factories.staff(second.center, "manager"))
    assert doctor.get(page("recall-detail", recall.public_id)).status_code == 404
    assert first.din[7:] not in doctor.get(page("recall-list", second.center.code)).text


def test_who_holds_a_bag_notes_a_step_of_a_look_back_elsewhere(doctor):
    first = blood.released()[0].donation
    fes = factories.center("CRTS-FES")
    red = first.bags.get(component="RBC-SAGM")
    supply.moved(red, fes)
    supply.issue(request=supply.request(fes), bag=supply.fresh(red), **factories.acts())
    look_back = LookBack.objects.get(donation=blood.tested(blood.again(first), HBSAG="reactive"))
    recalls.recall_earlier(look_back=look_back, **factories.acts())
    recall = Recall.objects.get(look_back=look_back)
    shown = doctor.get(page("look-back", look_back.pk)).text
    assert fes.name in shown and page("bag-detail", red.public_id) not in shown
    address = page("recall-detail", recall.public_id)
    for job in ("manager", "stock"):
        doctor.force_login(factories.staff(fes, job))
        assert doctor.get(address).status_code == 404
    doctor.force_login(factories.staff(fes, "doctor"))
    assert address in doctor.get(page("recall-list", fes.code)).text
    shown = doctor.get(address).text
    assert "Note a step" in shown and "Close this recall" not in shown
    step = page("recall-step", recall.public_id, red.public_id)
    doctor.post(step, {f"bag{red.pk}-kind": "transfused"})
    assert states(first)["RBC-SAGM"] == "transfused"
    assert doctor.post(page("recall-close", recall.public_id)).status_code == 403
    assert doctor.get(page("look-back", look_back.pk)).status_code == 404


def test_what_may_be_used_again_is_released_again(bag):
    recall = begin(bag.donation)
    note(recall, bag, "cleared")
    close(recall, "use")
    assert states(bag.donation)["FFP"] == "blocked"
    blood.shelve(donation=bag.donation, **factories.acts())
    assert states(bag.donation)["FFP"] == "available"
    assert states(bag.donation)["RBC-SAGM"] == "issued"


def test_a_recall_that_ended_against_using_it_bars_the_release(bag):
    recall = begin(bag.donation)
    note(recall, bag, "back")
    assert states(bag.donation)["RBC-SAGM"] == "blocked"
    close(recall)
    bag.refresh_from_db()
    assert recalls.release_hindrance(bag) == "recall_ended_against_using_it"


def test_bad_news_of_a_bag_at_a_hospital_calls_it_back(bag):
    """Tested negative and issued; then a test is repeated and reactive."""
    donation, readers = bag.donation, [factories.user(), factories.user()]
    hiv = Marker.objects.get(code="HIV")
    again = {"marker": hiv, "because": "control", "by": readers[0], "now": timezone.now()}
    screening.repeat(donation=donation, **again)
    recall = Recall.objects.get(donation=donation)
    assert recall.cause == "laboratory" and states(donation)["FFP"] == "blocked"
    for reader in readers:
        said = {"outcomes": {"HIV": "reactive"}, "technique": "", "lot": "", "now": timezone.now()}
        screening.enter(donation=donation, by=reader, **said)
    now = states(donation)
    assert (now["RBC-SAGM"], now["FFP"]) == ("issued", "discarded")
    assert list(bags_away.unaccounted(bag.center)) == [bag]
    look_back = LookBack.objects.get(donation=donation)
    with pytest.raises(Refused, match="recalled and closed first"):
        recalls.close_look_back(look_back=look_back, **factories.acts())
    with pytest.raises(Refused, match="no all-clear"):
        note(recall, bag, "cleared")
    note(recall, bag, "transfused")
    close(recall)
    supply.followed_up(look_back)
    recalls.close_look_back(look_back=look_back, **factories.acts())


def test_a_deferral_that_reaches_back_takes_the_bags(bag):
    reason = DeferralReason.objects.filter(code="MA-HIJAMA").first()
    said = {"reason": reason, "starts_on": bag.collected_on} | factories.acts()
    deferral = deferrals.defer(donor=bag.donation.donor, **said)
    assert states(bag.donation)["FFP"] == "blocked"
    recall = Recall.objects.get(donation=bag.donation, cause="deferral")
    deferrals.end(deferral=deferral, ground="other", because="another person", **factories.acts())
    note(recall, bag, "cleared")
    close(recall, "use")
    blood.shelve(donation=bag.donation, **factories.acts())
    assert states(bag.donation)["FFP"] == "available"


def test_two_rows_of_one_person_share_what_bars_them(bag):
    other = factories.donor()
    reason = DeferralReason.objects.filter(code="EU-HBV").first()
    today = timezone.localdate()
    deferrals.defer(donor=other, reason=reason, starts_on=today, **factories.acts())
    duplicates.merge(kept=other, gone=bag.donation.donor, because="one card", **factories.acts())
    assert states(bag.donation)["FFP"] == "blocked"
    plasma = bag.donation.bags.get(component="FFP")
    assert recalls.release_hindrance(plasma) == "deferral_of_the_donor_covers_the_day"


def test_a_recall_begins_open_and_blocks_by_itself(bag):
    insert = (
        "INSERT INTO centers_recall (public_id, donation_id, cause, because, opened_at, outcome,"
        " verdict, closed_at, closed_by_id) VALUES (gen_random_uuid(), %s, 'lot', 'x', now(), %s, %s,"
        " %s, %s)"
    )
    at, by = timezone.now(), factories.user().pk
    assert "begins open" in refused(insert, bag.donation_id, "x", "use", at, by)
    connection.cursor().execute(insert, [bag.donation_id, "", "", None, None])
    assert states(bag.donation)["FFP"] == "blocked"
    assert recalls.recalls(bag.center).count() == 1 < bag.donation.bags.count()


def test_steps_of_a_look_back_are_only_added_and_say_why_they_failed(reference):
    look_back = LookBack.objects.get(donation=earlier_and_reactive()[1])
    said = {"look_back": look_back, "on": timezone.localdate(), **factories.acts()}
    with pytest.raises(Refused, match="what was tried"):
        look_back_steps.note(kind="unreached", words=" ", **said)
    with pytest.raises(Refused, match="future"):
        tomorrow = said | {"on": timezone.localdate() + timedelta(days=1)}
        look_back_steps.note(kind="donor_told", words="", **tomorrow)
    look_back_steps.note(kind="unreached", words="three letters, two calls", **said)
    assert "append-only" in refused("UPDATE centers_lookbackstep SET words = ''")
    empty = 'INSERT INTO centers_lookbackstep (look_back_id, kind, "on", words, at, by_id)'
    empty += " VALUES (%s, 'no_test', now(), '', now(), %s)"
    assert "says_why" in refused(empty, look_back.pk, factories.user().pk)


def test_letters_of_a_look_back_tell_no_more_than_they_must(reference, client, settings):
    settings.DEMO = True
    first, second = earlier_and_reactive()
    look_back = LookBack.objects.get(donation=second)
    recalls.recall_earlier(look_back=look_back, **factories.acts())
    doctor = factories.staff(second.center, "doctor")
    client.force_login(doctor)
    donor = client.get(reverse("centers:look-back-letter", args=[look_back.pk])).text
    article = donor[donor.index("<article") : donor.rindex("</article>")]
    assert second.donor.family_name in article
    assert 'dir="rtl"' in article and 'lang="fr"' in article
    assert "HBs" not in article and second.din not in article
    place = client.get(reverse("centers:look-back-letters", args=[look_back.pk])).text
    article = place[place.index("<article") : place.rindex("</article>")]
    assert first.din[7:] in article and "HBs" in article
    assert second.donor.family_name not in article and second.din[7:] not in article
    assert AccessLog.objects.filter(by=doctor, reason="look-back letter").exists()
    step = reverse("centers:look-back-step", args=[look_back.pk])
    said = {"kind": "donor_letter", "on": timezone.localdate().isoformat(), "words": ""}
    assert client.post(step, said).status_code == 302
    assert look_back.steps.get().kind == "donor_letter"
