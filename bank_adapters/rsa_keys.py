"""RSA-SHA256 signatures (PKCS#1 v1.5, in base64), as the banks sign their messages.

A bank hands out a public key or a certificate in PEM; both are taken. Keys of fewer than 2,048 bits
are refused.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import load_pem_x509_certificate

from payments.domain.errors import Invalid

LEAST_BITS: Final = 2048


def is_rsa_sha256(given: str, message: bytes, keys: Iterable[str]) -> bool:
    """Say whether one of the public keys made the signature; every key is tried.

    Base64 has one spelling only here. Raises Invalid for a key that cannot be read.
    """
    signature = canonical_base64(given)
    fits = False
    for key in keys:
        fits = _verifies(public_key(key), signature or b"", message) or fits
    return fits and signature is not None


def rsa_sha256(private_pem: str, message: bytes) -> str:
    """Sign a message in base64. Raises Invalid for a key that cannot be read."""
    return base64.b64encode(_private_key(private_pem).sign(message, PKCS1v15(), SHA256())).decode()


@lru_cache(maxsize=256)
def public_key(pem: str) -> RSAPublicKey:
    """Read a public key or a certificate. Raises Invalid with the field ``public_key``."""
    raw = pem.encode("utf-8", "surrogatepass")
    try:
        if b"BEGIN CERTIFICATE" in raw:
            key: object = load_pem_x509_certificate(raw).public_key()
        else:
            key = load_pem_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        raise Invalid("rsa_key_unreadable", field="public_key") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise Invalid("rsa_key_unreadable", field="public_key")
    return key


def public_half(private_pem: str) -> str:
    """Return the public key of a private one, in PEM. Raises Invalid for one that is unreadable."""
    public = _private_key(private_pem).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def canonical_base64(text: str) -> bytes | None:
    """Return the bytes of base64 text, or None unless it is written in the one usual way."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    # The last sign may hold bits that stand for nothing: each would be another spelling.
    return raw if base64.b64encode(raw).decode("ascii") == text else None


def _verifies(key: RSAPublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=16)
def _private_key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode("utf-8", "surrogatepass"), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Invalid("rsa_key_unreadable", field="private_key") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise Invalid("rsa_key_unreadable", field="private_key")
    return key
