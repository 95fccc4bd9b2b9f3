"""SM2-with-SM3 verification by the system's libcrypto (OpenSSL 3), through ctypes.

`cryptography` has no SM2. Where libcrypto or SM2 in it is missing, `available()` is false and the
caller reports these signatures as not checked: never as good, never as bad.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

DISTINGUISHING_ID = b"1234567812345678"  # the default of GM/T 0009
_LIBRARIES = ("libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll")
_POINTER, _INT, _SIZE = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t
_SIGNATURES = {
    "d2i_PUBKEY": (_POINTER, (_POINTER, _POINTER, ctypes.c_long)),
    "EVP_PKEY_free": (None, (_POINTER,)),
    "EVP_PKEY_is_a": (_INT, (_POINTER, ctypes.c_char_p)),
    "EVP_PKEY_CTX_new": (_POINTER, (_POINTER, _POINTER)),
    "EVP_PKEY_CTX_free": (None, (_POINTER,)),
    "EVP_PKEY_CTX_set1_id": (_INT, (_POINTER, ctypes.c_char_p, _INT)),
    "EVP_MD_CTX_new": (_POINTER, ()),
    "EVP_MD_CTX_free": (None, (_POINTER,)),
    "EVP_MD_CTX_set_pkey_ctx": (None, (_POINTER, _POINTER)),
    "EVP_sm3": (_POINTER, ()),
    "EVP_DigestVerifyInit": (_INT, (_POINTER, _POINTER, _POINTER, _POINTER, _POINTER)),
    "EVP_DigestVerify": (_INT, (_POINTER, ctypes.c_char_p, _SIZE, ctypes.c_char_p, _SIZE)),
    "ERR_clear_error": (None, ()),
}


def available() -> bool:
    """Return whether SM2 signatures can be checked on this machine."""
    return _library() is not None


def is_key(spki: bytes) -> bool:
    """Return whether `spki` is the DER of an SM2 public key. Needs `available()`."""
    crypto = _require()
    key = _load(crypto, spki)
    crypto.EVP_PKEY_free(key)
    return key is not None


def verify(spki: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether the 64 bytes r || s are a signature over `message`. Needs `available()`."""
    crypto = _require()
    der = encode_dss_signature(
        int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    )
    key = _load(crypto, spki)
    if key is None:
        return False
    key_context = crypto.EVP_PKEY_CTX_new(key, None)
    digest_context = crypto.EVP_MD_CTX_new()
    try:
        return _verify(crypto, digest_context, key_context, key, der, message)
    finally:
        crypto.EVP_MD_CTX_free(digest_context)
        crypto.EVP_PKEY_CTX_free(key_context)
        crypto.EVP_PKEY_free(key)
        crypto.ERR_clear_error()


def _verify(
    crypto: ctypes.CDLL, digest: int | None, context: int | None, key: int, der: bytes, message: bytes
) -> bool:
    if not digest or not context:
        raise MemoryError("libcrypto gave no context")
    # Without the id OpenSSL would leave out the Z value that binds the signer's key.
    if crypto.EVP_PKEY_CTX_set1_id(context, DISTINGUISHING_ID, len(DISTINGUISHING_ID)) != 1:
        return False
    crypto.EVP_MD_CTX_set_pkey_ctx(digest, context)
    if crypto.EVP_DigestVerifyInit(digest, None, crypto.EVP_sm3(), None, key) != 1:
        return False
    return bool(crypto.EVP_DigestVerify(digest, der, len(der), message, len(message)) == 1)


def _load(crypto: ctypes.CDLL, spki: bytes) -> int | None:
    buffer = ctypes.create_string_buffer(spki, len(spki))
    start = ctypes.addressof(buffer)
    position = ctypes.c_void_p(start)
    key: int | None = crypto.d2i_PUBKEY(None, ctypes.byref(position), len(spki))
    if key is None:
        crypto.ERR_clear_error()
        return None
    if position.value != start + len(spki) or crypto.EVP_PKEY_is_a(key, b"SM2") != 1:
        crypto.EVP_PKEY_free(key)
        return None
    return key


def _require() -> ctypes.CDLL:
    crypto = _library()
    if crypto is None:
        raise OSError("no libcrypto with SM2")
    return crypto


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL | None:
    found = ctypes.util.find_library("crypto")
    for name in (*_LIBRARIES, *([found] if found else [])):
        try:
            crypto = ctypes.CDLL(name)
            for symbol, (result, arguments) in _SIGNATURES.items():
                function = getattr(crypto, symbol)
                function.restype, function.argtypes = result, arguments
        except (OSError, AttributeError):
            continue
        if crypto.EVP_sm3():
            return crypto
    return None
