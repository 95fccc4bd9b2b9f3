"""A hospital's own drug codes become the national ones while its messages are imported (S46)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.national import Context, MessageError, Profile, convert
from tests.national.builders import EverythingKnown, day_message

METFORMIN, OTHER = "XA10BAA001A001010029999", "XC08CAA001A001010019999"
CODES = {code: code for code in (METFORMIN, OTHER)} | {"L1": METFORMIN}
MAPPED = Context(EverythingKnown(), ("YS990000000001",), Profile(drug_codes=CODES))


def drafted(kind: str, message: dict[str, Any], context: Context = MAPPED) -> dict[str, Any]:
    found: dict[str, Any] = convert(kind, json.dumps(message).encode(), context).disclosures
    return found


def issue(**row: str) -> dict[str, Any]:
    """The day's D001 with a line whose drug is named by `row` alone."""
    message = day_message("009-d001.json")
    line = message["rxdrugdetail"][0]
    for name in ("medListCodg", "fixmedinsHilistId"):
        line.pop(name, None)
    line.update(row)
    return message


@pytest.mark.parametrize(
    "row",
    [
        {"fixmedinsHilistId": "L1"},
        {"medListCodg": "L1"},
        {"medListCodg": METFORMIN},
        {"fixmedinsHilistId": "L1", "medListCodg": METFORMIN},
        {"medinsListCodg": "L1", "medListCodg": ""},
    ],
)
def test_the_hospitals_own_code_becomes_the_national_one(row: dict[str, str]) -> None:
    assert drafted("D001", issue(**row))["lines"][0]["drug"] == METFORMIN


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"fixmedinsHilistId": "L9"}, "rxdrugdetail/0/fixmedinsHilistId"),
        ({"fixmedinsHilistId": "L9", "medListCodg": METFORMIN}, "rxdrugdetail/0/fixmedinsHilistId"),
        ({"medListCodg": "L9"}, "rxdrugdetail/0/medListCodg"),
        ({"fixmedinsHilistId": "L1", "medListCodg": OTHER}, "rxdrugdetail/0/medListCodg"),
    ],
)
def test_a_code_that_is_not_mapped_to_this_drug_is_told_by_field_and_fix(
    row: dict[str, str], field: str
) -> None:
    with pytest.raises(MessageError) as refused:
        drafted("D001", issue(**row))
    assert (refused.value.code, refused.value.field) == ("CODE_UNKNOWN", field)
    told = refused.value.sentence()
    assert told.startswith(f"{field} is not mapped to this drug: correct the ") and "mapping" in told
    assert "映射" in refused.value.sentence("zh")


def test_a_row_without_any_code_is_asked_for_the_national_one() -> None:
    with pytest.raises(MessageError) as refused:
        drafted("D001", issue())
    assert (refused.value.code, refused.value.field) == ("SCHEMA_REQUIRED", "rxdrugdetail/0/medListCodg")


def test_without_a_mapping_the_message_is_taken_as_it_stands() -> None:
    plain = Context(EverythingKnown(), ("YS990000000001",))
    message = issue(fixmedinsHilistId="L9", medListCodg=METFORMIN)
    assert drafted("D001", message, plain)["lines"][0]["drug"] == METFORMIN


def test_stock_and_sales_are_translated_too() -> None:
    code = {"drug_trac_codg": "89920010000000000001", "fixmedins_hilist_id": "L1"}
    stock = {"purcinfo": {"manu_lotnum": "1", "expy_end": "2028-12-31"}, "drugtracinfo": [code]}
    assert drafted("3503", stock)["codes"][0]["drug"] == METFORMIN
    rows = [{"fixmedins_hilist_id": each, "sel_retn_cnt": "1"} for each in ("L1", OTHER)]
    sale = {"rxno": "HI1", "selinfoDetail": rows, "drugtracinfo": [code]}
    found = drafted("3505A", sale)
    assert [line["drug"] for line in found["lines"]] == [METFORMIN, OTHER]
    assert [each["line"] for each in found["codes"]] == [0], "beside the rows: of its drug's line"


def test_other_goods_of_the_same_receipt_need_no_mapping() -> None:
    rows = [{"fixmedins_hilist_id": "L1", "sel_retn_cnt": "1", "rxno": "HI1", "drug_trac_codg": "1"}]
    rows.append({"fixmedins_hilist_id": "PLASTER", "sel_retn_cnt": "1", "rx_flag": "0"})
    assert len(drafted("3505A", {"selinfoDetail": rows})["lines"]) == 1
