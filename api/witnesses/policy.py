"""C2SP tlog-policy: which witnesses the log asks for cosignatures, where, and how many it wants.

    log ledger.example/rx-2026+9158b5b0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c
    witness health-bureau witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU http://127.0.0.1:7381
    group witnesses 1 health-bureau
    quorum witnesses

`rx init` writes this text into the readers' trust file; `rx serve` asks by the same text.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

ED25519 = 0x01
COSIGNATURE_V1 = 0x04
WITNESSES_MAX = 32  # readers must take 16 signatures; more only makes receipts larger
GROUP = "witnesses"

_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,255}\Z")
_COUNT = re.compile(r"[1-9][0-9]{0,2}\Z")


class PolicyError(ValueError):
    """A policy, a vkey or an address is malformed; the message says which and why."""


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key of a signed note, as written in a vkey."""

    name: str
    algorithm: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before each of its signatures. C2SP signed-note."""
        named = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public_key
        return hashlib.sha256(named).digest()[:4]

    @property
    def text(self) -> str:
        """The key as a vkey."""
        return f"{self.name}+{self.key_id.hex()}+{_encode(bytes([self.algorithm]) + self.public_key)}"


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of the policy; without `url` its cosignatures count but nobody asks for them."""

    name: str
    key: NoteKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class WitnessPolicy:
    """`groups` maps a name to (how many, of whom); `quorum` is a witness, a group or `none`."""

    log: NoteKey
    witnesses: tuple[Witness, ...] = ()
    groups: Mapping[str, tuple[int, tuple[str, ...]]] | None = None
    quorum: str = "none"

    def is_met(self, signed: Collection[str]) -> bool:
        """Return whether the witnesses named in `signed` fulfil the quorum."""
        return self.quorum == "none" or self._counts(self.quorum, signed)

    def _counts(self, name: str, signed: Collection[str]) -> bool:
        if self.groups is None or name not in self.groups:
            return name in signed
        needed, members = self.groups[name]
        return sum(self._counts(member, signed) for member in members) >= needed

    @property
    def text(self) -> str:
        """The policy as C2SP tlog-policy."""
        lines = [f"log {self.log.text}"]
        lines += [f"witness {one.name} {one.key.text} {one.url}".rstrip() for one in self.witnesses]
        for name, (needed, members) in (self.groups or {}).items():
            lines.append(f"group {name} {needed} {' '.join(members)}")
        return "\n".join([*lines, f"quorum {self.quorum}", ""])


def quorum_of(log: NoteKey, witnesses: Sequence[Witness], needed: int | None = None) -> WitnessPolicy:
    """Return the policy that wants `needed` of these witnesses, by default more than half.

    Raises PolicyError when that many do not exist, or a name or public key stands twice.
    """
    if not witnesses:
        if needed:
            raise PolicyError(f"a quorum of {needed} needs witnesses; name them with --witness NAME=VKEY@URL")
        return WitnessPolicy(log)
    count = len(witnesses) // 2 + 1 if needed is None else needed
    if not 1 <= count <= len(witnesses):
        raise PolicyError(f"a quorum of {count} is impossible with {len(witnesses)} witnesses")
    groups = {GROUP: (count, tuple(one.name for one in witnesses))}
    policy = WitnessPolicy(log, tuple(witnesses), groups, GROUP)
    return parse_policy(policy.text)  # one place checks names and keys


def parse_witness(text: str) -> Witness:
    """Return the witness of `NAME=VKEY` or `NAME=VKEY@URL`. Raises PolicyError."""
    name, equals, rest = text.partition("=")
    vkey, _, url = rest.partition("@")
    if not equals or not _NAME.match(name):
        raise PolicyError("a witness is given as NAME=VKEY or NAME=VKEY@URL")
    return Witness(name, parse_key(vkey, COSIGNATURE_V1), _address(url))


