"""Submissions over HTTP: what is committed, what is refused, what becomes a refusal entry."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from typing import Any

import pytest

from api.client.signing import Person, build, generate, sign
from api.sandbox.stage import ORIGIN
from tests.api.serving import REGULATOR, Site, payload_of, unsigned


def test_a_committed_statement_is_answered_with_entry_verdict_and_receipt(
    served: Site, hospital: str
) -> None:
    body = served.opening(hospital)
    answer = served.post("/v1/statements", body, hospital)
    found = answer.json()
    assert answer.status_code == 201
    assert set(found) == {"id", "index", "leaf", "entry", "outcome", "verdict", "receipt"}
    entry = base64.b64decode(found["entry"])
    assert found["leaf"] == hashlib.sha256(b"\x00" + entry).hexdigest()
    assert found["verdict"] == json.loads(entry)["verdict"]
    assert found["outcome"] == "accepted"
    assert f"\nindex {found['index']}\n" in found["receipt"]
    assert served.ledger.entry(found["index"]) == entry
    assert served.http.get(f"/v1/receipts/{found['id']}").text.startswith("c2sp.org/tlog-proof@v1\n")


def test_the_committed_payload_again_is_200_with_the_same_place(served: Site, hospital: str) -> None:
    body = served.opening(hospital)
    first = served.post("/v1/statements", body, hospital)
    size = served.ledger.size
    again = served.post("/v1/statements", body, hospital)
    assert (first.status_code, again.status_code) == (201, 200)
    for name in ("id", "index", "leaf", "entry", "receipt"):
        assert again.json()[name] == first.json()[name]
    assert served.ledger.size == size


def test_one_jti_for_other_bytes_is_a_conflict(served: Site, hospital: str) -> None:
    body = served.opening(hospital)
    served.post("/v1/statements", body, hospital)
    payload = {**payload_of(body), "mode": "video"}
    doctor = served.staff("doctor", hospital)
    given = json.loads(body)["signatures"][0]["header"]["disclosures"]
    other = sign(json.dumps(payload).encode(), given, [doctor], False)
    answer = served.post("/v1/statements", other, hospital)
    assert (answer.status_code, answer.json()["code"]) == (409, "IDEMPOTENCY_CONFLICT")


def test_an_unsigned_statement_has_an_author_and_becomes_a_refusal_entry(served: Site, hospital: str) -> None:
    body = unsigned(served.opening(hospital))
    size = served.ledger.size
    answer = served.post("/v1/statements", body, hospital)
    found = answer.json()
    assert (answer.status_code, found["code"], found["class"]) == (422, "SIG_MISSING", "VIOLATION")
    assert found["refusal"]["index"] == size
    refused = json.loads(served.ledger.entry(size))["refused"]
    assert (refused["actor"], refused["codes"], refused["type"]) == (
        hospital,
        ["SIG_MISSING"],
        "consultation.opened",
    )
    assert "signers" not in refused
    again = served.post("/v1/statements", body, hospital)
    assert (again.status_code, "refusal" in again.json()) == (422, False)
    assert served.ledger.size == size + 1


def test_a_flipped_signature_becomes_a_refusal_entry(served: Site, hospital: str) -> None:
    members = json.loads(served.opening(hospital))
    good = members["signatures"][0]["signature"]
    members["signatures"][0]["signature"] = ("A" if good[0] != "A" else "B") + good[1:]
    answer = served.post("/v1/statements", json.dumps(members).encode(), hospital)
    assert (answer.status_code, answer.json()["code"]) == (422, "SIG_INVALID")
    assert answer.json()["pointer"] == "/signatures/0"
    assert "refusal" in answer.json()


def test_a_rule_that_fails_is_named_with_its_sentence(served: Site, hospital: str) -> None:
    doctor = served.staff("doctor", hospital)
    body = build(
        "consultation.closed",
        {"consultation": "a" * 64, "doctor": doctor.code},
        {
            "clinical": {
                "doctor_turns": 3,
                "patient_turns": 3,
                "unread_patient_messages": 0,
                "drug_chosen_before_consultation": False,
            },
            "identifiers": {"record": "r"},
        },
        iss=hospital,
        aud=ORIGIN,
        iat=served.clock.now_ms() // 1000,
        signers=[doctor],
    )
    answer = served.post("/v1/statements", body, hospital)
    found = answer.json()
    assert (answer.status_code, found["code"], found["rule"]) == (409, "CONSULT_NOT_OPEN", "CONSULT-1")
    finding = found["findings"][0]
    assert finding["detail"] and finding["zh"]["detail"]
    assert found["codes"][0] == found["code"]


def test_schema_faults_never_become_entries(served: Site, hospital: str) -> None:
    size = served.ledger.size
    doctor = served.staff("doctor", hospital)
    body = build(
        "consultation.opened",
        {"doctor": doctor.code, "mode": "text", "patient": "张三"},
        {"clinical": {"first_visit": False}},
        iss=hospital,
        aud=ORIGIN,
        iat=served.clock.now_ms() // 1000,
        signers=[doctor],
    )
    answer = served.post("/v1/statements", body, hospital)
    assert (answer.status_code, answer.json()["code"]) == (422, "SCHEMA_UNKNOWN_FIELD")
    assert served.ledger.size == size


def test_the_sender_of_an_unknown_member_is_told_where_it_stands(served: Site, hospital: str) -> None:
    """Nothing named it: its name may be personal, but its place and what may stand there are not."""
    doctor = served.staff("doctor", hospital)
    origin = {"authorship": "human", "张三": 1}
    members = {"prescriber": doctor.code, "validity_days": 3, "origin": origin}
    iat = served.clock.now_ms() // 1000
    body = build("prescription.issued", members, {}, iss=hospital, aud=ORIGIN, iat=iat, signers=[doctor])
    found = served.post("/v1/statements", body, hospital).json()
    assert (found["code"], found["pointer"]) == ("SCHEMA_UNKNOWN_FIELD", "/origin")
    assert found["facts"] == {"position": 2, "one_of": "assist, authorship"}
    assert "张三" not in str(found)


@pytest.mark.parametrize("strip", [False, True])
def test_another_organisations_name_is_403_and_no_entry(
    served: Site, hospital: str, pharmacy: str, strip: bool
) -> None:
    body = served.opening(hospital)
    size = served.ledger.size
    answer = served.post("/v1/statements", unsigned(body) if strip else body, pharmacy)
    assert (answer.status_code, answer.json()["code"]) == (403, "TENANT_MISMATCH")
    assert served.ledger.size == size


@pytest.mark.parametrize("claimed", [{}, {"iss": None}, {"iss": 1}])
def test_who_names_no_organisation_is_not_accused_of_naming_another(
    served: Site, hospital: str, claimed: dict[str, Any]
) -> None:
    """An unsigned draft without `iss` was told 403, a VIOLATION in another organisation's name."""
    payload = base64.urlsafe_b64encode(json.dumps({"type": "duty.closed", **claimed}).encode()).rstrip(b"=")
    body = json.dumps({"payload": payload.decode(), "signatures": []}).encode()
    size = served.ledger.size
    answer = served.post("/v1/statements", body, hospital)
    assert (answer.status_code, answer.json()["code"]) == (422, "SIG_MISSING")
    assert served.ledger.size == size


