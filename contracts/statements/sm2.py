"""SM2 with SM3 (GB/T 32918.2-2016) through the system's libcrypto, OpenSSL 3.

`cryptography` does not offer SM2. Where the library is missing or built without SM2, everything
here raises SIG_ALG_UNAVAILABLE and the rest of the product works.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import byref, c_char_p, c_int, c_size_t, c_ubyte, c_void_p
from functools import cache

from contracts.errors import Rejected

# The default identity of the standard; without it OpenSSL would hash no Z value at all.
IDENTITY = b"1234567812345678"
_LIBRARIES = ("libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll")
_SIGNATURE_DER_BYTES_MAX = 72
_KEY_DER_BYTES_MAX = 1000

# name -> (result, arguments); only what this module calls.
_FUNCTIONS: dict[str, tuple[object, list[object]]] = {
    "EVP_MD_fetch": (c_void_p, [c_void_p, c_char_p, c_char_p]),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_MD_CTX_set_pkey_ctx": (None, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_new": (c_void_p, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_set1_id": (c_int, [c_void_p, c_char_p, c_int]),
    "EVP_PKEY_Q_keygen": (c_void_p, [c_void_p, c_void_p, c_char_p]),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_PKEY_is_a": (c_int, [c_void_p, c_char_p]),
    "EVP_DigestVerifyInit": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "EVP_DigestVerify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
    "EVP_DigestSignInit": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "EVP_DigestSign": (c_int, [c_void_p, c_void_p, c_void_p, c_char_p, c_size_t]),
    "d2i_PUBKEY": (c_void_p, [c_void_p, c_void_p, ctypes.c_long]),
    "d2i_AutoPrivateKey": (c_void_p, [c_void_p, c_void_p, ctypes.c_long]),
    "i2d_PUBKEY": (c_int, [c_void_p, c_void_p]),
    "i2d_PrivateKey": (c_int, [c_void_p, c_void_p]),
    "ERR_clear_error": (None, []),
}


class _Library:
    """The functions of libcrypto with their C types, and SM3 once fetched."""

    def __init__(self, handle: ctypes.CDLL) -> None:
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(handle, name)
            function.restype = result
            function.argtypes = arguments
        self.handle = handle
        self.sm3 = handle.EVP_MD_fetch(None, b"SM3", None)
        if not self.sm3:
            raise OSError("libcrypto without SM3")


@cache
def _library() -> _Library | None:
    for name in _LIBRARIES:
        try:
            return _Library(ctypes.CDLL(name))
        except (OSError, AttributeError):
            continue
    return None


def _required() -> _Library:
    library = _library()
    if library is None:
        raise Rejected("SIG_ALG_UNAVAILABLE")
    return library


def available() -> bool:
    """Return whether this machine can verify and make SM2 signatures."""
    return _library() is not None


class _Key:
    """An EVP_PKEY of type SM2, freed with the object."""

    def __init__(self, pointer: int | None, library: _Library) -> None:
        self._library = library
        self.pointer = pointer
        library.handle.ERR_clear_error()
        if not pointer or not library.handle.EVP_PKEY_is_a(pointer, b"SM2"):
            raise Rejected("KEY_WEAK")

    def __del__(self) -> None:
        if self.pointer:
            self._library.handle.EVP_PKEY_free(self.pointer)

    def encoded(self, function: str) -> bytes:
        out = (c_ubyte * _KEY_DER_BYTES_MAX)()
        cursor = c_void_p(ctypes.addressof(out))
        size = getattr(self._library.handle, function)(self.pointer, byref(cursor))
        if size <= 0:
            raise Rejected("KEY_WEAK")
        return bytes(out[:size])

    def digest_context(self, init: str, use: Callable[[int], int]) -> int:
        """Run `use` with a digest context of this key; return its result, 0 if none was made."""
        c = self._library.handle
        context = c.EVP_MD_CTX_new()
        key_context = c.EVP_PKEY_CTX_new(self.pointer, None)
        try:
            if c.EVP_PKEY_CTX_set1_id(key_context, IDENTITY, len(IDENTITY)) != 1:
                return 0
            c.EVP_MD_CTX_set_pkey_ctx(context, key_context)
            if getattr(c, init)(context, None, self._library.sm3, None, self.pointer) != 1:
                return 0
            return use(context)
        finally:
            c.EVP_MD_CTX_free(context)
            c.EVP_PKEY_CTX_free(key_context)
            c.ERR_clear_error()


def _read(function: str, der: bytes) -> _Key:
    library = _required()
    buffer = ctypes.create_string_buffer(der, len(der))
    cursor = c_void_p(ctypes.addressof(buffer))
    return _Key(getattr(library.handle, function)(None, byref(cursor), len(der)), library)


class PublicKey:
    """An SM2 public key whose point lies on the curve."""

    def __init__(self, spki: bytes) -> None:
        """Read SubjectPublicKeyInfo. Raises Rejected: KEY_WEAK, SIG_ALG_UNAVAILABLE."""
        self._key = _read("d2i_PUBKEY", spki)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return when the DER `signature` is this key's over `message`. Raises SIG_INVALID."""
        c = _required().handle
        verified = self._key.digest_context(
            "EVP_DigestVerifyInit",
            lambda context: c.EVP_DigestVerify(context, signature, len(signature), message, len(message)),
        )
        if verified != 1:
            raise Rejected("SIG_INVALID")


def verify(spki: bytes, signature: bytes, message: bytes) -> None:
    """Return when the DER `signature` over `message` is by the key in `spki`. Raises Rejected."""
    PublicKey(spki).verify(signature, message)


def generate() -> tuple[bytes, bytes]:
    """Return a new key pair as (private key DER, SubjectPublicKeyInfo DER). For clients only."""
    library = _required()
    key = _Key(library.handle.EVP_PKEY_Q_keygen(None, None, b"SM2"), library)
    return key.encoded("i2d_PrivateKey"), key.encoded("i2d_PUBKEY")


def sign(private_key: bytes, message: bytes) -> bytes:
    """Return the DER signature of `message` by a key of `generate`. For clients only."""
    key = _read("d2i_AutoPrivateKey", private_key)
    c = _required().handle
    out = (c_ubyte * _SIGNATURE_DER_BYTES_MAX)()
    size = c_size_t(_SIGNATURE_DER_BYTES_MAX)
    signed = key.digest_context(
        "EVP_DigestSignInit",
        lambda context: c.EVP_DigestSign(context, out, byref(size), message, len(message)),
    )
    if signed != 1:
        raise Rejected("SIG_INVALID")
    return bytes(out[: size.value])
