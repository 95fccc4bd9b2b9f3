"""Policies and trust files: the reader's own file must not be read more kindly than it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.builder import ORIGIN, LogBuilder, NoteSigner, Person
from verifier.errors import Undecided, VerificationError
from verifier.policy import parse_policy
from verifier.trust import parse_trust, read_trust

A, B, C = (NoteSigner(f"w/{letter}", seed, 4) for seed, letter in enumerate("abc", 1))
LOG = NoteSigner("log", 9, 1)
WITNESSES = f"witness a {A.vkey}\nwitness b {B.vkey} https://b.example\nwitness c {C.vkey}\n"


@pytest.mark.parametrize(
    ("tail", "met", "missed"),
    [
        ("quorum none", [""], []),
        ("quorum a", ["a", "abc"], ["", "bc"]),
        ("group g any a b\nquorum g", ["a", "b"], ["", "c"]),
        ("group g all a b\nquorum g", ["ab"], ["a", "bc"]),
        ("group g 2 a b c\nquorum g", ["ab", "ac"], ["a", ""]),
        ("group g any a b\ngroup h all g c\nquorum h", ["ac", "bc"], ["ab", "c"]),
    ],
)
def test_quorum(tail: str, met: list[str], missed: list[str]) -> None:
    policy = parse_policy(f"# a comment\nlog {LOG.vkey}\n\n{WITNESSES}{tail}\n")
    for names, expected in [*((name, True) for name in met), *((name, False) for name in missed)]:
        assert policy.is_met([policy.witnesses[name] for name in names]) is expected


LINE, TWICE = "a policy line is malformed", "a policy group names a member twice"
UNDEFINED, COUNT = "a policy names what it does not define", "a policy group has an impossible count"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "policy has no quorum"),
        (WITNESSES, "policy has no quorum"),
        (WITNESSES + "quorum a\nquorum b", LINE),
        ("quorums none", LINE),
        ("log", LINE),
        ("quorum none none", LINE),
        ("group g any", LINE),
        (WITNESSES + "quorum d", UNDEFINED),
        (WITNESSES + "group g any h\nquorum g", UNDEFINED),
        (WITNESSES + "group g any g\nquorum g", UNDEFINED),
        (WITNESSES + "group g 4 a b c\nquorum g", COUNT),
        (WITNESSES + "group g 0 a b\nquorum g", COUNT),
        (WITNESSES + "group g 01 a b\nquorum g", COUNT),
        (WITNESSES + "group g some a b\nquorum g", COUNT),
        (WITNESSES + "group g any a a\nquorum g", TWICE),
        (WITNESSES + "group g any a b\ngroup h 2 g a\nquorum h", TWICE),
        (WITNESSES + "group g any a b\ngroup h any a c\ngroup i all g h\nquorum i", TWICE),
        (WITNESSES + f"witness d {A.vkey}\nquorum a", "a policy holds one public key twice"),
        (f"log {LOG.vkey}\nlog {LOG.vkey}\nquorum none", "a policy holds one public key twice"),
        (WITNESSES + f"witness d {LOG.vkey}\nquorum a", "a policy key is of the wrong type"),
        (f"log {A.vkey}\nquorum none", "a policy key is of the wrong type"),
        (WITNESSES + f"witness a {LOG.vkey}\nquorum a", "a policy name stands twice"),
        (WITNESSES + "group a any b\nquorum a", "a policy name stands twice"),
        ("group none any a", "a policy name stands twice"),
    ],
)
def test_a_malformed_policy_is_refused(text: str, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        parse_policy(text)


@pytest.fixture
def good() -> dict[str, Any]:
    builder = LogBuilder()
    builder.genesis()
    found: dict[str, Any] = json.loads(builder.trust())
    return found


OWN = Person("OFF1", "officer")
NOT_ITS_OWN = "a log key is not an Ed25519 key in the name of the origin"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": "rx-trust/v2"}, "unknown format"),
        ({"origin": "other.example/log"}, NOT_ITS_OWN),
        ({"log_keys": [NoteSigner(ORIGIN, 1, 4).vkey], "policy": "quorum none"}, NOT_ITS_OWN),
        ({"log_keys": []}, "no log key, or one twice"),
        ({"log_keys": [NoteSigner(ORIGIN, 1, 1).vkey] * 2}, "no log key, or one twice"),
        ({"genesis": "zz"}, "genesis is not a digest in hex"),
        ({"profile": "test"}, "unknown profile"),
        (
            {"policy": f"log {NoteSigner('log', 7, 1).vkey}\nquorum none"},
            "the policy names a log key that log_keys does not list",
        ),
        ({"policy": ["quorum none"]}, "policy is not a string"),
        ({"note": "x"}, "members are missing or unknown"),
        ({"signers": []}, "signers is not an object"),
        ({"signers": {OWN.kid: {**OWN.public, "use": "sig"}}}, "members are missing or unknown"),
        ({"signers": {f"OFF2#{OWN.kid[-16:]}": OWN.public}}, None),
        ({"signers": {"OFF1#0000000000000000": OWN.public}}, "not the one that its kid names"),
    ],
)
def test_a_trust_file_that_contradicts_itself_is_refused(
    good: dict[str, Any], change: dict[str, Any], reason: str | None
) -> None:
    data = json.dumps({**good, **change}).encode()
    if reason is None:  # a kid's hash is of the key alone
        assert parse_trust(data).signers
        return
    with pytest.raises(VerificationError, match=reason):
        parse_trust(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"format":1,"format":1}', "not JSON"),
        (b"\xff", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b" " * (1 << 20) + b"{}", "too long"),
    ],
)
def test_what_is_no_trust_file_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        parse_trust(data)


def test_groups_within_groups_are_counted_however_many_they_are() -> None:
    """A long chain of groups was walked by a function that calls itself, and the log was called refused."""
    chain = "".join(f"group g{n} any g{n - 1}\n" for n in range(1, 3000))
    policy = parse_policy(f"{WITNESSES}group g0 2 a b c\n{chain}quorum g2999\n")
    assert policy.is_met([policy.witnesses["a"], policy.witnesses["c"]])
    assert not policy.is_met([policy.witnesses["b"]])


def test_a_slip_in_the_trust_file_refuses_no_log(tmp_path: Path) -> None:
    """Exit code 2: a name without bytes, or a key of no known algorithm, accused the log."""
    builder = LogBuilder()
    builder.genesis()
    good = json.loads(builder.trust(0))
    packed = good["log_keys"][0].partition("+")[2]
    named = {"origin": "\ud800", "log_keys": [f"\ud800+{packed}"], "policy": "quorum none"}
    officer = builder.officers[0]
    for change in (named, {"signers": {officer.kid: {**officer.public, "alg": "ES512"}}}):
        file = tmp_path / "trust.json"
        file.write_text(json.dumps({**good, **change}))
        with pytest.raises(Undecided):
            read_trust(file)
