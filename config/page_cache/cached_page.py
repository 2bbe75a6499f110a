"""A public page as finished bytes, so that any process can serve it again."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field

import brotli
from django.http import HttpResponse

TEXTS = ("text/", "image/svg", "application/atom+xml")
FRESH_SECONDS = 2
# Headers that belong to a single response and must not be served again.
OWN = {"content-length", "content-encoding", "etag", "date", "vary"}


@dataclass
class Copy:
    """``bodies`` by content encoding, the plain one under ""; while stale it is not asked for
    before ``again_at``."""

    bodies: dict[str, bytes]
    etag: str
    headers: dict[str, str]
    made_at: float
    again_at: float = 0.0
    busy: threading.Lock = field(default_factory=threading.Lock)
    ready: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        return sum(map(len, self.bodies.values()))

    @property
    def is_fresh(self) -> bool:
        return self.age < FRESH_SECONDS

    def lines(self, encoding: str) -> list[tuple[str, str]]:
        """The headers of an answer in this encoding, or of a 304; built once."""
        if encoding not in self.ready:
            made = list(self.headers.items())
            made += [("ETag", self.etag), ("Vary", "Accept-Encoding, Cookie")]
            if encoding != "304":
                made.append(("Content-Length", str(len(self.bodies[encoding]))))
            if encoding in ("br", "gzip"):
                made.append(("Content-Encoding", encoding))
            self.ready[encoding] = made
        return self.ready[encoding]

    @property
    def age(self) -> float:
        return time.monotonic() - self.made_at


def copied(response: HttpResponse) -> Copy:
    plain = response.content
    bodies = {"": plain}
    if response["Content-Type"].startswith(TEXTS) or "json" in response["Content-Type"]:
        bodies |= {"br": brotli.compress(plain, quality=5), "gzip": gzip.compress(plain, 6)}
    return Copy(
        bodies=bodies,
        etag=f'W/"{hashlib.blake2b(plain, digest_size=12).hexdigest()}"',
        headers={k: v for k, v in response.headers.items() if k.lower() not in OWN},
        made_at=time.monotonic(),
    )


def packed(copy: Copy) -> bytes:
    """A line of JSON, then the bodies; the plain body is left out where it can be decompressed from
    another."""
    bodies = {e: body for e, body in copy.bodies.items() if e or "br" not in copy.bodies}
    head = {
        "etag": copy.etag,
        "headers": copy.headers,
        "made_at": time.time() - copy.age,
        "bodies": {encoding: len(body) for encoding, body in bodies.items()},
    }
    return json.dumps(head).encode() + b"\n" + b"".join(bodies.values())


def unpacked(data: bytes) -> Copy:
    line, rest = data.split(b"\n", 1)
    head, bodies = json.loads(line), {}
    for encoding, length in head["bodies"].items():
        bodies[encoding], rest = rest[:length], rest[length:]
    if "" not in bodies:
        bodies[""] = brotli.decompress(bodies["br"])
    made_at = time.monotonic() - max(0, time.time() - head["made_at"])
    return Copy(bodies, head["etag"], head["headers"], made_at)
