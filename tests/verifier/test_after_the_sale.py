"""What follows a sale in a log: a wrong scan put right names a statement that stands before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verifier.builder import LogBuilder, Person
from tests.verifier.checking import check, refused_at
from verifier.errors import AUTHORITY
from verifier.report import Report


def _corrected(folder: Path, sale: str = "", role: int = 1) -> tuple[Report, int]:
    """A sale, and its correction by the pharmacist (1) or the doctor (0)."""
    builder = LogBuilder()
    people = builder.standard()
    rx = builder.life(*people)
    members = {"rx": rx, "sale": sale or builder.last_id}
    builder.add("dispensing.corrected", members, [people[role]], builder.leaves[-1], iss="PHA")
    return check(builder, folder), len(builder.leaves) - 1


def test_a_wrong_scan_put_right_is_in_order(tmp_path: Path) -> None:
    assert _corrected(tmp_path)[0].exit_code == 0


@pytest.mark.parametrize("wrong", [{"sale": "00" * 32}, {"role": 0}])
def test_a_correction_of_an_unknown_sale_or_by_a_doctor_is_not(tmp_path: Path, wrong: dict[str, int]) -> None:
    report, last = _corrected(tmp_path, **wrong)  # type: ignore[arg-type]
    assert refused_at(report, last, AUTHORITY), report.to_text()


@pytest.mark.parametrize("type_", ["settlement.settled", "settlement.refunded"])
@pytest.mark.parametrize(("place", "exit_code"), [("FUN", 0), ("PHA", 1)])
def test_what_the_fund_did_is_said_by_its_officer_at_a_fund(
    tmp_path: Path, type_: str, place: str, exit_code: int
) -> None:
    builder = LogBuilder()
    people = builder.standard()
    builder.organisation("FUN", "fund")
    officer = Person("FOF", "fund_officer")
    builder.person(officer, place)
    rx = builder.life(*people)
    builder.add(type_, {"rx": rx}, [officer], builder.leaves[-1], iss=place)
    assert check(builder, tmp_path).exit_code == exit_code


@pytest.mark.parametrize(("who", "place", "exit_code"), [(1, "PHA", 0), (0, "PHA", 1), (1, "HOS", 1)])
def test_stock_is_adjusted_by_a_pharmacist_at_the_own_shop(
    tmp_path: Path, who: int, place: str, exit_code: int
) -> None:
    builder = LogBuilder()
    people = builder.standard()
    builder.add("stock.adjusted", {"reason": "lost"}, [people[who]], iss=place)
    assert check(builder, tmp_path).exit_code == exit_code
