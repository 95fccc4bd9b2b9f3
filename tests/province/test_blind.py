"""Blind cases: what is injected though nothing sees it agrees with the limits that the product states."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from api.province.blind import BLIND, Blind
from api.province.sight import Sight
from api.province.trial import Tried
from api.province.year import Year
from contracts.rules.coverage import COVERAGE
from contracts.rules.law import LAW
from tests.architecture.tree import ROOT

BEYOND = {row.id: row.beyond for row in (*COVERAGE, *LAW)}


@pytest.mark.parametrize("blind", BLIND, ids=lambda one: one.plan.name)
def test_why_nothing_sees_it_stands_beside_its_row_and_on_the_page(blind: Blind) -> None:
    assert blind.why in BEYOND[blind.row]
    page = (ROOT / "api/province/README.md").read_text("utf-8")
    assert f"{blind.row:<6}" in page and f"   {blind.what}\n{'':24}{blind.why}\n" in page


def test_each_blind_case_has_another_name_and_a_row() -> None:
    page = (ROOT / "api/province/README.md").read_text("utf-8")
    (line,) = (line for line in page.splitlines() if line.startswith("| blind case |"))
    assert set(re.findall(r"[SRT]\d+", line)) == {one.row for one in BLIND}
    names = [one.plan.name for one in BLIND]
    assert len(set(names)) == len(names) >= 5


def test_they_are_no_trifles() -> None:
    """A blind case that nobody would call one proves nothing: here is how strong they are."""
    acts = [event for event in Year(1, 10_000).events() if event.id.startswith(("nearly_half", "few_peers"))]
    issued = [act for act in acts if act.type == "prescription.issued"]
    doctor = {f"@id:{act.id}": act.members["prescriber"] for act in issued}
    sold = [act for act in acts if act.type == "dispensing.dispensed"]
    shops = Counter(act.iss for act in sold if act.id.startswith("nearly_half"))
    assert 0.4 < max(shops.values()) / shops.total() < 0.5 and shops.total() > 40
    packs = Counter[str]()
    for act in sold:
        if act.id.startswith("few_peers"):
            packs[doctor[act.members["rx"]]] += len(act.disclosures["codes"])
    most, *others = sorted(packs.values(), reverse=True)
    assert most >= 50 and others == [1, 1, 1]


def blind(kind: str, subject: str, *spoke: tuple[str, str]) -> Tried:
    event = {"id": "x", "type": "review.pharmacy", "label": {"blind": kind, "subject": subject}}
    return Tried(event, "accepted", tuple(code for code, _ in spoke), (), spoke)


def figures(sight: Sight, kind: str) -> tuple[int, int, list[str]]:
    (told,) = (one for one in sight.told() if one["kind"] == kind)
    return told["seen"], told["of"], told["by"]


def test_a_rule_that_says_anything_of_a_blind_case_has_seen_it() -> None:
    sight = Sight()
    stamped = ("REVIEW_RUBBER_STAMP", "REVIEW-1")
    for tried in (blind("hasty", "a"), blind("hasty", "a", stamped), blind("hasty", "b")):
        sight.take(tried)
    assert figures(sight, "hasty") == (1, 2, ["REVIEW-1"])


def test_a_screen_that_names_somebody_of_a_blind_case_has_seen_it() -> None:
    sight = Sight()
    sight.take(blind("nearly_half", "D1"))
    sight.take(blind("few_peers", "D2@X1"))
    assert sight.named("SCREEN-SHARE", ["D1@P1", "D9@P1"]) == {"D1@P1"}
    assert sight.named("SCREEN-PEERS", ["D2@X1"]) == {"D2@X1"}
    assert sight.named("SCREEN-DRUG-SPEND", ["X1"]) == set()
    assert figures(sight, "nearly_half") == (1, 1, ["SCREEN-SHARE"])
    assert figures(sight, "few_peers") == (1, 1, ["SCREEN-PEERS"])
