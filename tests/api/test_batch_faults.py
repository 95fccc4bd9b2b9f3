"""A batch whose first lines were not taken: what stands after them is not judged without them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from api.client.signing import build
from api.sandbox.stage import ORIGIN
from contracts.decision import Decision
from contracts.errors import InvariantError
from contracts.facts import Facts
from contracts.statements import base64url
from ledger.errors import ContractFault, Overloaded
from ledger.receipts import Proof
from ledger.writer import Writer
from tests.api.serving import Site, site


@pytest.fixture(params=[0, 1], ids=["alone", "apart"])
def busy(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A served ledger whose queue is full once; two lines of a batch are committed together."""
    with site(tmp_path, processes=request.param, batch_unit=2) as made:
        faults = [Overloaded("full")]
        taken = made.ledger.submit_batch

        def submit_batch(unit: Sequence[Any]) -> Any:
            if faults:
                raise faults.pop()
            return taken(unit)

        monkeypatch.setattr(made.ledger, "submit_batch", submit_batch)
        yield made


def closing(served: Site, hospital: str, opened: bytes) -> bytes:
    """Return the signed close of an opening."""
    doctor = served.staff("doctor", hospital)
    consultation = hashlib.sha256(base64url.decode(json.loads(opened)["payload"])).hexdigest()
    turns = {"doctor_turns": 9, "patient_turns": 8, "unread_patient_messages": 0}
    return build(
        "consultation.closed",
        {"doctor": doctor.code, "consultation": consultation},
        {"clinical": {**turns, "drug_chosen_before_consultation": False}},
        iss=hospital,
        aud=ORIGIN,
        iat=served.clock.now_ms() // 1000,
        signers=[doctor],
    )


def test_a_full_queue_makes_no_doctor_close_what_was_never_opened(busy: Site) -> None:
    """The openings were told OVERLOADED and the closes CONSULT_NOT_OPEN: refusals that name the doctor."""
    hospital = busy.of_role("hospital")
    opened = [busy.opening(hospital, visit=f"990000MZ{n}") for n in range(2)]
    body = b"\n".join([*opened, *(closing(busy, hospital, one) for one in opened), b"{"])
    size = busy.ledger.size
    head = {**busy.bearer(hospital), "content-type": "application/x-ndjson"}
    first = busy.http.post("/v1/statements:batch", content=body, headers=head)
    told = [json.loads(line) for line in first.text.splitlines()]
    assert [(one["status"], one["code"]) for one in told] == [(503, "OVERLOADED")] * 5
    assert first.headers["retry-after"] == "1"
    assert busy.ledger.size == size
    again = busy.http.post("/v1/statements:batch", content=body, headers=head)
    assert "retry-after" not in again.headers
    assert [json.loads(line)["status"] for line in again.text.splitlines()] == [201, 201, 201, 201, 400]


def test_a_receipt_that_does_not_hold_withholds_no_other_lines_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Receipts are written out where a batch is answered: one bad proof made 503 of the whole batch."""
    with site(tmp_path) as served:
        hospital = served.of_role("hospital")
        lines = [served.opening(hospital, visit=f"990000MZ{n}") for n in range(3)]
        head = {**served.bearer(hospital), "content-type": "application/x-ndjson"}
        bad = served.ledger.size + 1
        written = Proof.receipt

        def receipt(proof: Proof) -> bytes:
            if proof.index == bad:
                raise InvariantError("our own receipt does not hold")
            return written(proof)

        with monkeypatch.context() as patch:
            patch.setattr(Proof, "receipt", receipt)
            first = served.http.post("/v1/statements:batch", content=b"\n".join(lines), headers=head)
            alone = {**head, "content-type": "application/json"}
            single = served.http.post("/v1/statements", content=lines[1], headers=alone)
        assert [json.loads(line)["status"] for line in first.text.splitlines()] == [201, 503, 201]
        assert (single.status_code, single.json()["code"]) == (503, "DB_UNAVAILABLE")
        again = served.http.post("/v1/statements:batch", content=b"\n".join(lines), headers=head)
        assert [json.loads(line)["status"] for line in again.text.splitlines()] == [200, 200, 200]


@pytest.mark.parametrize("processes", [0, 1], ids=["alone", "apart"])
def test_a_line_on_which_a_contract_fails_withholds_no_other_lines_answer(
    tmp_path: Path, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All lines of its unit were told 503 though they were committed, those after it were not judged, and so
    again each time the batch was sent."""
    with site(tmp_path, processes=processes, batch_unit=2) as served:
        hospital = served.of_role("hospital")
        lines = [served.opening(hospital, visit=f"990000MZ{n}") for n in range(5)]
        bad = hashlib.sha256(base64url.decode(json.loads(lines[1])["payload"])).hexdigest()
        judge = Writer.judge

        def judged(writer: Writer, item: Facts, *rest: Any) -> Decision:
            if item.statement_id == bad:
                raise ContractFault("a contract failed")
            return judge(writer, item, *rest)

        monkeypatch.setattr(Writer, "judge", judged)
        head = {**served.bearer(hospital), "content-type": "application/x-ndjson"}
        for statuses in ([201, 503, 201, 201, 201], [200, 503, 200, 200, 200]):
            told = served.http.post("/v1/statements:batch", content=b"\n".join(lines), headers=head).text
            assert [json.loads(line)["status"] for line in told.splitlines()] == statuses
        alone = {**head, "content-type": "application/json"}
        single = served.http.post("/v1/statements", content=lines[1], headers=alone)
        told_alone = single.json()
        assert (single.status_code, told_alone["code"], told_alone["id"]) == (503, "DB_UNAVAILABLE", bad)
        assert "retry-after" in single.headers
