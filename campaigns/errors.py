import contextlib
from collections.abc import Iterator

from centers.errors import Refused as CenterRefused


class Refused(Exception):
    """A rule said no; the message is written for the person who reads the page.

    ``field`` names the value that has to be put right, where it is one.
    """

    def __init__(self, message: str, field: str | None = None):
        super().__init__(message)
        self.field = field


@contextlib.contextmanager
def as_ours() -> Iterator[None]:
    """A no of the centre's rules, for pages that catch ours."""
    try:
        yield
    except CenterRefused as refused:
        raise Refused(str(refused), refused.field) from refused
