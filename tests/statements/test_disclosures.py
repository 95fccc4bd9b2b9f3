"""Disclosures: rows P04 to P06, what matches no digest, and which values become tags."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest

from api.client.signing import Person
from contracts.statements import disclosures
from contracts.tagging import plain_opinion, tagged_values
from tests.statements.world import GROUPS, LINE, World, edited, facts_of, issue, new_world, refusal, resigned


@pytest.fixture(scope="module")
def world() -> World:
    return new_world()


@pytest.fixture(scope="module")
def doctor(world: World) -> Person:
    return world.person("D1")


def opening(body: bytes, change: Any) -> bytes:
    """Return the body after `change` has edited the list of disclosures."""
    return edited(body, lambda e: change(e["signatures"][0]["header"]["disclosures"]))


def salted(salts: tuple[bytes, ...], groups: dict[str, Any], person: Person) -> bytes:
    """Return a prescription whose disclosures have the given salts."""
    given = [disclosures.make(name, groups[name], salt) for name, salt in zip(groups, salts, strict=True)]

    def change(payload: Any) -> None:
        decoys = payload["_sd"][len(given) :]
        payload["_sd"] = sorted([*(disclosures.digest(text) for text in given), *decoys])

    envelope = json.loads(resigned(issue(person), person, change))
    envelope["signatures"][0]["header"]["disclosures"] = given
    return json.dumps(envelope).encode()


def salts(*special: bytes) -> tuple[bytes, ...]:
    """Return one salt for each group, the first ones as given."""
    return (*special, *(bytes([n]) * 16 for n in range(1, len(GROUPS) + 1 - len(special))))


def test_disclosures(world: World, doctor: Person) -> None:
    body = issue(doctor)
    facts_of(salted(salts(), GROUPS, doctor), world)
    cases = {
        "P04": (salted(salts(b"8 bytes."), GROUPS, doctor), "COMMIT_SALT"),
        "P05": (salted(salts(b"s" * 16, b"s" * 16), GROUPS, doctor), "COMMIT_SALT_REUSED"),
        "P06": (
            opening(body, lambda d: d.__setitem__(0, disclosures.make("identity", {}, b"x" * 16))),
            "COMMIT_MISMATCH",
        ),
        "unknown-group": (
            opening(body, lambda d: d.append(disclosures.make("x", 1, b"x" * 16))),
            "COMMIT_MISMATCH",
        ),
        "public-name": (
            opening(body, lambda d: d.append(disclosures.make("iss", "H2", b"x" * 16))),
            "COMMIT_MISMATCH",
        ),
        "group-of-other-type": (
            opening(body, lambda d: d.append(disclosures.make("exemption", {"reason": "x"}, b"x" * 16))),
            "COMMIT_MISMATCH",
        ),
        "twice": (
            opening(body, lambda d: d.append(disclosures.make("patient", {}, b"x" * 16))),
            "COMMIT_MISMATCH",
        ),
        "same-twice": (opening(body, lambda d: d.append(d[0])), "COMMIT_SALT_REUSED"),
    }
    for name, (case, code) in cases.items():
        refused = refusal(case, world)
        assert (refused.code, refused.signers, refused.recordable) == (code, ("D1",), True), name


def test_disclosed_values_have_their_form(world: World, doctor: Person) -> None:
    missing = {name: value for name, value in GROUPS.items() if name != "patient"}
    refused = refusal(issue(doctor, groups=missing), world)
    assert (refused.code, refused.pointer, refused.recordable) == ("SCHEMA_REQUIRED", "/patient", False)
    refused = refusal(issue(doctor, groups={**GROUPS, "lines": [{**LINE, "quantity": "1e9"}]}), world)
    assert (refused.code, refused.pointer) == ("QTY_FORMAT", "/lines/0/quantity")
    refused = refusal(
        issue(doctor, groups={**GROUPS, "patient": {"age": "3", "sex": "1", "name": "x"}}), world
    )
    assert (refused.code, refused.pointer) == ("SCHEMA_UNKNOWN_FIELD", "/patient")


def test_tagged_values() -> None:
    opened: dict[str, Any] = {
        **GROUPS,
        "codes": [{"code": "81000010000000000001", "parent": "81000020000000000001"}, {"code": ""}],
    }
    opened["identifiers"] = {**opened["identifiers"], "authNo": "A1"}
    assert tagged_values(opened) == {
        ("people", "110101199003070011"),
        ("codes", "A1"),
        ("codes", "990000202601010001"),
        ("codes", "RX1"),
        ("codes", "M1"),
        ("codes", "81000010000000000001"),
        ("codes", "81000020000000000001"),
    }
    assert tagged_values({}) == set()


def test_an_opinion_is_tagged_without_blanks_and_punctuation() -> None:
    assert tagged_values({"clinical": {"opinion": " 同 意。"}}) == {("codes", "同意")}
    assert tagged_values({"clinical": {"opinion": "。"}}) == set()
    assert tagged_values({"clinical": {"department": "中医科"}}) == set()


def test_letters_digits_and_signs_of_any_script_stay_in_an_opinion() -> None:
    """Of each character that the tables of this interpreter know to be one, blank or point."""
    common = [chr(point) for first, last in ((0x20, 0x30FF), (0x4E00, 0x4E80), (0xFE10, 0xFF65))
              for point in range(first, last + 1)]
    lost = {sign for sign in common if not plain_opinion(sign)}
    assert not {sign for sign in lost if unicodedata.category(sign)[0] in "LMN"}
    points = {sign for sign in common if sign.isascii() or sign >= "\u3000"}
    kept = {sign for sign in points - lost if unicodedata.category(sign)[0] in "ZCP"}
    assert {sign for sign in kept if unicodedata.category(sign) not in ("Cn", "Co")} <= set("\u30a0")
    assert plain_opinion("血钾<5，血压↑。") == "血钾<5血压↑"


def test_of_evidence_the_numbers_of_documents_are_tagged_and_not_the_words() -> None:
    text = "电子客票 e123456789、发票 24312000000012345678，4月2日 G1234，电话 13800138000"
    found = {("codes", "E123456789"), ("codes", "24312000000012345678")}
    assert tagged_values({"exemption": {"reason": "travel", "evidence": text}}) == found
    assert tagged_values({"exemption": {"reason": "travel"}}) == set()
