"""One rule before, at and after the act: reminder, interception and history say the same (S34)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from api.reports.replay import replay
from contracts.facts import Json
from tests.api.serving import REGULATOR, site
from tests.catalogue.desk import H1, P1, Desk

DAY_S = 86_400
# A box lasts twelve days at the label's highest dose: the third purchase is five days too early.
DAYS_BETWEEN = (0, 13, 7)
EARLY = [[], [], ["SUPPLY_COVERED"]]
NOBODY_IS_EARLY: dict[str, Json] = {"supply_carry_over_s": 1000 * DAY_S}


@dataclass
class Modes:
    """What each purchase of one patient was told by SUPPLY."""

    at_issue: list[list[str]] = field(default_factory=list)
    at_the_counter: list[list[str]] = field(default_factory=list)
    by_the_sale: list[list[str]] = field(default_factory=list)
    in_history: list[list[str]] = field(default_factory=list)


def supply(codes: list[str] | tuple[str, ...]) -> list[str]:
    return [code for code in codes if code.startswith("SUPPLY_")]


def lived(folder: Path, parameters: dict[str, Json], looked_at: dict[str, Json]) -> Modes:
    """The purchases on a ledger with these parameters, and its history under the others."""
    found = Modes()
    with site(folder) as made:
        desk = Desk(made)
        desk.open_duties()
        desk.commit(desk.rulebook(parameters=parameters), REGULATOR)
        for days in DAYS_BETWEEN:
            desk.wait(days * DAY_S)
            asked = made.post("/v1/checks", desk.issue(), H1).json()
            found.at_issue.append(supply(asked["codes"]))
            sale = desk.sale(desk.ready(), [desk.code()])
            found.at_the_counter.append(supply(made.post("/v1/checks", sale, P1).json()["codes"]))
            answer = desk.post(sale, P1).json()
            flagged = [flag["code"] for flag in answer.get("verdict", {}).get("flags", [])]
            found.by_the_sale.append(supply(answer.get("codes", flagged)))
        judged = [one for one in replay(made.ledger, looked_at) if one.type == "dispensing.dispensed"]
        found.in_history = [supply(one.otherwise.codes) for one in judged if one.otherwise]
    return found


def test_remind_intercept_and_retrospect_say_the_same_of_one_history(tmp_path: Path) -> None:
    strict = lived(tmp_path / "strict", {}, {})
    assert strict.at_issue == strict.at_the_counter == strict.by_the_sale == EARLY
    assert strict.in_history == EARLY[:2], "what was intercepted is no purchase"
    lenient = lived(tmp_path / "lenient", NOBODY_IS_EARLY, {"supply_carry_over_s": 0})
    assert lenient.at_issue == lenient.at_the_counter == lenient.by_the_sale == [[]] * 3
    assert lenient.in_history == EARLY
