"""What a patient may ask: how often the pack in the hand was sold, and nothing about anybody (S21)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api import patient
from api.reads import Reads
from api.tokens import Caller
from contracts import keys
from tests.api.serving import Site, site

CODE = "89900020000000000001"
SOLD = {"rx": "ab", "sale": ["t"], "units": 1_000_000, "channels": []}
BACK = {**SOLD, "back": 1_000_000}
HTML = {"accept": "text/html"}


class _Ledger:
    """A ledger with one pack, of which a sale elsewhere may have been refused."""

    def __init__(self, caught_at: int | None = None, **record: Any) -> None:
        self.record = record
        self.caught_at = caught_at

    def tag(self, kind: str, value: str) -> tuple[str, ...]:
        return (f"{kind}.{value}",)

    def read(self, key: str) -> bytes | None:
        known = {keys.trace_code(f"codes.{CODE}"): self.record, keys.GENESIS: {"utc_offset_minutes": 480}}
        if self.caught_at is not None:
            known[keys.caught(f"codes.{CODE}")] = {"at": self.caught_at}
        return json.dumps(known[key]).encode() if key in known else None


def told(code: str = CODE, **record: Any) -> dict[str, Any]:
    return Reads(_Ledger(**record)).pack_for_anybody(code)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "sold"),
    [
        ({}, "never"),
        ({"state": "stocked", "in": ["P1"]}, "never"),
        ({"state": "sold", "at": 1_772_438_400_000, "sales": [SOLD]}, "once"),
        ({"state": "stocked", "at": 1, "sales": [BACK]}, "never"),
        ({"state": "sold", "at": 1, "sales": [BACK, SOLD]}, "once"),
        ({"state": "sold", "at": 1, "sales": [SOLD, SOLD]}, "more_than_once"),
        ({"state": "opened", "at": 1, "sales": [SOLD, SOLD, SOLD]}, "once"),
        ({"state": "left", "at": 1, "sales": [BACK]}, "came_back"),
    ],
)
def test_one_sale_is_right_and_all_else_a_warning(record: dict[str, Any], sold: str) -> None:
    found = told(**record)
    assert found["sold"] == sold
    assert patient.ANSWERS[sold][0] is (sold == "once")
    assert set(found) <= {"code", "sold", "day"}


@pytest.mark.parametrize(
    ("caught_at", "sold"), [(None, "once"), (1_000, "once"), (1_999, "once"), (2_000, "tried_again")]
)
@pytest.mark.parametrize("state", ["sold", "opened"])
def test_who_holds_one_of_two_packs_of_one_code_is_not_told_that_all_is_well(
    state: str, caught_at: int | None, sold: str
) -> None:
    """The second sale is refused, so the log has one sale; a refusal of before it was put right since."""
    found = told(caught_at=caught_at, state=state, at=2_000, sales=[SOLD])
    assert found["sold"] == sold
    assert ("day" in found) == (sold == "once" and state == "sold")


def test_a_shop_is_not_told_that_an_opened_pack_was_sold_more_than_once() -> None:
    ledger = _Ledger(state="opened", org="P1", at=1, sales=[SOLD, SOLD])
    asked = json.dumps({"code": CODE}).encode()
    [found] = Reads(ledger).find_packs(Caller("P1", "pharmacy"), asked)["codes"]  # type: ignore[arg-type]
    assert found["sold"] == "once"


@pytest.mark.parametrize(
    ("role", "organisation", "paid"),
    [("pharmacy", "P2", ["cd"]), ("fund", "F1", ["ab", "cd"]), ("regulator", "R1", ["ab", "cd"])],
)
def test_a_shop_is_not_told_which_prescription_another_one_sold_the_pack_on_before(
    role: str, organisation: str, paid: list[str]
) -> None:
    """It came back unsold and went on: whoever sold it last saw for whom the fund had paid before."""
    sales = [{**BACK, "shop": "P1", "fund": "settled"}, {**SOLD, "rx": "cd", "shop": "P2", "fund": "settled"}]
    ledger = _Ledger(state="sold", org="P2", at=1, sales=sales)
    asked = json.dumps({"code": CODE}).encode()
    [found] = Reads(ledger).find_packs(Caller(organisation, role), asked)["codes"]  # type: ignore[arg-type]
    assert (found["settled"], found["prescriptions"]) == (paid, ["cd"])


def test_a_shop_sees_which_other_sale_its_swap_still_waits_for() -> None:
    """One of two swapped sales was corrected, the other forgotten: nothing moves, and nobody was told why."""
    took = {"tag": "t", "sale": "ef"}
    sales = [{**BACK, "shop": "P1"}, {**SOLD, "rx": "cd", "shop": "P2", "took": took}]
    ledger = _Ledger(state="sold", org="P2", at=1, sales=sales)
    asked = json.dumps({"code": CODE}).encode()
    for caller, awaits in ((Caller("P2", "pharmacy"), ["ef"]), (Caller("P1", "pharmacy"), None)):
        [found] = Reads(ledger).find_packs(caller, asked)["codes"]  # type: ignore[arg-type]
        assert found.get("swap_awaits") == awaits


def test_the_day_of_the_sale_is_told_and_no_shop() -> None:
    found = told(state="sold", at=1_772_438_400_000, org="P1", sales=[SOLD])
    assert found == {"code": CODE, "sold": "once", "day": "2026-03-02"}


@pytest.mark.parametrize(("hours", "day"), [(15.99, "2026-03-02"), (16, "2026-03-03")])
def test_the_day_is_the_patients_own(hours: float, day: str) -> None:
    """2 March ends at 16:00 UTC; a sale of the next morning once stood under the day before."""
    at_ms = 1_772_409_600_000 + int(hours * 3_600_000)
    assert told(state="sold", at=at_ms, sales=[SOLD])["day"] == day


def test_a_blank_around_the_code_is_no_fault_and_another_text_is_told() -> None:
    assert told(f" {CODE} ")["sold"] == "never"
    assert told("6901234567892") == {"code": "6901234567892", "sold": "malformed"}


def test_the_form_the_answer_and_the_refusal_as_pages_and_as_json(served: Site) -> None:
    form = served.http.get("/packs", headers=HTML)
    assert form.status_code == 200 and "<form" in form.text and "<script" not in form.text
    assert "default-src 'none'" in form.headers["content-security-policy"]
    page = served.http.get("/packs", params={"code": CODE}, headers=HTML)
    assert page.status_code == 200 and "没有该药品的销售记录" in page.text and 'class="wrong"' in page.text
    answer = served.http.get("/packs", params={"code": CODE})
    assert answer.json()["sold"] == "never" and answer.json()["right"] is False
    bad = served.http.get("/packs", params={"code": "<script>alert(1)"}, headers=HTML)
    assert bad.status_code == 422 and "<script" not in bad.text and "&lt;script" in bad.text
    assert served.http.get("/packs", params={"code": "1"}).status_code == 422


def test_a_program_that_walks_through_codes_is_stopped(tmp_path: Path) -> None:
    with site(tmp_path, public_packs_per_minute_max=2) as made:
        # Three within one minute: had a minute just ended, the fourth to sixth are in the next.
        codes = [made.http.get("/packs", params={"code": f"{n:020}"}).status_code for n in range(6)]
        assert codes.count(429) >= 2 and codes[0] == 200
        assert made.http.get("/packs", headers=HTML).status_code == 200  # the form itself asks nothing
