"""What a push service gets: the sealed payload (RFC 8291, RFC 8188) and our signed name (RFC 8292)."""

from __future__ import annotations

import json
import os
import time
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from donors.contact import push_keys
from donors.models import PushSubscription

RECORD = 4096  # bytes: RFC 8291 allows one record, and services take no more
LAST = b"\x02"  # ends the last record
TAG, HEAD = 16, 86
MOST = RECORD - TAG - HEAD - len(LAST)
SIGNED_SECONDS = 12 * 3600  # RFC 8292: at most a day


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def sealed(payload: bytes, subscription: PushSubscription) -> bytes:
    """Readable by that browser only; raises ValueError when it is too long for one record."""
    if len(payload) > MOST:
        raise ValueError("too long")
    theirs = push_keys.browser_key(subscription.p256dh)
    if theirs is None:
        raise ValueError("no key")
    ours = ec.generate_private_key(push_keys.CURVE)
    mine, salt = push_keys.point_of(ours.public_key()), os.urandom(16)
    info = b"WebPush: info\x00" + push_keys.point_of(theirs) + mine
    shared = ours.exchange(ec.ECDH(), theirs)
    secret = _derived(shared, push_keys.decoded(subscription.auth), info, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine
    return head + AESGCM(key).encrypt(nonce, payload + LAST, None)


def authorization(endpoint: str) -> str:
    """Valid for the service's origin only."""
    url = urlsplit(endpoint)
    claims = {
        "aud": f"{url.scheme}://{url.netloc}",
        "exp": int(time.time()) + SIGNED_SECONDS,
        "sub": settings.VAPID_SUBJECT,
    }
    head = {"typ": "JWT", "alg": "ES256"}
    text = ".".join(push_keys.encoded(json.dumps(part).encode()) for part in (head, claims))
    der = push_keys.private_key().sign(text.encode(), ec.ECDSA(SHA256()))
    r, s = utils.decode_dss_signature(der)
    signature = push_keys.encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={text}.{signature}, k={push_keys.public_key()}"
