"""Refusals are entries up to a daily number for each organisation; beyond it they are answered alone."""

from __future__ import annotations

import json
from pathlib import Path

from api.client.signing import build
from api.sandbox.stage import ORIGIN
from tests.api.serving import REGULATOR, site

ENTRIES = 3


def test_a_flood_of_refusals_fills_no_log(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        hospital = made.of_role("hospital")
        members = {"version": "quota", "parameters": {"refusals_per_day_max": ENTRIES}}
        now_s = made.clock.now_ms() // 1000
        officers = made.ring.officers()[:2]
        body = build(
            "governance.rulebook", members, {}, iss=REGULATOR, aud=ORIGIN, iat=now_s, signers=officers
        )
        assert made.post("/v1/statements", body, REGULATOR).status_code == 201
        made.clock.set(made.clock.now_ms() + 1000)
        size = made.ledger.size
        codes = []
        for number in range(ENTRIES + 2):
            envelope = json.loads(made.opening(hospital, visit=f"990000Q{number}"))
            envelope["signatures"] = []
            answer = made.post("/v1/statements", json.dumps(envelope).encode(), hospital)
            codes.append(answer.json()["code"])
        assert codes == ["SIG_MISSING"] * (ENTRIES + 2)
        assert made.ledger.size == size + ENTRIES
        envelope = json.loads(made.opening(hospital, visit="990000QX"))
        good = made.post("/v1/statements", json.dumps(envelope).encode(), hospital)
        assert good.status_code == 201, "the quota is of refusals alone"
