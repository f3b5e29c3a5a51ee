"""Keys and hashes: secrets encrypted at rest and bound to their row, passwords hashed slowly."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from payments.domain.errors import Invalid, Unavailable

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_KEY_ID_BYTES = 4


class AesSecretBox:
    """AES-256-GCM with the row as associated data. The first key encrypts, every key decrypts."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take the keys, the current one first. Raises Invalid for a key of another length."""
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise Invalid("secret_key_wrong", field="THUPHI_SECRET_KEYS", bytes=KEY_BYTES)
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])

    def seal(self, plain: bytes, *, row: str) -> bytes:
        """Encrypt for one row."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, plain, row.encode())
        return _VERSION + self._current + nonce + sealed

    def open(self, box: bytes, *, row: str) -> bytes:
        """Decrypt a row's own box. Raises Unavailable when the key or the row is another one."""
        body = box[len(_VERSION) :]
        key_id, rest = body[:_KEY_ID_BYTES], body[_KEY_ID_BYTES:]
        cipher = self._ciphers.get(key_id)
        if cipher is None or not box.startswith(_VERSION):
            raise Unavailable("secret_key_missing")
        try:
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], row.encode())
        except InvalidTag as error:
            raise Unavailable("secret_box_broken") from error


def _key_id(key: bytes) -> bytes:
    """Return a short name of a key that says nothing about it."""
    return hashlib.sha256(b"thuphi key id" + key).digest()[:_KEY_ID_BYTES]


class Argon2Passwords:
    """Argon2id with the parameters that OWASP gives as its first choice: 19 MiB, two passes."""

    def __init__(self) -> None:
        """Prepare the hasher, and the hash that unknown names are compared with."""
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._nobody = self._hasher.hash(os.urandom(16).hex())

    def hash(self, password: str) -> str:
        """Return the encoded hash of a password."""
        return self._hasher.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        """Say whether the password is the hashed one; an empty hash costs the same time."""
        try:
            return self._hasher.verify(password_hash or self._nobody, password)
        except (Argon2Error, InvalidHashError):
            return False
