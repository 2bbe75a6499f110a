"""Our keys of web push (RFC 8292), and base64url as the browsers write it."""

from __future__ import annotations

import base64
import binascii
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

CURVE = ec.SECP256R1()
POINT = 65  # bytes of an uncompressed point


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Empty when it is not base64url."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


@cache
def _key_of(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(text), "big"), CURVE)


def is_on() -> bool:
    return bool(settings.VAPID_PRIVATE_KEY)


def private_key() -> ec.EllipticCurvePrivateKey:
    return _key_of(settings.VAPID_PRIVATE_KEY)


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def public_key() -> str:
    """As ``PushManager.subscribe`` wants it."""
    return encoded(point_of(private_key().public_key()))


def browser_key(text: str) -> ec.EllipticCurvePublicKey | None:
    """The key of a subscription; None if it is no point of the curve."""
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(text))
    except ValueError:
        return None
