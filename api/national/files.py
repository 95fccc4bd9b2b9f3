"""The prescription file of a message: size, digest, and the AIGC mark of its metadata.

Machine-written files must carry an `AIGC` metadata key (reference R25). It is looked for in the
bytes themselves, in the compressed streams of a PDF and in the members of an OFD (a zip archive).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator

from api.national.fields import Fields
from contracts.facts import Json

_INFLATED_BYTES_MAX = 4 * 1024 * 1024  # a file of a few KB must not unpack to gigabytes
_PARTS_MAX = 200
_MARK_CHARACTERS_MAX = 1000
_STREAM = re.compile(rb"stream\r?\n")
_AROUND_BYTES = 64  # what tells a key of metadata from a word of the page
# Only a key, or what bears its value, is a mark: 本处方非AIGC生成 on the page accuses no doctor.
_MARK = re.compile(
    r"""/AIGC\s*[\[({</0-9t]  # a dictionary of a PDF
    |<(?:\w+:)?AIGC[\s/>]|[\s:]AIGC\s*=\s*["']  # XMP: an element, an attribute
    |(?P<quote>["'])AIGC(?P=quote)\s*(?:[:>/]|\w+\s*=)  # OFD's CustomData, JSON
    |\wAIGC\x00  # a text chunk of an image
    |AIGC[\s"':=>(]{0,8}(?:\{|&quot;)  # its value, GB 45438's object
    |AIGC\s*[:=]\s*["']?(?:[123]|true|yes)\b""",
    re.VERBOSE | re.IGNORECASE,
)


def described(fields: Fields, *names: str) -> dict[str, Json] | None:
    """Return size, digest and AIGC mark of the file in the message, None when there is none.

    Raises MessageError (B64_INVALID) unless the field is base64.
    """
    text = fields.text(*names)
    if text is None:
        return None
    content = _decoded(fields, names[0], text)
    found: dict[str, Json] = {
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
    }
    mark = _mark(content)
    if mark is not None:
        found["aigc"] = mark
    return found


def _decoded(fields: Fields, name: str, text: str) -> bytes:
    plain = text.partition("base64,")[2] if text.startswith("data:") else text
    plain = "".join(plain.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise fields.error("B64_INVALID", name) from None


def _mark(content: bytes) -> str | None:
    for part in _parts(content):
        for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
            for found in re.finditer(re.escape("AIGC".encode(encoding)), part):
                if _MARK.search(_around(part, found, encoding)):
                    value = part[found.end() : found.end() + 8 * _MARK_CHARACTERS_MAX]
                    return _readable(value.decode(encoding, "ignore")) or "AIGC"
    return None


def _around(part: bytes, found: re.Match[bytes], encoding: str) -> str:
    """Return the word with what stands on both sides of it, in whole characters where they have two bytes."""
    before = min(found.start(), _AROUND_BYTES)
    start = found.start() - before + before % (1 if encoding == "utf-8" else 2)
    return part[start : found.end() + _AROUND_BYTES].decode(encoding, "ignore")


def _readable(text: str) -> str:
    """Return the metadata's value: what follows the key up to the end of its line or string."""
    text = re.split(r"[\x00\r\n]|endobj|</", text.lstrip("\x00 \t\r\n\"'>:=(/"), maxsplit=1)[0]
    kept = "".join(each for each in text if unicodedata.category(each)[0] not in "CM")
    return unicodedata.normalize("NFC", kept).strip()[:_MARK_CHARACTERS_MAX]


def _parts(content: bytes) -> Iterator[bytes]:
    yield content
    if content[:2] == b"PK":
        yield from _archive(content)
        return
    for position, found in enumerate(_STREAM.finditer(content)):
        if position >= _PARTS_MAX:
            return
        try:
            yield zlib.decompressobj().decompress(content[found.end() :], _INFLATED_BYTES_MAX)
        except zlib.error:
            continue


def _archive(content: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist()[:_PARTS_MAX]:
                with archive.open(member) as opened:
                    yield opened.read(_INFLATED_BYTES_MAX)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError):
        return
