"""Encryption of sensitive columns: AES-256-GCM, bound to the row."""

from __future__ import annotations

import base64
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_ID = b"\x01"
NONCE = 12


def seal(text: str, bound: bytes) -> bytes:
    """Key id, nonce and ciphertext. It can be opened only with the same ``bound``, so that a value
    copied into another row does not open."""
    nonce = os.urandom(NONCE)
    return KEY_ID + nonce + _cipher().encrypt(nonce, text.encode(), bound)


def unseal(sealed: bytes | memoryview, bound: bytes) -> str:
    """Raises ``cryptography.exceptions.InvalidTag`` for another row's text."""
    sealed = bytes(sealed)
    return _cipher().decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], bound).decode()


def _cipher() -> AESGCM:
    return AESGCM(base64.b64decode(settings.FIELD_KEY))
