"""What the national messages have no field for: who vouches for something."""

from __future__ import annotations

import pytest

from api.national import MessageError
from tests.national.builders import day_message, drafted


def test_a_declared_reason_brings_its_countersigner() -> None:
    message = day_message("116-7206.json")
    declared = {"reason": "clinical_need", "evidence": "E", "until": "20260420"}
    message["extension"]["exemption"] = {**declared, "countersigner": "YS990000000003"}
    found = drafted("7206", message).disclosures["exemption"]
    assert found == {**declared, "until": "2026-04-20", "countersigner": "YS990000000003"}


@pytest.mark.parametrize("until", ["2026-02-30", "20260230", "月底", "2026-13-01"])
def test_a_day_that_does_not_exist_is_a_typing_error_and_no_suspicion(until: str) -> None:
    """The reason lifted nothing, and the patient was suspected of buying too early."""
    message = day_message("116-7206.json")
    message["extension"]["exemption"] = {"reason": "travel", "evidence": "E", "until": until}
    with pytest.raises(MessageError) as raised:
        drafted("7206", message)
    assert (raised.value.code, raised.value.field) == ("TIME_FORMAT", "extension/exemption/until")


def test_an_evaluation_is_a_name_a_day_and_what_the_patient_signed() -> None:
    message = day_message("009-d001.json")
    evaluated = {"by": "D990000000002", "on": "2026-03-01", "consent": "c" * 64}
    message["extension"] |= {"evaluated": evaluated, "evaluation": "稳定"}
    found = drafted("D001", message).disclosures["clinical"]
    assert isinstance(found, dict)
    assert (found["evaluated"], found["evaluation"]) == (evaluated, "稳定")


def test_what_a_prescription_is_paid_by_comes_along_as_the_centre_codes_it() -> None:
    """`rxExraAttrCode` says which prescription is dual-channel; it was left behind."""
    message = day_message("009-d001.json")
    found = drafted("D001", message).disclosures["clinical"]
    assert isinstance(found, dict) and found["extra_attribute"] == message["rxExraAttrCode"] == "02"
    del message["rxExraAttrCode"]
    assert "extra_attribute" not in str(drafted("D001", message).disclosures["clinical"])


def test_a_diagnosis_is_confirmed_after_a_second_look() -> None:
    message = day_message("009-d001.json")
    message["diagnosisConfirmed"] = "已核对身份证，病理证实"
    found = drafted("D001", message).disclosures["clinical"]
    assert isinstance(found, dict) and found["diagnosis_confirmed"] == "已核对身份证，病理证实"


@pytest.mark.parametrize(
    "rows",
    [[{"diagCode": "E11.900", "diagName": "2型糖尿病"}], {"code": "E11.900", "name": "2型糖尿病"}],
)
def test_a_consultation_tells_what_the_earlier_record_says(rows: object) -> None:
    message = {**day_message("007-consultation-opened.json"), "priorDiagnoses": rows}
    found = drafted("CONSULTATION-OPENED", message).disclosures["clinical"]
    assert found == {"first_visit": False, "prior_diagnoses": [{"code": "E11.900", "name": "2型糖尿病"}]}


def test_a_line_says_why_its_dose_is_above_the_label() -> None:
    message = day_message("009-d001.json")
    message["rxdrugdetail"][0]["doseConfirmed"] = "体重120kg"
    (line,) = drafted("D001", message).disclosures["lines"]  # type: ignore[misc]
    assert isinstance(line, dict) and line["dose_confirmed"] == "体重120kg"