def parse_key(vkey: str, algorithm: int) -> NoteKey:
    """Return the key of a vkey. Raises PolicyError unless it is a canonical key of `algorithm`."""
    parts = vkey.split("+", 2)
    if len(parts) != 3 or not _NAME.match(parts[0]):
        raise PolicyError(f"not a vkey (name+id+key): {vkey[:80]}")
    try:
        data = base64.b64decode(parts[2].encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise PolicyError(f"the key of vkey {parts[0]} is not base64") from None
    if len(data) != 33 or data[0] != algorithm:
        wanted = "Ed25519 log key (type 01)" if algorithm == ED25519 else "Ed25519 witness key (type 04)"
        raise PolicyError(f"vkey {parts[0]} is not an {wanted}")
    key = NoteKey(parts[0], data[0], data[1:])
    if key.text != vkey:
        raise PolicyError(f"vkey {parts[0]} does not carry its own key id, or its base64 is not canonical")
    return key


def parse_policy(text: str) -> WitnessPolicy:
    """Return the policy in `text`.

    Raises PolicyError on an unknown line, a name or public key that stands twice, a group that
    names what was not defined above it, or unless there is exactly one log and one quorum.
    """
    parser = _Parser()
    for line in text.split("\n"):
        words = line.split()
        if words and not words[0].startswith("#"):
            parser.line(words[0], words[1:])
    return parser.policy()


class _Parser:
    def __init__(self) -> None:
        self._log: NoteKey | None = None
        self._witnesses: dict[str, Witness] = {}
        self._groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._quorum = ""

    def policy(self) -> WitnessPolicy:
        if self._log is None or not self._quorum:
            raise PolicyError("a policy needs exactly one log line and one quorum line")
        return WitnessPolicy(self._log, tuple(self._witnesses.values()), self._groups, self._quorum)

    def line(self, keyword: str, words: list[str]) -> None:
        if keyword == "log" and len(words) in (1, 2) and self._log is None:
            self._log = self._unused(parse_key(words[0], ED25519))
        elif keyword == "witness" and len(words) in (2, 3) and len(self._witnesses) < WITNESSES_MAX:
            key = self._unused(parse_key(words[1], COSIGNATURE_V1))
            url = _address(words[2] if len(words) == 3 else "")
            self._witnesses[self._new(words[0])] = Witness(words[0], key, url)
        elif keyword == "group" and len(words) >= 3:
            self._groups[self._new(words[0])] = self._group(words[1], words[2:])
        elif keyword == "quorum" and len(words) == 1 and not self._quorum:
            self._quorum = words[0] if words[0] == "none" else self._known(words[0])
        else:
            raise PolicyError(f"policy line '{keyword} …' is malformed or one too many")

    def _group(self, count: str, names: list[str]) -> tuple[int, tuple[str, ...]]:
        members = tuple(self._known(name) for name in names)
        # One witness must not count twice, by whatever way through the groups (tlog-policy).
        taken = [member for _, listed in self._groups.values() for member in listed]
        if len(set(members)) != len(members) or not set(members).isdisjoint(taken):
            raise PolicyError("a policy group names a member twice")
        if count in ("any", "all"):
            return (1 if count == "any" else len(members)), members
        if not _COUNT.match(count) or int(count) > len(members):
            raise PolicyError(f"a policy group of {len(members)} cannot want {count}")
        return int(count), members

    def _unused(self, key: NoteKey) -> NoteKey:
        # One operator under two names must not count twice.
        keys = [one.key for one in self._witnesses.values()] + ([self._log] if self._log else [])
        if any(key.public_key == other.public_key for other in keys):
            raise PolicyError(f"the public key of {key.name} stands twice in the policy")
        return key

    def _new(self, name: str) -> str:
        if name == "none" or name in self._witnesses or name in self._groups:
            raise PolicyError(f"the policy name {name} stands twice")
        return name

    def _known(self, name: str) -> str:
        if name not in self._witnesses and name not in self._groups:
            raise PolicyError(f"the policy names {name}, which no line above defines")
        return name


def _address(url: str) -> str:
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise PolicyError(f"a witness address is http(s)://host[:port][/prefix], not {url[:80]}")
    return url.rstrip("/")


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
