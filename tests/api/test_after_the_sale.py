"""A sale's later life over a real server: put right, paid, taken back, and a pack booked out of stock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from api.client.desk import Desk
from api.client.lookups import LedgerLookups
from api.client.outbox import Outbox
from api.client.signing import build
from api.reports.replay import replay
from api.sandbox import registrar
from api.sandbox.play import play
from api.sandbox.stage import ORIGIN
from tests.api import serving
from tests.api.proof import prove
from tests.api.serving import DAY, REGULATOR, Site, site

FUND, FUND_OFFICER = "F99000000001", "J990000000001"
SHOP, PHARMACIST = "P99000000001", "YS990000000001"
WRONG, RIGHT = "89900010000000000001", "89900010000000000002"
DRUG = "XC08CAA001A001010019999"
SETTLEMENT = {"setl_id": "990000SETL0001"}


@dataclass(frozen=True, slots=True)
class Till:
    """The site after the day's first sale, whose pack was scanned wrongly."""

    site: Site
    rx: str
    sale: str
    folder: Path

    def send(self, type_: str, organisation: str, who: str, members: dict[str, Any], **opened: Any) -> Any:
        """Sign and send a statement; return the answer's members."""
        person = self.site.ring.person(who, "")
        now_s = self.site.clock.now_ms() // 1000
        body = build(type_, members, opened, iss=organisation, aud=ORIGIN, iat=now_s, signers=[person])
        return self.site.post("/v1/statements", body, organisation).json()

    def packs(self, organisation: str) -> list[dict[str, Any]]:
        """What is known of the wrong and the right code."""
        body = json.dumps({"codes": [WRONG, RIGHT]}).encode()
        answer = self.site.post("/v1/trace-codes:lookup", body, organisation).json()
        return list(answer["codes"])


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    organisations = [*DAY.cast["organisations"], {"code": FUND, "role": "fund"}]
    monkeypatch.setattr(serving, "DAY", replace(DAY, cast={**DAY.cast, "organisations": organisations}))
    with site(tmp_path) as made:
        outbox, lookups = Outbox(tmp_path / "outbox.db"), registrar.directory(DAY.cast)
        verdicts = []
        for step in DAY.steps[:17]:  # one prescription from the consultation to the door
            made.clock.set(step.time_ms)
            client = made.client(step.sender)
            now_s = step.time_ms // 1000
            desk = Desk(
                step.sender, ORIGIN, client, outbox, LedgerLookups(client, lookups), lambda now_s=now_s: now_s
            )
            verdicts.append((step.kind, play(step, desk, made.ring).statement_id))
        outbox.close()
        ids = dict(verdicts)
        yield Till(made, str(ids["D001"]), str(ids["7206"]), tmp_path)


def test_the_whole_later_life_is_told_verified_and_judged_again(till: Till) -> None:
    named = {"rx": till.rx}
    line = {"drug": DRUG, "quantity": "1", "unit": "盒"}
    swap = {"wrong": WRONG, "code": RIGHT, "line": 0}
    corrected = till.send(
        "dispensing.corrected", SHOP, PHARMACIST, {**named, "sale": till.sale}, lines=[line], codes=[swap]
    )
    assert corrected["verdict"]["flags"] == []
    for type_ in ("settlement.settled", "settlement.refunded", "settlement.settled"):
        paid = till.send(type_, FUND, FUND_OFFICER, named, identifiers=SETTLEMENT, codes=[{"code": RIGHT}])
        assert paid["outcome"] == "accepted", paid
    again = till.send(
        "settlement.settled", FUND, FUND_OFFICER, named, identifiers=SETTLEMENT, codes=[{"code": RIGHT}]
    )
    assert (again["code"], again["class"]) == ("SETTLED_TWICE", "SUSPICION")
    lost = till.send("stock.adjusted", SHOP, PHARMACIST, {"reason": "lost"}, codes=[{"code": WRONG}])
    assert lost["verdict"]["flags"] == []
    _told(till, corrected["id"])
    assert prove(till.site.ledger, till.folder)["size"] == till.site.ledger.size
    assert all(one.same for one in replay(till.site.ledger))


def _told(till: Till, correction: str) -> None:
    """What shop, regulator and patient see of both packs, and the shop of the prescription."""
    wrong, right = till.packs(SHOP)
    assert (wrong["sold"], wrong["state"], wrong["booked_out"]) == ("never", "stocked", "lost")
    assert (right["sold"], right["prescriptions"], right["settled"]) == ("once", [till.rx], [till.rx])
    [why] = wrong["corrected"]
    assert (why["rx"], why["id"], right["corrected"]) == (till.rx, correction, [])
    assert "corrected" not in till.packs("H99000000001")[0], "not another's affair"
    wrong, right = till.packs(REGULATOR)
    assert wrong["corrected"] == [why]
    assert (wrong["booked_out"], wrong["settled"], right["refunded"]) == ({SHOP: "lost"}, [], [])
    shown = [till.site.http.get("/packs", params={"code": code}).json() for code in (WRONG, RIGHT)]
    assert [one["sold"] for one in shown] == ["never", "once"]
    found = till.site.client(SHOP).find_prescription({"hiRxno": "99000000000000000000000001"})
    assert found["marks"] == ["CORRECTED", "PAID", "REFUNDED", "SETTLED"]
    assert [one["type"] for one in found["history"]][-4:] == [
        "dispensing.corrected",
        "settlement.settled",
        "settlement.refunded",
        "settlement.settled",
    ]
