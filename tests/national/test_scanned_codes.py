"""Trace codes of a row, in the shapes that messages have them, and as they were scanned."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.national.builders import day_message, drafted

SALE = "013-7206.json"


def test_several_packs_of_a_row_may_stand_in_a_child_list_or_behind_commas() -> None:
    message = day_message(SALE)
    row = message["selinfo"][0]
    row["sel_retn_cnt"] = "2.0000"
    row["drug_trac_codg"] = "89900010000000000001,89900010000000000002"
    behind_commas: Any = drafted("7206", message).disclosures["codes"]
    del row["drug_trac_codg"]
    row["drugtracinfo"] = [{"drug_trac_codg": f"8990001000000000000{n}"} for n in (1, 2)]
    in_a_list: Any = drafted("7206", message).disclosures["codes"]
    assert behind_commas == in_a_list
    assert [(code["line"], code["lot"]) for code in in_a_list] == [(0, "L2026A")] * 2
    assert {code["expiry"] for code in in_a_list} == {"2028-12-31"}


@pytest.mark.parametrize("between", [",", ", ", " , ", ";", "\uff0c", "\uff1b", "\u3001", "|", " ", "\n"])
def test_codes_stand_behind_the_separators_that_people_type(between: str) -> None:
    message = day_message(SALE)
    message["selinfo"][0]["drug_trac_codg"] = f" 89900010000000000001{between}89900010000000000002 "
    codes: Any = drafted("7206", message).disclosures["codes"]
    assert [one["code"] for one in codes] == ["89900010000000000001", "89900010000000000002"]


@pytest.mark.parametrize(
    "scan",
    ["89900010000000000001\n", "8990001 0000000000001", "\t8990001000000000001", "89900010000000000001\x1d"],
)
def test_what_a_scanner_added_is_not_guessed_away(scan: str) -> None:
    """K03: a code with a line break was sold as if somebody had looked at it; no statement holds a break."""
    message = day_message(SALE)
    for value in (scan, [scan]):
        message["selinfo"][0]["drug_trac_codg"] = value
        codes: Any = drafted("7206", message).disclosures["codes"]
        assert [one["code"] for one in codes] == [re.sub(r"[\n\t\x1d]", " ", scan)]


def test_a_single_row_sent_as_an_object_is_a_row() -> None:
    message = day_message(SALE)
    message["selinfo"] = message["selinfo"][0]
    assert len(drafted("7206", message).disclosures["lines"]) == 1  # type: ignore[arg-type]
