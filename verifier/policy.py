"""C2SP tlog-policy: whose cosignatures the reader wants to see, and how many.

Lines: `log <vkey> [url]`, `witness <name> <vkey> [url]`, `group <name> <k|any|all> <names…>`,
`quorum <name|none>`; `#` begins a comment line.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from verifier.errors import TRUST, VerificationError
from verifier.note import COSIGNATURE_V1, ED25519, NoteKey, parse_key

_COUNT = re.compile(r"[1-9][0-9]{0,2}")


@dataclass(slots=True)
class Policy:
    """`witnesses` and `groups` by their names in the policy; `quorum` is one of them or none."""

    logs: list[NoteKey] = field(default_factory=list)
    witnesses: dict[str, NoteKey] = field(default_factory=dict)
    groups: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    quorum: str = ""

    def is_met(self, signed: Collection[NoteKey]) -> bool:
        """Return whether the witnesses that `signed` fulfil the quorum."""
        met = {name: key in signed for name, key in self.witnesses.items()}
        for name, (needed, members) in self.groups.items():  # a group's members stand above it
            met[name] = sum(met[member] for member in members) >= needed
        return self.quorum == "none" or met[self.quorum]


def parse_policy(text: str) -> Policy:
    """Return the policy in `text`.

    Raises VerificationError on an unknown line, a name or public key that stands twice, a group
    that names what was not defined above it, or unless there is exactly one quorum.
    """
    policy = Policy()
    for line in text.split("\n"):
        words = line.split()
        if words and not words[0].startswith("#"):
            _line(policy, words[0], words[1:])
    if not policy.quorum:
        raise VerificationError(TRUST, "policy has no quorum")
    return policy


def _line(policy: Policy, keyword: str, words: list[str]) -> None:
    if keyword == "log" and len(words) in (1, 2):
        policy.logs.append(_key(policy, words[0], ED25519))
    elif keyword == "witness" and len(words) in (2, 3):
        _new_name(policy, words[0])
        policy.witnesses[words[0]] = _key(policy, words[1], COSIGNATURE_V1)
    elif keyword == "group" and len(words) >= 3:
        _new_name(policy, words[0])
        policy.groups[words[0]] = _group(policy, words[1], words[2:])
    elif keyword == "quorum" and len(words) == 1 and not policy.quorum:
        if words[0] != "none":
            _known(policy, words[0])
        policy.quorum = words[0]
    else:
        raise VerificationError(TRUST, "a policy line is malformed")


def _group(policy: Policy, count: str, names: list[str]) -> tuple[int, tuple[str, ...]]:
    for name in names:
        _known(policy, name)
    # One witness must not count twice, by whatever way through the groups.
    taken = [member for _, members in policy.groups.values() for member in members]
    if len(set(names)) != len(names) or not set(names).isdisjoint(taken):
        raise VerificationError(TRUST, "a policy group names a member twice")
    if count in ("any", "all"):
        return (1 if count == "any" else len(names)), tuple(names)
    if not _COUNT.fullmatch(count) or int(count) > len(names):
        raise VerificationError(TRUST, "a policy group has an impossible count")
    return int(count), tuple(names)


def _key(policy: Policy, vkey: str, algorithm: int) -> NoteKey:
    key = parse_key(vkey)
    if key.algorithm != algorithm:
        raise VerificationError(TRUST, "a policy key is of the wrong type")
    # One operator under two names must not count twice.
    if any(key.public_key == other.public_key for other in (*policy.logs, *policy.witnesses.values())):
        raise VerificationError(TRUST, "a policy holds one public key twice")
    return key


def _new_name(policy: Policy, name: str) -> None:
    if name == "none" or name in policy.witnesses or name in policy.groups:
        raise VerificationError(TRUST, "a policy name stands twice")


def _known(policy: Policy, name: str) -> None:
    if name not in policy.witnesses and name not in policy.groups:
        raise VerificationError(TRUST, "a policy names what it does not define")
