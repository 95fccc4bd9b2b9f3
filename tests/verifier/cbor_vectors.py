"""CBOR in hex: what stands for a value, and what is refused; for every reader that this project has."""

from __future__ import annotations

from typing import Any

# RFC 8949 appendix A, as far as an attestation needs it.
VALUES: dict[str, Any] = {
    "00": 0,
    "17": 23,
    "1818": 24,
    "18ff": 255,
    "190100": 256,
    "19ffff": 65_535,
    "1a00010000": 65_536,
    "1affffffff": 4_294_967_295,
    "1b0000000100000000": 4_294_967_296,
    "20": -1,
    "3863": -100,
    "f4": False,
    "f5": True,
    "f6": None,
    "40": b"",
    "4401020304": b"\x01\x02\x03\x04",
    "60": "",
    "62c3bc": "ü",
    "80": [],
    "83010203": [1, 2, 3],
    "a0": {},
    "a201020304": {1: 2, 3: 4},
    "a26161016162820203": {"a": 1, "b": [2, 3]},
}

MALFORMED = {
    "nothing": "",
    "more than a value": "0000",
    "a number in more bytes than it needs": "1817",
    "in two for one": "1900ff",
    "in four for two": "1a0000ffff",
    "in eight for four": "1b00000000ffffffff",
    "a number cut off": "18",
    "of two bytes": "1901",
    "bytes cut off": "420a",
    "text cut off": "6161"[:2],
    "text that is no UTF-8": "61ff",
    "a list cut off": "8201",
    "a map cut off": "a101",
    "a map without a member": "a1",
    "a list of more than there is": "9a7fffffff01",
    "a map of more than there is": "ba7fffffff0101",
    "a name twice": "a201010102",
    "a name that is true": "a1f501",
    "a name that is bytes": "a1414101",
    "a name that is a list": "a18001",
    "an indefinite length": "9f01ff",
    "a reserved length": "1c",
    "a reserved length with as many bytes behind": "1c" + "ff" * 16,
    "a tag": "c001",
    "undefined": "f7",
    "a float": "f93c00",
    "a simple value of two bytes": "f820",
}
