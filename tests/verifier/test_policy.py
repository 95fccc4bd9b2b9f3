"""Policies and trust files: the reader's own file must not be read more kindly than it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.verifier.builder import LogBuilder, NoteSigner
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


@pytest.mark.parametrize(
    "text",
    [
        "",
        WITNESSES,
        WITNESSES + "quorum a\nquorum b",
        WITNESSES + "quorum d",
        WITNESSES + "group g 4 a b c\nquorum g",
        WITNESSES + "group g 0 a b\nquorum g",
        WITNESSES + "group g any a a\nquorum g",
        WITNESSES + "group g any a b\ngroup h 2 g a\nquorum h",
        WITNESSES + "group g any a b\ngroup h any a c\ngroup i all g h\nquorum i",
        WITNESSES + "group g any h\nquorum g",
        WITNESSES + f"witness d {A.vkey}\nquorum a",
        WITNESSES + f"witness a {LOG.vkey}\nquorum a",
        f"log {A.vkey}\nquorum none",
        "quorums none",
        "group none any a",
    ],
)
def test_a_malformed_policy_is_refused(text: str) -> None:
    with pytest.raises(VerificationError):
        parse_policy(text)


def test_a_trust_file_that_contradicts_itself_is_refused() -> None:
    builder = LogBuilder()
    builder.genesis()
    good = json.loads(builder.trust())
    parse_trust(json.dumps(good).encode())
    for change in (
        {"format": "rx-trust/v2"},
        {"origin": "other.example/log"},
        {"log_keys": []},
        {"log_keys": good["log_keys"] * 2},
        {"log_keys": [A.vkey]},
        {"genesis": "zz"},
        {"profile": "test"},
        {"policy": f"log {NoteSigner('log', 7, 1).vkey}\nquorum none"},
        {"note": "x"},
    ):
        with pytest.raises(VerificationError):
            parse_trust(json.dumps({**good, **change}).encode())
    with pytest.raises(VerificationError):
        parse_trust(b'{"format":1,"format":1}')


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