def test_a_stranger_signs_nothing(served: Site, hospital: str) -> None:
    stranger = Person("D99999999999", "doctor", generate("ES256"))
    body = build("duty.closed", {"site": hospital}, {}, iss=hospital, aud=ORIGIN, iat=0, signers=[stranger])
    answer = served.post("/v1/statements", body, hospital)
    assert (answer.status_code, answer.json()["code"]) == (422, "KEY_UNKNOWN")


# -- checks before the act -------------------------------------------------------------------------


def test_a_check_tells_the_verdict_and_writes_nothing(served: Site, hospital: str) -> None:
    size = served.ledger.size
    for body in (unsigned(served.opening(hospital)), served.opening(hospital)):
        answer = served.post("/v1/checks", body, hospital)
        found = answer.json()
        assert answer.status_code == 200
        assert (found["outcome"], found["not_checked"]) == ("accepted", ["signature", "presence"])
    assert served.ledger.size == size


def test_a_check_of_what_would_be_refused_says_so(served: Site, hospital: str) -> None:
    body = json.loads(served.opening(hospital))
    payload = {**payload_of(json.dumps(body).encode()), "doctor": "未知"}
    body["payload"] = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=").decode()
    answer = served.post("/v1/checks", unsigned(json.dumps(body).encode()), hospital)
    found = answer.json()
    assert (answer.status_code, found["outcome"]) == (200, "refused")
    assert found["codes"][0] == "PLACEHOLDER_IDENTITY"
    assert found["findings"][0]["zh"]["detail"]


