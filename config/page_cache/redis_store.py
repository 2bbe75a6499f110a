"""Redis side of the page cache: copies, and which process renders a page.

Redis is optional: when it is down or slow each process works alone and does not ask again for some
seconds.
"""

from __future__ import annotations

import hashlib
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .cached_page import Copy, packed, unpacked

PATIENCE = 0.05  # seconds for an answer of Redis
SILENT_SECONDS = 5
MAKING_MS = 5000  # seconds after which the turn of a process that does not finish expires
MOST_KEYS = 4000  # two keys a page; the limit leaves memory for the broker's messages
MOST_BYTES = 512 * 1024
# KEYS: copy, turn. ARGV: copy, seconds it is kept, milliseconds it is fresh, most keys.
PUT = """
if redis.call('DBSIZE') > tonumber(ARGV[4]) and redis.call('EXISTS', KEYS[1]) == 0 then
    return redis.call('DEL', KEYS[2])
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return redis.call('SET', KEYS[2], '', 'PX', ARGV[3])
"""


class Between:
    """A page's *turn* is a key held by the process that renders it, then for as long as the copy is
    fresh."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        self.silent_until = 0.0

    def take(self, key: str) -> tuple[Copy | None, bool]:
        """The known copy, and whether the caller has to render a new one."""
        copy, turn = names(key)
        found = self._ask(("GET", copy), ("SET", turn, "", "NX", "PX", MAKING_MS))
        if found is None:
            return None, True
        return (unpacked(found[0]) if found[0] else None), bool(found[1])

    def wait(self, key: str, seconds: float) -> Copy | None:
        """Wait for the copy that another process is rendering; None when it fails or takes too
        long."""
        copy, turn = names(key)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self._ask(("GET", copy), ("EXISTS", turn))
            if found is None:
                return None
            if found[0] or not found[1]:
                return unpacked(found[0]) if found[0] else None
            time.sleep(0.02)
        return None

    def put(self, key: str, copy: Copy, *, fresh: float, kept: int) -> None:
        data = packed(copy)
        if len(data) > MOST_BYTES:
            self.drop(key)
            return
        self._ask(("EVAL", PUT, 2, *names(key), data, kept, max(1, int(fresh * 1000)), MOST_KEYS))

    def drop(self, key: str) -> None:
        """Delete the copy of this page and its turn."""
        self._ask(("DEL", *names(key)))

    def _ask(self, *commands: tuple) -> list | None:
        """The replies; None while Redis is unavailable."""
        if time.monotonic() < self.silent_until:
            return None
        try:
            with self.client.pipeline(transaction=False) as pipe:
                for command in commands:
                    pipe.execute_command(*command)
                return pipe.execute()
        except redis.RedisError:
            self.silent_until = time.monotonic() + SILENT_SECONDS
            return None


def names(key: str) -> tuple[str, str]:
    """The keys. They contain the format number of ``packed``, because two versions of the site may
    run at once."""
    digest = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
    return f"page-1:{digest}", f"turn-1:{digest}"
