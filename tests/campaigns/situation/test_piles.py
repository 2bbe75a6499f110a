"""What waits is one card each while it is little, and lines under their number where it is much."""

from campaigns.situation.waiting import OPEN, Item, piles
from tests.support import asking


def items(kind: str, count: int) -> list[Item]:
    return [Item(kind, asking.now(), f"{kind} {n}", "", "", (n,)) for n in range(count)]


def test_every_item_stands_on_the_page_once_in_its_order():
    rows = [*items("held", 5), *items("wave", 3), *items("transfer", 11), *items("shelf", 1)]
    made = piles(rows)
    assert [pile.kind for pile in made] == ["held", "wave", "transfer", "shelf"]
    assert [item for pile in made for item in (*pile.first, *pile.folded)] == rows
    assert [len(pile.folded) for pile in made] == [0, 0, 11 - OPEN, 0]


def test_what_may_still_be_undone_is_never_folded_away():
    [held] = piles(items("held", 20))
    assert len(held.first) == 20 and not held.folded
