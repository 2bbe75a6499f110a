import pytest

from centers.models import Donation
from tests.support import blood
from tests.support.doubt import both, give_out, red


@pytest.fixture(scope="module")
def released(shared_rows) -> int:
    return blood.released()[0].donation_id


@pytest.fixture
def first(released, reference) -> Donation:
    """Read O+ and released; nothing issued yet."""
    return Donation.objects.get(pk=released)


@pytest.fixture
def second(first) -> Donation:
    return blood.again(first)


@pytest.fixture
def doubted(first, second) -> Donation:
    """The red cells of the first are at a hospital; two people have read A+ of the second."""
    give_out(red(first))
    both(second, ABO="A", D="positive")
    return second
