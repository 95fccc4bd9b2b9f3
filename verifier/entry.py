"""The three forms of an entry, and its canonical bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verifier.errors import FORM, VerificationError
from verifier.members import (
    TIME_MS_MAX,
    Object,
    as_object,
    exactly,
    get_hex64,
    get_integer,
    get_list,
    get_object,
    get_text,
    get_texts,
    optional_hex64,
)
from verifier.statement import TYPE, Statement, parse_statement
from verifier.strict_json import Json, canonical, parse_object

ENTRY_BYTES_MAX = 65_535
CLASSES = ("VIOLATION", "SUSPICION", "DATA_QUALITY", "NOTICE")
# What cannot be read has no sender (SPEC 5.7): an entry about it would accuse somebody of anybody's bytes.
_NEVER_RECORDED = ("JSON_", "B64_")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,63}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules said: outcome, codes of the flags, rulebook and knowledge in force."""

    outcome: str
    flags: tuple[str, ...]
    rulebook: str | None
    knowledge: str | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A committed statement, `accepted` or `held`."""

    time: int
    statement: Statement
    verdict: Verdict
    prev: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused submission: who sent what, why it was refused, and no content."""

    time: int
    actor: str
    codes: tuple[str, ...]
    digest: str
    type: str
    signers: tuple[str, ...]
    rulebook: str | None
    knowledge: str | None


@dataclass(frozen=True, slots=True)
class Heads:
    """The root of the tree of chain heads, as of the entry before."""

    time: int
    root: str
    size: int


Entry = Accepted | Refused | Heads


def parse_entry(data: bytes) -> Entry:
    """Return the entry in `data`.

    Raises VerificationError unless it has one of the three forms and encoding its value again
    gives the same bytes: one meaning, one leaf.
    """
    if not 0 < len(data) <= ENTRY_BYTES_MAX:
        raise VerificationError(FORM, "entry is empty or too long")
    members = parse_object(data, ENTRY_BYTES_MAX)
    if canonical(members) != data:
        raise VerificationError(FORM, "entry is not in canonical form")
    time = get_integer(members, "time", TIME_MS_MAX)
    if "statement" in members:
        return _accepted(members, time)
    if "refused" in members:
        exactly(members, ("refused", "time"))
        return _refused(get_object(members, "refused"), time)
    exactly(members, ("heads", "time"))
    heads = get_object(members, "heads")
    exactly(heads, ("root", "size"))
    return Heads(time, get_hex64(heads, "root"), get_integer(heads, "size"))


def _accepted(members: Object, time: int) -> Accepted:
    exactly(members, ("statement", "time", "verdict"), ("prev",))
    prev = optional_hex64(members, "prev")
    verdict = _verdict(get_object(members, "verdict"))
    return Accepted(time, parse_statement(members["statement"]), verdict, prev)


def _verdict(members: Object) -> Verdict:
    exactly(members, ("flags", "outcome"), ("knowledge", "rulebook"))
    outcome = get_text(members, "outcome")
    if outcome not in ("accepted", "held"):
        raise VerificationError(FORM, "verdict has an unknown outcome")
    flags = tuple(_flag(item) for item in get_list(members, "flags"))
    return Verdict(outcome, flags, optional_hex64(members, "rulebook"), optional_hex64(members, "knowledge"))


def _flag(value: Json) -> str:
    members = as_object(value, "flags")
    exactly(members, ("class", "code", "facts", "rule", "version"))
    if get_text(members, "class") not in CLASSES or not get_text(members, "rule"):
        raise VerificationError(FORM, "a flag is malformed")
    get_integer(members, "version")
    for fact in get_object(members, "facts").values():
        if isinstance(fact, bool) or not isinstance(fact, (int, str)):
            raise VerificationError(FORM, "a flag's fact is neither an integer nor an id")
    return _code(get_text(members, "code"))


def _refused(members: Object, time: int) -> Refused:
    exactly(members, ("actor", "codes", "digest", "type"), ("knowledge", "rulebook", "signers"))
    codes = tuple(_code(code) for code in get_texts(members, "codes"))
    signers = get_texts(members, "signers") if "signers" in members else ()
    if not codes or len(set(codes)) != len(codes) or ("signers" in members and not signers):
        raise VerificationError(FORM, "a refusal is malformed")
    if any(code.startswith(_NEVER_RECORDED) for code in codes):
        raise VerificationError(FORM, "a refusal for what is never recorded")
    if not TYPE.fullmatch(get_text(members, "type")):
        raise VerificationError(FORM, "a refusal of no type")
    return Refused(
        time,
        get_text(members, "actor"),
        codes,
        get_hex64(members, "digest"),
        get_text(members, "type"),
        signers,
        optional_hex64(members, "rulebook"),
        optional_hex64(members, "knowledge"),
    )


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise VerificationError(FORM, "a code is malformed")
    return text
