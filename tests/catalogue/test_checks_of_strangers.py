"""What a check before the act tells an organisation that has no part in the prescription it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.serving import site, unsigned
from tests.catalogue.desk import P1, P2, Desk

OTHER = "XC08CAA001A001010019999"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("strangers")
    with site(folder) as served:
        made = Desk(served)
        made.open_duties()
        made.commit(made.sale(made.ready(), [made.code()]), P1)
        yield made


@pytest.fixture(scope="module")
def held_by_p1(desk: Desk) -> str:
    """The patient's next prescription: his last purchase covers him still."""
    return desk.ready()


def _asked(desk: Desk, rx: str, shop: str, line: dict[str, Any], packs: int = 1) -> dict[str, Any]:
    body = unsigned(desk.sale(rx, [desk.code() for _ in range(packs)], shop, line=line))
    told: dict[str, Any] = desk.site.post("/v1/checks", body, shop).json()
    return told


@pytest.mark.parametrize("line, packs", [({}, 1), ({}, 2), ({"drug": OTHER}, 1)])
def test_a_pharmacy_learns_nothing_of_what_another_holds(
    desk: Desk, held_by_p1: str, line: dict[str, Any], packs: int
) -> None:
    """It learned drug and quantity by asking twice, and until when a patient it never names is covered."""
    told = _asked(desk, held_by_p1, P2, line, packs)
    assert (told["outcome"], told["codes"], told["outlook"]) == ("refused", ["RX_NOT_CLAIMED"], [])
    assert [one["code"] for one in told["findings"]] == ["RX_NOT_CLAIMED"]


def test_the_pharmacy_that_holds_it_is_told_every_reason_and_the_days(desk: Desk, held_by_p1: str) -> None:
    told = _asked(desk, held_by_p1, P1, {}, 2)
    assert {"QTY_EXCEEDS_RX", "SUPPLY_COVERED"} <= set(told["codes"])
    assert [one["covered_until_date"] for one in told["outlook"]]
