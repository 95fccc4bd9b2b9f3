"""Every refusal for data alone proposes a correction or says why it cannot (S47): in the table of codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from api import words
from api.client.signing import build
from api.sandbox.stage import ORIGIN
from contracts.codes import CODES
from contracts.codes.proposals import PROPOSALS
from contracts.rules.catalogue import lines
from contracts.statements.schema import EXPECTED, Boolean, Integer, ListOf, Record
from contracts.types import TYPES
from tests.api.serving import Site

DATA_QUALITY = {code for code, row in CODES.items() if row.class_ == "DATA_QUALITY"}


def test_each_code_of_data_quality_proposes_something_or_says_why_nothing() -> None:
    assert set(PROPOSALS) == DATA_QUALITY


@pytest.mark.parametrize("code", PROPOSALS)
def test_what_is_proposed_is_said_in_both_languages_and_its_members_have_words(code: str) -> None:
    told = PROPOSALS[code]
    assert told.en.endswith(".")
    assert re.search("[一-鿿].*。$", told.zh)
    assert set(told.members) <= words.FACTS.keys()


def test_the_table_is_shown_with_the_rules_and_with_each_code(served: Site) -> None:
    page = "\n".join(lines())
    for code, told in PROPOSALS.items():
        assert told.en in page
        shown = {"members": list(told.members), "en": told.en, "zh": told.zh}
        assert served.http.get(f"/errors/{code}").json()["proposal"] == shown
    html = served.http.get("/errors/QTY_FORMAT", headers={"accept": "text/html"}).text
    assert PROPOSALS["QTY_FORMAT"].zh in html
    assert "proposal" not in served.http.get("/errors/RX_EXPIRED").json()


def test_what_is_expected_has_a_chinese_word() -> None:
    other = [kind.told(None)["expected"] for kind in (Integer(), Boolean(), ListOf(Integer()), Record({}))]
    assert {*EXPECTED.values(), *other} <= words.ROWS.keys()


def test_the_forms_of_texts_all_have_a_name() -> None:
    def forms(kind: object) -> Iterator[str]:
        if isinstance(kind, Record):
            yield from (form for one in kind.kinds.values() for form in forms(one))
        elif isinstance(kind, ListOf):
            yield from forms(kind.item)
        else:
            yield str(getattr(kind, "form", ""))

    kinds = [Record({**type_.members, **type_.groups}) for type_ in TYPES.values()]
    assert {form for kind in kinds for form in forms(kind)} <= EXPECTED.keys()


def test_a_hospital_is_told_the_number_that_it_meant_and_the_log_is_not(
    served: Site, hospital: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Full-width digits in an age: the answer was the member's place alone."""
    doctor, size = served.staff("doctor", hospital), served.ledger.size
    origin = {"authorship": "human"}
    members: dict[str, Any] = {"prescriber": doctor.code, "validity_days": 3, "origin": origin}
    groups: dict[str, Any] = {"identity": {}, "patient": {"age": "７３", "sex": "2"}}
    iat = served.clock.now_ms() // 1000
    body = build("prescription.issued", members, groups, iss=hospital, aud=ORIGIN, iat=iat, signers=[doctor])
    capsys.readouterr()
    found = served.post("/v1/statements", body, hospital).json()
    assert (found["code"], found["pointer"]) == ("QTY_FORMAT", "/patient/age")
    assert found["facts"] == {"expected": "decimal number as text", "proposed": "73"}
    assert served.ledger.size == size
    assert "proposed" not in "".join(capsys.readouterr())


def test_a_statement_type_that_is_nearly_right(served: Site, hospital: str) -> None:
    doctor, iat = served.staff("doctor", hospital), served.clock.now_ms() // 1000
    members = {"type": "prescription.issue"}
    body = build("duty.opened", members, {}, iss=hospital, aud=ORIGIN, iat=iat, signers=[doctor])
    found = served.post("/v1/statements", body, hospital).json()
    assert (found["code"], found["pointer"]) == ("SCHEMA_TYPE", "/type")
    assert found["facts"] == {"proposed": "prescription.issued"}
