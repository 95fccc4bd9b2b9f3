"""The way of a typing error: refused without accusing, counted, corrected by its message, closed (S47)."""

from __future__ import annotations

import json

import pytest

from api.client.desk import Desk
from api.client.http import Problem
from api.client.lookups import LedgerLookups
from api.client.outbox import Outbox
from api.sandbox.stage import ORIGIN
from tests.api.serving import DAY, Site


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
