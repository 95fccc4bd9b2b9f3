"""The way of a typing error: refused without accusing, counted, corrected by its message, closed (S47)."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from api.client.desk import Desk
from api.client.http import Problem
from api.client.lookups import LedgerLookups
from api.client.outbox import Outbox
from api.sandbox import registrar
from api.sandbox.play import play
from api.sandbox.stage import ORIGIN
from tests.api.serving import DAY, Site, site


def test_a_message_is_corrected_by_naming_its_refusal(
    served: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    step = next(one for one in DAY.steps if one.kind == "CONSULTATION-OPENED")
    hospital, client = step.sender, served.client(step.sender)
    outbox = Outbox(tmp_path_factory.mktemp("tickets") / "outbox.db")
    desk = Desk(
        hospital, ORIGIN, client, outbox, LedgerLookups(client), lambda: served.clock.now_ms() // 1000
    )
    signers = [served.ring.person(code, hospital) for code in step.signers]
    message = json.loads(step.message) | {"mdtrtId": "990000TICKET"}
    wrong = message | {"certno": message["certno"][:-1] + ("0" if message["certno"][-1] != "0" else "1")}
    served.clock.set(max(served.clock.now_ms(), step.time_ms))
    before = served.http.get(f"/v1/standing/{hospital}").json()["tickets"]
    with pytest.raises(Problem) as refused:
        desk.send(step.kind, json.dumps(wrong).encode(), signers)
    assert refused.value.code == "ID_CHECKSUM" and refused.value.body["class"] == "DATA_QUALITY"
    told = served.http.get(f"/v1/standing/{hospital}").json()["tickets"]
    assert told == {"opened": before["opened"] + 1, "closed": before["closed"]}
    right = message | {"extension": {**message.get("extension", {}), "corrects": refused.value.body["id"]}}
    desk.send(step.kind, json.dumps(right).encode(), signers)
    told = served.http.get(f"/v1/standing/{hospital}").json()["tickets"]
    assert told == {"opened": before["opened"] + 1, "closed": before["closed"] + 1}


@pytest.mark.parametrize("number", ["wrong digit", "未知"])
def test_one_wrong_digit_of_the_patient_accuses_no_doctor(tmp_path: Path, number: str) -> None:
    """The answer said that nobody is accused, and the log named the doctor."""
    with site(tmp_path) as made, closing(Outbox(tmp_path / "outbox.db")) as outbox:
        directory = registrar.directory(DAY.cast)
        for step in DAY.steps:
            made.clock.set(step.time_ms)
            client = made.client(step.sender)
            lookups, now_s = LedgerLookups(client, directory), step.time_ms // 1000
            desk = Desk(step.sender, ORIGIN, client, outbox, lookups, lambda now_s=now_s: now_s)
            if step.kind == "D001":
                break
            play(step, desk, made.ring)
        message = json.loads(step.message)
        right = message["mdtrtinfo"]["certno"]
        wrong = right[:-1] + ("0" if right[-1] != "0" else "1") if number == "wrong digit" else number
        message["mdtrtinfo"]["certno"] = wrong
        signers = [made.ring.person(code, step.sender) for code in step.signers]
        with pytest.raises(Problem) as refused:
            desk.send(step.kind, json.dumps(message).encode(), signers)
        told = refused.value.body
        assert (len(told["codes"]), told["class"]) == (1, "DATA_QUALITY")
        assert made.http.get(f"/v1/standing/{step.sender}").json()["tickets"] == {"opened": 1, "closed": 0}
        desk.send(step.kind, step.message, signers)
