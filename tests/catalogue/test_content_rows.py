"""Rows W, K, Q, D and P over HTTP: workflow, trace codes, quantities, times, privacy."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.client.http import Problem
from contracts.statements import base64url, disclosures
from tests.api.serving import REGULATOR
from tests.catalogue.desk import DOCTOR, DOCTOR_SM2, H1, H2, METFORMIN, P1, P2, PATIENT, Desk

ID = "990000195507190221"


def test_w01_dispense_before_review(desk: Desk) -> None:
    desk.refuse(desk.sale(desk.issued(), [desk.code()]), P1, 409, "FLOW_ORDER", entry=True)


def test_w02_deliver_before_dispense(desk: Desk) -> None:
    desk.refuse(desk.act("delivery.handed_over", desk.ready()), P1, 409, "FLOW_ORDER", entry=True)


def test_w03_a_prescription_that_never_was(desk: Desk) -> None:
    desk.refuse(desk.act("prescription.claimed", "0" * 64), P1, 404, "RX_NOT_FOUND", entry=True)


def test_w04_w07_a_used_prescription(desk: Desk) -> None:
    rx = desk.ready()
    desk.commit(desk.sale(rx, [desk.code()]), P1)
    desk.refuse(desk.sale(rx, [desk.code()]), P1, 409, "RX_ALREADY_DISPENSED", entry=True)
    desk.refuse(desk.act("prescription.cancelled", rx), H1, 409, "FLOW_ORDER", entry=True)
    desk.wait(40 * 86_400)  # what was sold here covers the patient no longer in the rows that follow


def test_w05_two_sales_at_the_same_instant(desk: Desk) -> None:
    rx = desk.ready()
    bodies = [desk.sale(rx, [desk.code()]) for _ in range(2)]
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda b=b: answers.append(desk.post(b, P1))) for b in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "RX_ALREADY_DISPENSED"
    desk.wait(40 * 86_400)


def test_w05_two_pharmacies_at_the_same_instant(desk: Desk) -> None:
    """One hands it out; the other learns that it is gone, or that it never held it."""
    rx = desk.ready()
    answers: dict[str, Any] = {}
    sales = {shop: desk.sale(rx, [desk.code()], shop) for shop in (P1, P2)}
    threads = [
        threading.Thread(target=lambda shop=shop: answers.update({shop: desk.post(sales[shop], shop)}))
        for shop in sales
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers[P1].status_code, answers[P2].status_code) == (201, 409)
    assert answers[P2].json()["code"] in ("RX_ALREADY_DISPENSED", "RX_NOT_CLAIMED")
    desk.wait(40 * 86_400)


def test_w05_two_pharmacies_claim_at_the_same_instant(desk: Desk) -> None:
    """A patient sent to two shops at once: one holds the prescription, the other is told so."""
    for _ in range(12):
        rx = desk.issued()
        desk.commit(desk.act("review.hospital", rx), H1)
        size = desk.site.ledger.size
        answers = _at_once(desk, {shop: desk.act("prescription.claimed", rx, shop) for shop in (P1, P2)})
        assert sorted(answer.status_code for answer in answers.values()) == [201, 409]
        winner = next(shop for shop in answers if answers[shop].status_code == 201)
        loser = P2 if winner == P1 else P1
        assert answers[loser].json()["code"] == "RX_DESIGNATED_ELSEWHERE"
        entries = [json.loads(desk.site.ledger.entry(index)) for index in (size, size + 1)]
        assert desk.site.ledger.size == size + 2
        assert [entry["refused"]["codes"] for entry in entries if "refused" in entry] == [
            ["RX_DESIGNATED_ELSEWHERE"]
        ]
        for shop, status in ((winner, 200), (loser, 404)):
            found = desk.site.http.get(f"/v1/prescriptions/{rx}", headers=desk.site.bearer(shop))
            assert found.status_code == status, "only who holds it reads it"


def _at_once(desk: Desk, bodies: dict[str, bytes]) -> dict[str, Any]:
    """The answers to one body of each organisation, sent when all threads stand ready."""
    ready = threading.Barrier(len(bodies))

    def send(shop: str) -> Any:
        headers = {"content-type": "application/json", **desk.site.bearer(shop)}
        ready.wait(20)
        return desk.site.http.post("/v1/statements", content=bodies[shop], headers=headers)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return dict(zip(bodies, pool.map(send, bodies), strict=True))


def test_w06_dispense_after_cancel(desk: Desk) -> None:
    rx = desk.ready()
    desk.commit(desk.act("prescription.cancelled", rx), H1)
    desk.refuse(desk.sale(rx, [desk.code()]), P1, 409, "RX_CANCELLED", entry=True)


def test_w08_another_hospitals_cancel(desk: Desk) -> None:
    body = desk.act("prescription.cancelled", desk.issued(), by=(H2, DOCTOR_SM2))
    desk.refuse(body, H2, 403, "ORG_SCOPE", entry=True)


def test_w09_after_a_rejecting_review(desk: Desk) -> None:
    rx = desk.issued()
    desk.commit(desk.act("review.hospital", rx, decision="refused"), H1)
    desk.refuse(desk.sale(rx, [desk.code()]), P1, 409, "REVIEW_REJECTED", entry=True)


def test_w10_what_another_pharmacy_holds(desk: Desk) -> None:
    rx = desk.ready()
    desk.refuse(desk.sale(rx, [desk.code()], P2), P2, 409, "RX_NOT_CLAIMED", entry=True)
    desk.refuse(desk.act("prescription.claimed", rx, P2), P2, 409, "RX_DESIGNATED_ELSEWHERE", entry=True)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("8990002000000000001", id="K01"),
        pytest.param("８９９０００２０００００００００００１２", id="K02"),
        pytest.param("8990002O000000000001", id="K04"),
        pytest.param("6901234567892", id="K05"),
    ],
)
def test_k01_to_k05_what_is_no_trace_code(desk: Desk, code: str) -> None:
    told = desk.refuse(desk.sale(desk.ready(), [code]), P1, 422, "TRACE_FORMAT", entry=True)
    assert told["class"] == "DATA_QUALITY"


def test_k03_a_line_break_is_no_digit(desk: Desk) -> None:
    # A control character is refused by strict JSON already, before anybody asks what it stands in.
    desk.refuse(desk.sale(desk.ready(), [desk.code() + "\n"]), P1, 400, "JSON_CONTROL_CHAR", entry=False)


def test_k06_a_code_sold_elsewhere(desk: Desk) -> None:
    code = desk.code()
    desk.commit(desk.sale(desk.ready(), [code]), P1)
    desk.wait(40 * 86_400)
    body = desk.sale(desk.ready(P2), [code], P2)
    desk.refuse(body, P2, 409, "TRACE_ALREADY_DISPENSED", entry=True)


def test_k07_a_code_twice_in_one_sale(desk: Desk) -> None:
    code = desk.code()
    body = desk.sale(desk.ready(), [code, code], line={"quantity": "1"})
    desk.refuse(body, P1, 422, "TRACE_DUPLICATE_IN_EVENT", entry=True)


@pytest.mark.parametrize(
    ("line", "code", "entry"),
    [
        pytest.param({"quantity": "0"}, "QTY_RANGE", True, id="Q01"),
        pytest.param({"quantity": "-1"}, "QTY_RANGE", True, id="Q01b"),
        pytest.param({"quantity": "1e1000000"}, "QTY_FORMAT", False, id="Q02"),
        pytest.param({"quantity": "NaN"}, "QTY_FORMAT", False, id="Q03"),
        pytest.param({"quantity": "Infinity"}, "QTY_FORMAT", False, id="Q03b"),
        pytest.param({"quantity": "1_000"}, "QTY_FORMAT", False, id="Q04"),
        pytest.param({"quantity": " 1 "}, "QTY_FORMAT", False, id="Q04b"),
        pytest.param({"quantity": "+1"}, "QTY_FORMAT", False, id="Q04c"),
        pytest.param({"quantity": "1."}, "QTY_FORMAT", False, id="Q04d"),
        pytest.param({"quantity": "01"}, "QTY_FORMAT", False, id="Q04e"),
        pytest.param({"quantity": "１２"}, "QTY_FORMAT", False, id="Q05"),
        pytest.param({"quantity": "0.33333333333"}, "QTY_PRECISION", False, id="Q06"),
        pytest.param({"unit": "盒子"}, "UNIT_UNKNOWN", True, id="Q07"),
        pytest.param({"unit": "㎎"}, "UNIT_NOT_NORMALISED", True, id="Q08"),
        pytest.param({"unit": "µg"}, "UNIT_NOT_NORMALISED", True, id="Q08b"),
    ],
)
def test_q_quantities_and_units(desk: Desk, line: dict[str, str], code: str, entry: bool) -> None:
    desk.refuse(desk.issue(line=line), H1, 422, code, entry)


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        pytest.param("9" * 10 + "." + "0" * 13, "QTY_PRECISION", id="24-characters"),
        pytest.param("9" * 10 + "." + "0" * 14, "QTY_FORMAT", id="25-characters"),
        pytest.param("9" * 11, "QTY_FORMAT", id="11-digits"),
        pytest.param("0.3333333", "QTY_PRECISION", id="7-decimals"),
    ],
)
def test_q02_a_quantity_past_a_limit(desk: Desk, quantity: str, code: str) -> None:
    desk.refuse(desk.issue(line={"quantity": quantity}), H1, 422, code, entry=False)


@pytest.mark.parametrize("quantity", ["9" * 10, "1.000000", "0.000001"])
def test_q02_a_quantity_at_a_limit_is_a_number(desk: Desk, quantity: str) -> None:
    """Whatever the rules say of so much, it was read: no code of format or precision."""
    answer = desk.post(desk.issue(line={"quantity": quantity}), H1)
    assert not {"QTY_FORMAT", "QTY_PRECISION", "QTY_RANGE"} & set(answer.json().get("codes", [])), answer.text


@pytest.mark.parametrize(
    "time",
    [
        pytest.param("2026-02-30T00:00:00Z", id="D01"),
        pytest.param("2027-01-01T00:00:00", id="D02"),
        pytest.param("20270101T000000Z", id="D03"),
        pytest.param("2027-W01-1T00:00:00Z", id="D03b"),
        pytest.param("2027-01-01T00:00:00,5Z", id="D03c"),
        pytest.param("2027-01-01T23:59:60Z", id="D04"),
        pytest.param("2027-01-01T00:00:00+08:00", id="D05"),
        pytest.param("2027-01-01T00:00:00+25:00", id="D05b"),
    ],
)
def test_d01_to_d05_a_time_that_is_none(desk: Desk, time: str) -> None:
    desk.refuse(desk.rulebook(effective_from=time), REGULATOR, 422, "TIME_FORMAT", entry=False)


def test_d06_claimed_ten_minutes_ahead(desk: Desk) -> None:
    desk.refuse(desk.issue(shift_s=600), H1, 422, "TIME_SKEW", entry=True)


@pytest.mark.parametrize("text", [pytest.param(ID, id="P01"), pytest.param("13912345678", id="P02")])
def test_p01_p02_a_personal_number_in_public(desk: Desk, text: str) -> None:
    origin = {"authorship": "human_with_assist", "assist": [{"kind": "dose_check", "tool": text}]}
    desk.refuse(desk.issue(members={"origin": origin}), H1, 422, "PII_IN_PUBLIC_FIELD", entry=False)


def test_p03_a_patients_name_as_a_public_member(desk: Desk) -> None:
    body = desk.issue(members={"patient_name": "白芷若"})
    desk.refuse(body, H1, 422, "SCHEMA_UNKNOWN_FIELD", entry=False)


def _with_disclosures(desk: Desk, change: Any) -> bytes:
    """A prescription whose disclosures are changed before it is signed."""
    body = desk.issue()
    envelope = json.loads(body)
    given = envelope["signatures"][0]["header"]["disclosures"]
    changed = change([json.loads(base64url.decode(one)) for one in given])
    encoded = [disclosures.make(group, value, base64url.decode(salt)) for salt, group, value in changed]
    envelope["signatures"][0]["header"]["disclosures"] = encoded
    digests = [disclosures.digest(one) for one in encoded]
    filler = [base64url.encode(bytes([n]) * 32) for n in range(8 - len(digests))]

    def put(payload: Any) -> None:
        payload["_sd"] = sorted(digests + filler)

    return desk.resign(json.dumps(envelope).encode(), H1, DOCTOR, put)


def test_p04_a_short_salt(desk: Desk) -> None:
    def shorten(given: list[Any]) -> list[Any]:
        given[0][0] = base64url.encode(b"12345678")
        return given

    # The presence was made over other bytes: it is looked at before disclosures are (interface §4).
    desk.refuse(_without_presence(_with_disclosures(desk, shorten)), H1, 422, "COMMIT_SALT", entry=True)


def test_p05_one_salt_for_two_groups(desk: Desk) -> None:
    def share(given: list[Any]) -> list[Any]:
        given[1][0] = given[0][0]
        return given

    body = _without_presence(_with_disclosures(desk, share))
    desk.refuse(body, H1, 422, "COMMIT_SALT_REUSED", entry=True)


def _without_presence(body: bytes) -> bytes:
    envelope = json.loads(body)
    envelope["signatures"][0]["header"].pop("presence", None)
    return json.dumps(envelope).encode()


def test_p06_an_opening_that_is_not_the_commitment(desk: Desk) -> None:
    envelope = json.loads(desk.issue())
    given = envelope["signatures"][0]["header"]["disclosures"]
    salt, group, value = json.loads(base64url.decode(given[0]))
    value["name"] = "别人"
    given[0] = disclosures.make(group, value, base64url.decode(salt))
    desk.refuse(json.dumps(envelope).encode(), H1, 422, "COMMIT_MISMATCH", entry=True)


def test_p06b_an_opening_twice(desk: Desk) -> None:
    envelope = json.loads(desk.issue())
    given = envelope["signatures"][0]["header"]["disclosures"]
    given.append(given[0])
    desk.refuse(json.dumps(envelope).encode(), H1, 422, "COMMIT_SALT_REUSED", entry=True)


def test_p07_a_role_without_a_part_sees_no_diagnosis(desk: Desk) -> None:
    rx = desk.ready()
    seen = desk.site.http.get(f"/v1/prescriptions/{rx}", headers=desk.site.bearer(P1)).json()
    assert "contact" not in seen["disclosures"] and PATIENT in json.dumps(seen["disclosures"]["identity"])


def test_p07_a_courier_learns_nothing_of_packs_or_prescriptions(desk: Desk) -> None:
    rx = desk.ready()
    courier = desk.courier()
    size, before = desk.site.ledger.size, desk.state_of_witness()
    with pytest.raises(Problem) as refused:
        courier._call("POST", "/v1/trace-codes:lookup", b'{"codes":["89900020000000000001"]}')
    assert (refused.value.status, refused.value.code) == (403, "FIELD_FORBIDDEN")
    for call in (
        lambda: courier.get(f"/v1/prescriptions/{rx}"),
        lambda: courier.find_prescription({"hiRxno": "1"}),
    ):
        with pytest.raises(Problem) as hidden:
            call()
        assert (hidden.value.status, hidden.value.code) == (404, "RX_NOT_FOUND")
        assert "E11.900" not in str(vars(hidden.value)), "no diagnosis in the refusal"
    assert (desk.site.ledger.size, desk.state_of_witness()) == (size, before), "asking writes nothing"


def test_p08_a_foreign_prescription_is_not_there(desk: Desk) -> None:
    rx = desk.ready()
    for path in (rx, "0" * 64):
        found = desk.site.http.get(f"/v1/prescriptions/{path}", headers=desk.site.bearer(P2))
        assert (found.status_code, found.json()["code"]) == (404, "RX_NOT_FOUND")


def test_nothing_of_a_patient_stands_in_the_log(desk: Desk) -> None:
    for index in range(desk.site.ledger.size):
        entry = desk.site.ledger.entry(index)
        payload = b""
        if b'"statement"' in entry:
            payload = base64url.decode(json.loads(entry)["statement"]["payload"])
        for secret in (PATIENT.encode(), "白芷若".encode(), METFORMIN.encode() + b'","quantity'):
            assert secret not in entry + payload
