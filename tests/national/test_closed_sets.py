"""Codes of the national sets, and truths where a number or a name belongs."""

from __future__ import annotations

import pytest

from api.national import MessageError
from tests.national.builders import day_message, drafted

ISSUE = "009-d001.json"
SALE = "013-7206.json"


@pytest.mark.parametrize(
    ("field", "sent", "code"),
    [
        ("bizTypeCode", "2", "02"),
        ("bizTypeCode", 2, "02"),
        ("bizTypeCode", "01", "01"),
        ("rxTypeCode", "03", "3"),
        ("rxTypeCode", "11", "11"),
        ("rxTypeCode", 99, "99"),
    ],
)
def test_a_code_is_read_with_its_zeros_or_without(field: str, sent: str | int, code: str) -> None:
    """`2` was no online business and `03` no emergency: what is asked of 02 and 3 was not asked of them."""
    clinical = drafted("D001", {**day_message(ISSUE), field: sent}).disclosures["clinical"]
    name = {"bizTypeCode": "business_type", "rxTypeCode": "type_code"}[field]
    assert clinical[name] == code  # type: ignore[index,call-overload]


@pytest.mark.parametrize("sent", ["03", "０２", "互联网", "0", "2 1"])
def test_a_business_type_that_is_not_in_the_set_is_told(sent: str) -> None:
    with pytest.raises(MessageError) as raised:
        drafted("D001", {**day_message(ISSUE), "bizTypeCode": sent})
    assert (raised.value.code, raised.value.pointer) == ("CODE_UNKNOWN", "/bizTypeCode")


@pytest.mark.parametrize("sent", ["12", "急诊", "100"])
def test_a_prescription_type_that_is_not_in_the_set_is_told(sent: str) -> None:
    with pytest.raises(MessageError) as raised:
        drafted("D001", {**day_message(ISSUE), "rxTypeCode": sent})
    assert (raised.value.code, raised.value.pointer) == ("CODE_UNKNOWN", "/rxTypeCode")


@pytest.mark.parametrize(
    ("sent", "known"), [("1", True), ("02", True), ("9", True), ("3", False), ("男", False)]
)
def test_the_sex_is_a_code(sent: str, known: bool) -> None:
    message = day_message(ISSUE)
    message["mdtrtinfo"]["gend"] = sent
    if known:
        assert drafted("D001", message).disclosures["patient"]["sex"] == sent[-1]  # type: ignore[index,call-overload]
        return
    with pytest.raises(MessageError) as raised:
        drafted("D001", message)
    assert raised.value.code == "CODE_UNKNOWN"


def test_a_diagnosis_named_where_its_code_belongs_is_told() -> None:
    message = day_message(ISSUE)
    message["diseinfo"][0]["diagCode"] = "高血压"
    with pytest.raises(MessageError) as raised:
        drafted("D001", message)
    assert (raised.value.code, raised.value.pointer) == ("CODE_UNKNOWN", "/diseinfo/0/diagCode")


@pytest.mark.parametrize(
    ("kind", "file", "where", "name"),
    [
        ("D001", ISSUE, "", "valiDays"),
        ("D001", ISSUE, "rxdrugdetail", "drugCnt"),
        ("D001", ISSUE, "mdtrtinfo", "patnName"),
        ("D001", ISSUE, "mdtrtinfo", "patnAge"),
        ("7206", SALE, "selinfo", "sel_retn_cnt"),
    ],
)
def test_a_true_is_no_quantity_and_no_name(kind: str, file: str, where: str, name: str) -> None:
    """It was read as 1: one box was sold, and the patient was a year old."""
    message = day_message(file)
    inner = message[where] if where else message
    (inner[0] if isinstance(inner, list) else inner)[name] = True
    with pytest.raises(MessageError) as raised:
        drafted(kind, message)
    assert raised.value.code == "SCHEMA_TYPE" and raised.value.pointer.endswith(name)


@pytest.mark.parametrize("sent", [True, "true", "1", "是"])
def test_a_true_is_a_yes(sent: bool | str) -> None:
    clinical = drafted("D001", {**day_message(ISSUE), "longRxFlag": sent}).disclosures["clinical"]
    assert clinical["long_term"] is True  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    ("business", "mode", "told"),
    [("02", "video", "video"), ("2", "text", "text"), ("01", "video", "video"), ("01", "", "counter"),
     (None, "counter", "counter")],
)  # fmt: skip
def test_a_told_mode_is_the_mode_and_01_without_one_is_the_counter(
    business: str | None, mode: str, told: str
) -> None:
    message = {**day_message("007-consultation-opened.json"), "bizTypeCode": business, "mode": mode}
    assert drafted("CONSULTATION-OPENED", message).members["mode"] == told


@pytest.mark.parametrize("shown", ["auth_rxno", "epc_token", "download_ide_code"])
def test_a_claim_brings_what_the_patient_has_shown(shown: str) -> None:
    """A pharmacy claimed whatever prescription it knew the number of."""
    message = day_message("011-7203.json")
    number = message.pop("auth_rxno")
    with pytest.raises(MessageError) as raised:
        drafted("7203", message)
    assert (raised.value.code, raised.value.pointer) == ("SCHEMA_REQUIRED", "/auth_rxno")
    told = drafted("7203", {**message, shown: number}).disclosures["identifiers"]
    assert list(told.values()) == [number]  # type: ignore[union-attr]
