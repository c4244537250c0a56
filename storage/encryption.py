"""Encryption at rest: what people wrote, their names and their platform ids; and digests to look them up by.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce in front of each value. Both keys are derived
from ``SECRET_KEY`` with HKDF-SHA256 (RFC 5869), one for encryption and one for digests.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class WrongKey(Exception):
    """The data was written with another SECRET_KEY."""


class Cipher:
    """Encrypts and digests with keys that never leave this object."""

    def __init__(self, secret_key: str) -> None:
        self._aes = AESGCM(_derived(secret_key, b"baraza encryption at rest"))
        self._digest_key = _derived(secret_key, b"baraza look-up digests")

    def encrypt(self, plain: bytes) -> bytes:
        """Ciphertext that only this key opens; the same plain text never looks the same twice."""
        nonce = os.urandom(_NONCE)
        return nonce + self._aes.encrypt(nonce, plain, None)

    def decrypt(self, sealed: bytes) -> bytes:
        """The plain text again. Raises WrongKey when the key or the data is not what it was."""
        try:
            return self._aes.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError) as error:  # ValueError: too short to be anything we wrote
            raise WrongKey("SECRET_KEY is not the one that this database was written with") from error

    def digest(self, *parts: str) -> bytes:
        """16 bytes that stand for ``parts``: equal for equal parts, and telling nothing without the key."""
        joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
        return hmac.digest(self._digest_key, joined, hashlib.sha256)[:16]


def new_data_key() -> bytes:
    """A key for one thing alone, so that deleting the key deletes the thing."""
    return AESGCM.generate_key(bit_length=256)


def seal(data_key: bytes, plain: bytes) -> bytes:
    """Ciphertext that only ``data_key`` opens."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(data_key).encrypt(nonce, plain, None)


def unseal(data_key: bytes, sealed: bytes) -> bytes:
    """The inverse of ``seal``."""
    return AESGCM(data_key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)


def key_from_file(path: Path) -> tuple[str, bool]:
    """The key kept in ``path``, and whether it was created just now (mode 600, once)."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text(encoding="ascii", errors="replace").strip()
        if not key:
            raise WrongKey(f"The key file {path.name} is empty. Put its content back, or set SECRET_KEY.") from None
        return key, False
    key = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key, True


def _derived(secret_key: str, purpose: bytes) -> bytes:
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose)
    return kdf.derive(secret_key.encode())