def test_who_lost_an_answer_and_checks_before_sending_again_is_told_of_no_conflict(
    served: Site, hospital: str
) -> None:
    """Its own number and its own visit were held against it: the check foretold what no sending meets."""
    body = served.opening(hospital)
    committed = served.post("/v1/statements", body, hospital).json()
    size = served.ledger.size
    found = served.post("/v1/checks", unsigned(body), hospital).json()
    assert (found["outcome"], found["codes"], found["findings"]) == ("accepted", [], [])
    assert found["committed"] == {name: committed[name] for name in ("index", "leaf")}
    assert (found["id"], served.ledger.size) == (committed["id"], size)
    assert served.post("/v1/statements", body, hospital).status_code == 200


def test_a_check_tells_of_nothing_committed_before_it_is(served: Site, hospital: str) -> None:
    body = served.opening(hospital)
    assert "committed" not in served.post("/v1/checks", unsigned(body), hospital).json()
    payload = {**payload_of(body), "mode": "text"}
    served.post("/v1/statements", body, hospital)
    other = {"payload": base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=").decode()}
    other["signatures"] = json.loads(unsigned(body))["signatures"]
    found = served.post("/v1/checks", json.dumps(other).encode(), hospital).json()
    assert (found["outcome"], found["codes"]) == ("refused", ["IDEMPOTENCY_CONFLICT"])
    assert "committed" not in found


# -- batches ---------------------------------------------------------------------------------------


def batch(served: Site, organisation: str, lines: list[bytes], **headers: str) -> list[dict[str, Any]]:
    """Return the answer lines of a batch."""
    sent = {**served.bearer(organisation), "content-type": "application/x-ndjson", **headers}
    answer = served.http.post("/v1/statements:batch", content=b"\n".join(lines), headers=sent)
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def test_every_line_of_a_batch_has_its_answer_in_order(served: Site, hospital: str) -> None:
    bodies = [served.opening(hospital) for _ in range(5)]
    lines = [bodies[0], b"{", bodies[1], unsigned(bodies[2]), b"", bodies[3], bodies[0], b"x" * 300_000]
    answers = batch(served, hospital, lines)
    assert [one["status"] for one in answers] == [201, 400, 201, 422, 400, 201, 200, 413]
    assert [one.get("code") for one in answers[1::2]] == [
        "JSON_SYNTAX",
        "SIG_MISSING",
        None,
        "BODY_TOO_LARGE",
    ]
    assert answers[6]["index"] == answers[0]["index"]
    assert answers[1]["zh"]["title"]


def test_a_line_may_use_what_a_line_before_it_registers(served: Site) -> None:
    officer = served.ring.officers()[0]
    person = Person("F99000000077", "fund_officer", generate("ES256"))
    common: dict[str, Any] = {"iss": REGULATOR, "aud": ORIGIN, "iat": served.clock.now_ms() // 1000}
    lines = [
        build(
            "registry.person",
            {"code": person.code, "role": person.role},
            {"identity": {"name": "测试"}},
            signers=[officer],
            **common,
        ),
        build(
            "registry.key",
            {"subject": person.code, "role": person.role, "key": person.key.public()},
            {},
            signers=[person, officer],
            **common,
        ),
        build("registry.key",
            {"subject": person.code, "role": person.role, "key": generate("ES256").public(),
             "retires": {"kid": person.kid}}, {}, signers=[person, officer], **common),
    ]  # fmt: skip
    answers = batch(served, REGULATOR, lines)
    assert [one["status"] for one in answers[:2]] == [201, 201]
    # The third is signed with the key of the second: known by then, although its own proof is missing.
    assert answers[2]["code"] != "KEY_UNKNOWN"


@pytest.mark.parametrize("spoil", ["{}=", "A", "é", "{} "], ids=["padded", "too short", "letter", "blank"])
def test_a_key_that_is_no_base64url_is_told_so_and_takes_no_other_line_with_it(
    served: Site, hospital: str, spoil: str
) -> None:
    """It was 503 with "send the same bytes again", and a whole batch with one such line had no answer."""
    new, officer = generate("ES256"), served.ring.officers()[0]
    person = Person(served.staff("doctor", hospital).code, "doctor", new)
    key = {**new.public(), "spki": spoil.format(new.public()["spki"])}
    common: dict[str, Any] = {"iss": REGULATOR, "aud": ORIGIN, "iat": served.clock.now_ms() // 1000}
    members = {"subject": person.code, "role": person.role, "key": key}
    body = build("registry.key", members, {}, signers=[person, officer], **common)
    alone = served.post("/v1/statements", body, REGULATOR)
    assert (alone.status_code, alone.json()["code"]) == (400, "B64_INVALID")
    other = build("registry.person", {"code": "F99000000078", "role": "courier"},
                  {"identity": {"name": "测试"}}, signers=[officer], **common)  # fmt: skip
    first, second = batch(served, REGULATOR, [body, other])
    assert (first["status"], first["code"], second["status"]) == (400, "B64_INVALID", 201)


def test_an_empty_batch_and_a_batch_of_another_type_are_refused(served: Site, hospital: str) -> None:
    headers = {**served.bearer(hospital), "content-type": "application/x-ndjson"}
    assert (
        served.http.post("/v1/statements:batch", content=b"", headers=headers).json()["code"] == "JSON_EMPTY"
    )
    answer = served.post("/v1/statements:batch", b"{}", hospital)
    assert answer.json()["code"] == "MEDIA_TYPE_UNSUPPORTED"


def test_a_batch_of_line_ends_is_refused_before_an_answer_to_each_is_made(
    served: Site, hospital: str
) -> None:
    """200 KB of them took 1.6 GB of memory; 8 MiB would have ended any server."""
    headers = {**served.bearer(hospital), "content-type": "application/x-ndjson"}
    for lines, status in ((10_000, 200), (10_001, 413)):
        answer = served.http.post("/v1/statements:batch", content=b"\n" * lines, headers=headers)
        assert answer.status_code == status
    assert answer.json()["code"] == "BODY_TOO_LARGE"


@pytest.mark.parametrize("served", [0], indirect=True)  # admission processes write to their own stderr
def test_logs_hold_ids_and_codes_but_no_person(served: Site, hospital: str, log: io.StringIO) -> None:
    served.post("/v1/statements", unsigned(served.opening(hospital, visit="VISIT-31337")), hospital)
    text = log.getvalue()
    assert "SIG_MISSING" in text
    for secret in ("测试", "990000199001010017", "VISIT-31337"):
        assert secret not in text
    for line in text.splitlines():
        json.loads(line)


def test_metrics_count_outcomes(served: Site, hospital: str) -> None:
    served.post("/v1/statements", unsigned(served.opening(hospital)), hospital)
    text = served.http.get("/metrics").text
    assert 'rx_submissions_total{outcome="accepted"}' in text
    assert 'rx_refusals_total{code="SIG_MISSING",recorded="yes"}' in text
    assert f"rx_log_size {float(served.ledger.size)}" in text
