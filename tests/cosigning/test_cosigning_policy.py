"""The witness policy: what it says, and that both readers of it agree."""

from __future__ import annotations

import pytest

from api.witnesses.policy import (
    COSIGNATURE_V1,
    ED25519,
    PolicyError,
    parse_key,
    parse_policy,
    parse_witness,
    quorum_of,
)
from tests.cosigning.witnesses import GrowingLog, WitnessDouble
from verifier.policy import parse_policy as parse_as_verifier

LOG = "ledger.example/rx-2026+9158b5b0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
WITNESS = "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"


def test_reference_keys_are_read_and_written_to_the_byte() -> None:
    assert parse_key(LOG, ED25519).text == LOG
    assert parse_key(WITNESS, COSIGNATURE_V1).text == WITNESS


@pytest.mark.parametrize(
    "vkey",
    ["", "a+b", LOG[:-1], LOG.replace("9158b5b0", "9158b5b1"), LOG.replace("b5b0", "B5B0"), WITNESS],
)
def test_a_malformed_log_key_is_refused(vkey: str) -> None:
    with pytest.raises(PolicyError):
        parse_key(vkey, ED25519)


def test_the_written_policy_reads_back_and_the_verifier_reads_the_same() -> None:
    doubles = [WitnessDouble(name, seed) for name, seed in (("a", 2), ("b", 3), ("c", 4))]
    policy = quorum_of(GrowingLog().key, [one.witness for one in doubles])
    assert policy == parse_policy(policy.text)
    verifier = parse_as_verifier(policy.text)
    assert [key.text for key in verifier.logs] == [policy.log.text]
    for signed in ([], ["a"], ["a", "b"], ["a", "b", "c"]):
        keys = [verifier.witnesses[name] for name in signed]
        assert policy.is_met(signed) == verifier.is_met(keys) == (len(signed) >= 2)


def test_without_witnesses_the_quorum_is_none() -> None:
    policy = quorum_of(GrowingLog().key, [])
    assert policy.text.endswith("quorum none\n")
    assert policy.is_met([])


@pytest.mark.parametrize("needed", [0, 2, -1])
def test_an_impossible_quorum_is_refused(needed: int) -> None:
    with pytest.raises(PolicyError):
        quorum_of(GrowingLog().key, [WitnessDouble("a", 2).witness], needed)


def test_groups_of_groups_count() -> None:
    text = (
        f"log {LOG}\nwitness a {WITNESS}\nwitness b {WitnessDouble('b', 3).key.text}\n"
        f"witness c {WitnessDouble('c', 4).key.text}\n"
        "group pair any a b\ngroup both all pair c\nquorum both\n"
    )
    policy = parse_policy(text)
    assert policy.is_met(["b", "c"])
    assert not policy.is_met(["a", "b"])


@pytest.mark.parametrize(
    "line",
    [
        "quorum nobody",
        f"witness two {WITNESS}\nquorum none",
        f"witness a {WitnessDouble('b', 3).key.text}\nquorum none",
        "group g 2 a\nquorum g",
        "group g any a a\nquorum g",
        "group g any a\ngroup h all g a\nquorum h",
        f"log {LOG}\nquorum none",
        "quorum none\nquorum none",
        "banana\nquorum none",
        f"witness b {LOG}\nquorum none",
        f"witness b {WitnessDouble('b', 3).key.text} ftp://host/\nquorum none",
        "",
    ],
)
def test_a_malformed_policy_is_refused(line: str) -> None:
    with pytest.raises(PolicyError):
        parse_policy(f"log {LOG}\nwitness a {WITNESS}\n{line}\n")


def test_a_witness_argument_names_key_and_address() -> None:
    witness = parse_witness(f"bureau={WITNESS}@http://127.0.0.1:7381/")
    assert (witness.name, witness.key.text, witness.url) == ("bureau", WITNESS, "http://127.0.0.1:7381")
    assert parse_witness(f"bureau={WITNESS}").url == ""
    for text in (WITNESS, f"={WITNESS}", f"a b={WITNESS}", f"bureau={WITNESS}@localhost:80", f"bureau={LOG}"):
        with pytest.raises(PolicyError):
            parse_witness(text)
