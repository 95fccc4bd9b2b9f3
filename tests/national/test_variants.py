"""The shapes that the national interface allows beside those of the sandbox's day."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from typing import Any

import pytest

from api.national import ConsultationLink, MessageError, kind_of, numbers_of
from tests.national.builders import LEAF, OPENED, EverythingKnown, day_message, drafted

ISSUE = "009-d001.json"
SALE = "013-7206.json"


def _issue(**extension: Any) -> dict[str, Any]:
    message = day_message(ISSUE)
    message["extension"].update(extension)
    return message


def test_decimals_sent_as_json_numbers_keep_every_digit() -> None:
    body = json.dumps(day_message(ISSUE)).replace('"28.00"', "28.00").replace('"3"', "3").encode()
    draft = drafted("D001", body)
    assert draft.disclosures["lines"][0]["days"] == "28.00"  # type: ignore[index,call-overload]
    assert draft.members["validity_days"] == 3


def test_a_close_before_its_opening_is_told_to_send_the_opening() -> None:
    """It was told to check the address of a call that its sender never made."""
    lookups = EverythingKnown()
    lookups.link = None
    with pytest.raises(MessageError) as unopened:
        drafted("CONSULTATION-CLOSED", day_message("008-consultation-closed.json"), lookups)
    assert unopened.value.code == "CONSULT_NOT_OPEN"
    opening = "mdtrtId is of no consultation that this hospital opened on the ledger: send its opening first"
    assert unopened.value.sentence() == opening
    assert unopened.value.sentence("zh") == "mdtrtId：未对应本院已入账的问诊。请先发送该问诊的开始报文"


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        ({"mdtrtinfo": {"mdtrtId": "M1"}, "extension": {"hiRxno": "HI1"}}, {"mdtrtId M1", "hiRxno HI1"}),
        ({"infno": "3505A", "input": {"selinfoDetail": [{"rxno": "HI1"}, {"rxno": ""}]}}, {"hiRxno HI1"}),
        ({"hosp_rxno": 17, "patnName": "M1"}, {"hospRxno 17"}),
        (b'{"mdtrtId": "M1", "hi_rxno" : 17, "certno": "x", "closed": "2026-0', {"mdtrtId M1", "hiRxno 17"}),
        (b"\xff", set()),
    ],
)
def test_a_message_belongs_to_the_numbers_that_it_names(message: Any, numbers: set[str]) -> None:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    assert {f"{kind} {number}" for kind, number in numbers_of(body)} == numbers


def test_a_corrected_message_names_the_refusal_that_it_answers() -> None:
    assert drafted("D001", _issue(corrects="ab" * 32)).corrects == "ab" * 32
    assert drafted("D001", _issue()).corrects is None
    with pytest.raises(MessageError) as wrong:
        drafted("D001", _issue(corrects="the first one"))
    assert (wrong.value.code, wrong.value.field) == ("SCHEMA_TYPE", "extension/corrects")


@pytest.mark.parametrize("envelope", ["input", "data", "text"])
def test_a_message_inside_a_transport_envelope_is_the_same_message(envelope: str) -> None:
    inner: Any = day_message(SALE)
    outer = {"infno": "7206", "msgid": "P99000000001202603020920200001"}
    if envelope == "text":
        outer |= {"data": json.dumps(inner)}
    else:
        outer |= {envelope: inner}
    assert drafted("7206", outer).disclosures["lines"] == drafted("7206", inner).disclosures["lines"]


def test_what_a_download_answered_completes_its_request() -> None:
    lookups = EverythingKnown()
    asked = {"auth_rxno": "ONCE1", "fixmedins_code": "P99000000001"}
    answered = {"hiRxno": "HI1", "fixmedinsCode": "H99000000001", "rxdrugdetail": []}
    draft = drafted("7203", {"infno": "7203", "input": asked, "output": answered}, lookups)
    assert draft.disclosures["identifiers"] == {"auth_rxno": "ONCE1"}
    assert lookups.asked == [{"hiRxno": "HI1"}]


def test_both_spellings_name_one_field() -> None:
    message = day_message(SALE)
    message["hiRxno"] = message.pop("hi_rxno")
    message["selInfo"] = message.pop("selinfo")
    lookups = EverythingKnown()
    drafted("7206", message, lookups)
    assert lookups.asked == [{"hiRxno": "99000000000000000000000001"}]


def test_two_spellings_that_disagree_are_refused() -> None:
    message = day_message(SALE) | {"hiRxno": "99000000000000000000000002"}
    with pytest.raises(MessageError) as raised:
        drafted("7206", message)
    assert raised.value.code == "JSON_DUPLICATE_KEY"


def test_an_empty_doctor_code_stays_empty_for_the_rule_to_judge() -> None:
    message = day_message(ISSUE)
    message["mdtrtinfo"]["drCode"] = ""
    assert drafted("D001", message).members["prescriber"] == ""


def test_a_person_without_code_is_known_by_certificate() -> None:
    message = day_message("012-7204.json")
    del message["phar_code"]
    message["phar_certno"] = "990000198512303019"
    assert drafted("7204", message).members["reviewer"] == "YS1"


def test_a_person_with_neither_is_an_error_that_names_the_field() -> None:
    message = day_message("012-7204.json")
    del message["rchk_phar_code"], message["rchk_phar_certno"]
    with pytest.raises(MessageError) as raised:
        drafted("7204", message)
    assert raised.value.field == "rchk_phar_code"
    assert "second pharmacist" in raised.value.sentence("en")
    assert "复核药师代码" in raised.value.sentence("zh_CN")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda m: m["mdtrtinfo"].pop("patnAge"), "mdtrtinfo/patnAge"),
        (lambda m: m["mdtrtinfo"].pop("certno"), "mdtrtinfo/certno"),
        (lambda m: m["mdtrtinfo"].pop("fstdiagFlag"), "mdtrtinfo/fstdiagFlag"),
        (lambda m: m.pop("rxdrugdetail"), "rxdrugdetail"),
        (lambda m: m.pop("prscTime"), "prscTime"),
        (lambda m: m.update(prscTime=""), "prscTime"),
        (lambda m: m["rxdrugdetail"][0].pop("medListCodg"), "rxdrugdetail/0/medListCodg"),
        (lambda m: m["rxdrugdetail"][0].update(medcDays=""), "rxdrugdetail/0/medcDays"),
    ],
)
def test_what_is_missing_is_named_with_its_place(change: Any, field: str) -> None:
    message = day_message(ISSUE)
    change(message)
    with pytest.raises(MessageError) as raised:
        drafted("D001", message)
    assert (raised.value.code, raised.value.field) == ("SCHEMA_REQUIRED", field)


def test_an_undeclared_origin_stays_undeclared() -> None:
    message = day_message(ISSUE)
    del message["extension"]["authorship"]
    assert "origin" not in drafted("D001", message).members


def test_assistance_and_guardian_come_from_the_extension_under_lenient_names() -> None:
    draft = drafted(
        "D001",
        _issue(
            authorship="human_with_assist",
            assist={"kind": "dose_check", "deviceRegistration": "R1", "edits": 2},
            guardian={"guardianName": "叶知秋", "certNo": "990000198001010011", "relationship": "母亲"},
        ),
    )
    assert draft.members["origin"] == {
        "authorship": "human_with_assist",
        "assist": [{"kind": "dose_check", "device_registration": "R1", "edits": 2}],
    }
    assert draft.disclosures["identity"]["guardian"] == {  # type: ignore[index,call-overload]
        "name": "叶知秋",
        "certificate_number": "990000198001010011",
        "relation": "母亲",
    }


def test_an_unknown_consultation_leaves_both_links_out_and_an_open_one_the_leaf() -> None:
    lookups = EverythingKnown()
    lookups.link = None
    assert not {"consultation", "after"} & set(drafted("D001", day_message(ISSUE), lookups).members)
    lookups.link = ConsultationLink(OPENED, None)
    assert "after" not in drafted("D001", day_message(ISSUE), lookups).members
    lookups.link = ConsultationLink(OPENED, LEAF)
    assert drafted("D001", day_message(ISSUE), lookups).members["after"] == LEAF


def test_validity_follows_the_end_time_where_the_days_are_not_sent() -> None:
    message = day_message(ISSUE)
    del message["valiDays"]
    assert drafted("D001", message).members["validity_days"] == 3


def test_the_main_diagnosis_stands_in_for_an_absent_list() -> None:
    message = day_message(ISSUE)
    del message["diseinfo"]
    clinical: Any = drafted("D001", message).disclosures["clinical"]
    assert clinical["diagnoses"] == [{"code": "I10.x00", "name": "特发性高血压"}]


@pytest.mark.parametrize(
    "when",
    ["20260302090620", "2026-03-02T09:06:20", "2026/03/02 09:06:20", "2026-03-02T01:06:20Z", "1772413580000"],
)
def test_times_are_read_in_every_written_form(when: str) -> None:
    assert drafted("D001", day_message(ISSUE) | {"prscTime": when}).claimed_time_s == 1772413580


def test_a_prescription_without_its_time_is_not_given_one_of_ours() -> None:
    """A prescription of yesterday was stamped with the second at which it was imported."""
    message = day_message(ISSUE)
    del message["prscTime"]
    with pytest.raises(MessageError) as raised:
        drafted("D001", message)
    assert raised.value.sentence("en") == (
        "prscTime is missing: give the time of the prescription in the D001 message"
    )
    assert "开方时间" in raised.value.sentence("zh")


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(MessageError) as raised:
        drafted("D001", day_message(ISSUE) | {"prscTime": "2026-02-30 09:00:00"})
    assert raised.value.code == "TIME_FORMAT"


def test_a_sale_without_any_trace_code_names_the_field_and_an_empty_one_goes_to_the_rule() -> None:
    message = day_message(SALE)
    message["selinfo"][0]["drug_trac_codg"] = ""
    codes: Any = drafted("7206", message).disclosures["codes"]
    assert codes[0]["code"] == ""
    del message["selinfo"][0]["drug_trac_codg"]
    with pytest.raises(MessageError) as raised:
        drafted("7206", message)
    assert raised.value.field == "selinfo/0/drug_trac_codg"


def test_rows_of_two_prescriptions_are_refused_and_other_goods_left_out() -> None:
    message = day_message("014-3505a.json")
    other = dict(message["selinfoDetail"][0], rxno="99000000000000000000000009")
    with pytest.raises(MessageError) as raised:
        drafted("3505A", message | {"selinfoDetail": [message["selinfoDetail"][0], other]})
    assert raised.value.field == "selinfoDetail/1/rxno"
    other = {"med_list_codg": "X", "sel_retn_cnt": "1", "rx_flag": "0", "drug_trac_codg": "1"}
    draft = drafted("3505A", message | {"selinfoDetail": [message["selinfoDetail"][0], other]})
    assert len(draft.disclosures["lines"]) == 1  # type: ignore[arg-type]


def test_a_return_counts_upwards_and_has_left_the_shop_unless_it_says_no() -> None:
    message = day_message("080-3506a.json")
    message["selinfoDetail"][0]["sel_retn_cnt"] = "-1.0000"
    assert drafted("3506A", message).members["left_shop"] is False
    del message["extension"]
    draft = drafted("3506A", message)
    assert draft.members["left_shop"] is True
    assert draft.disclosures["lines"][0]["quantity"] == "1.0000"  # type: ignore[index,call-overload]


@pytest.mark.parametrize("expiry", ["20281231", "2028-12", "2028-12-31 00:00:00", "2028/12/31", "2028年12月"])
def test_expiry_dates_are_read_in_every_written_form(expiry: str) -> None:
    message = day_message("005-3503.json")
    message["drugtracinfo"] = [dict(message["drugtracinfo"][0], expy_end=expiry)]
    codes: Any = drafted("3503", message).disclosures["codes"]
    assert codes[0]["expiry"] == "2028-12-31"


def test_stock_may_be_sent_as_rows_with_their_codes_inside() -> None:
    message = day_message("005-3503.json")
    row = {"med_list_codg": "X", "manu_lotnum": "L1", "expy_end": "2028-12-31", "spler_name": "S"}
    codes = [{"drug_trac_codg": "89900010000000000001"}]
    message = {"infno": "3503", "purcinfoDetail": [row | {"drugtracinfo": codes}]}
    assert drafted("3503", message).disclosures["codes"] == [
        {"code": "89900010000000000001", "drug": "X", "lot": "L1", "expiry": "2028-12-31"}
    ]


@pytest.mark.parametrize(
    ("opinion", "status", "decision"),
    [
        ("剂量过大,不同意", None, "refused"),
        ("患者拒绝注射,改口服,同意", None, "approved"),
        ("无不同意见", None, "approved"),
        ("同意诊断,剂量过大,退回", None, "refused"),
        ("同意", "2", "refused"),
        ("剂量偏大", "01", "approved"),
        (None, None, "approved"),
    ],
)
def test_hospital_review_follows_status_then_opinion(opinion: str, status: str, decision: str) -> None:
    message = day_message("010-d003.json") | {"pharChkOpnn": opinion, "rxChkStasCodg": status}
    assert drafted("D003", message).members["decision"] == decision


def test_a_cancel_names_its_reason_and_falls_back_to_the_hospital_number() -> None:
    lookups = EverythingKnown()
    message = {"hospRxno": "990000RX0001", "undoRea": "重复开具", "undoTime": "2026-03-02 10:00:00"}
    draft = drafted("D004", message, lookups)
    assert (draft.type, lookups.asked) == ("prescription.cancelled", [{"hospRxno": "990000RX0001"}])


def test_kinds_are_known_without_a_transaction_number() -> None:
    for name in ("009-d001", "010-d003", "013-7206", "001-duty", "007-consultation-opened"):
        message = day_message(f"{name}.json")
        assert kind_of(json.dumps(message).encode()).lower() == name[4:]


def _file(content: bytes) -> Any:
    return drafted("D003", day_message("010-d003.json") | {"rxFile": base64.b64encode(content).decode()})


def test_the_aigc_mark_is_found_in_plain_packed_and_zipped_metadata() -> None:
    mark = b'{"Label":"1","ContentProducer":"990000VENDOR1"}'
    packed = zlib.compress(b"<< /AIGC (" + mark + b") >>")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("OFD.xml", b"<CustomData Name='AIGC'>" + mark + b"</CustomData>")
    for content in (
        b"%PDF-1.4 /AIGC (" + mark + b")\n",
        b"%PDF-1.4\nstream\n" + packed + b"\nendstream",
        archive.getvalue(),
        b"%PDF /Info \xfe\xff" + ("AIGC" + mark.decode()).encode("utf-16-be"),
    ):
        assert "990000VENDOR1" in _file(content).disclosures["file"]["aigc"]
    assert "aigc" not in _file(b"%PDF-1.4 synthetic").disclosures["file"]


def test_a_file_that_is_not_base64_is_refused() -> None:
    with pytest.raises(MessageError) as raised:
        drafted("D003", day_message("010-d003.json") | {"rxFile": "%%%"})
    assert raised.value.code == "B64_INVALID"


@pytest.mark.parametrize(
    ("named", "refused"), [("YS990000000002", True), ("YS990000000001", False), ("", False)]
)
def test_nobody_opens_duty_for_somebody_else(named: str, refused: bool) -> None:
    """Signed by a colleague it was the colleague's, and whoever was named heard that all is well."""
    message = day_message("001-duty.json") | {"pharCode": named}
    if not refused:
        assert drafted("DUTY", message).members["site"] == message["fixmedinsCode"]
        return
    with pytest.raises(MessageError) as raised:
        drafted("DUTY", message)
    assert (raised.value.code, raised.value.field) == ("SIGNERS_MISMATCH", "pharCode")
    assert "does not sign" in raised.value.sentence() and "签名" in raised.value.sentence("zh")


def test_the_channel_of_a_consultation_is_among_its_numbers() -> None:
    message = day_message("007-consultation-opened.json")
    assert "channel" not in drafted("CONSULTATION-OPENED", message).disclosures["identifiers"]  # type: ignore[operator]
    message["extension"] = {**message.get("extension", {}), "channel": "APP-1"}
    told = drafted("CONSULTATION-OPENED", message).disclosures["identifiers"]
    assert told["channel"] == "APP-1"  # type: ignore[index,call-overload]


def test_of_a_region_the_log_gets_the_province_alone() -> None:
    assert "region" not in drafted("D001", _issue()).members
    for region in ("51", "5107", "510700"):
        assert drafted("D001", _issue(region=region)).members["region"] == "51"
