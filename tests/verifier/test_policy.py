"""Policies and trust files: the reader's own file must not be read more kindly than it says."""

from __future__ import annotations

import json

import pytest

from tests.verifier.builder import LogBuilder, NoteSigner
from verifier.errors import VerificationError
from verifier.policy import parse_policy
from verifier.trust import parse_trust

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
