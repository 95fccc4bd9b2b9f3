"""Why a busy shop settles nothing, from what officers registered: registry, columns, screen (S39, T14)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from api.reports.agreements import standing
from api.reports.history import columns
from api.screening.report import screened
from api.screening.tables import Tables
from contracts import keys
from contracts.decision import Decision
from contracts.errors import Rejected
from contracts.facts import Json
from contracts.quantity import DAY_MS
from contracts.statements import base64url
from contracts.time import day_of, from_text, to_text
from contracts.types import TYPES
from tests.contracts.world import METFORMIN, OFFICERS, P1, REGULATOR, World

START = from_text("2026-01-01T04:00:00Z")  # noon
DISCLOSED: Mapping[str, Json] = {
    "lines": [{"drug": METFORMIN, "quantity": "1", "days": "12"}],
    "clinical": {"department": "内科", "diagnoses": []},
    "identity": {},
    "patient": {"age": "70", "sex": "2"},
    "codes": [{"code": "89900020000000000001"}],
}
PLACE = {"service_modes": [], "site": "9900", "latitude_microdegrees": 0, "longitude_microdegrees": 0}
SHOP = {"code": P1, "name": "药店", "role": "pharmacy", "licence": "L", **PLACE}
YEAR = {"number": "医保协议-1", "valid_from": "2026-01-01", "valid_to": "2026-12-31"}
LIFTED = {"suspended": {"from": "2026-02-01", "to": "2026-04-20"}}


class Log:
    """The entries of a shop that is registered and sells a pack a day, on days counted from 2026-01-01."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []

    def add(self, day: int, **payload: Any) -> str:
        data = json.dumps({"iss": P1, "signers": [{"code": "Y1"}], **payload}).encode()
        entry = {"time": START + day * DAY_MS, "statement": {"payload": base64url.encode(data)}}
        self.entries.append(json.dumps(entry).encode())
        return hashlib.sha256(data).hexdigest()

    def register(self, day: int = 0, **told: Any) -> None:
        window = {"valid_from": "2025-01-01", "valid_to": "2027-12-31"}
        self.add(day, type="registry.organisation", **{**SHOP, **window, **told})

    def sell(self, days: range, settles: bool = False) -> None:
        for day in days:
            rx = self.add(day, type="prescription.issued", prescriber="D1", jti=self.size)
            self.add(day, type="dispensing.dispensed", rx=rx)
            if settles:
                self.add(day, type="settlement.reported", rx=rx)

    @property
    def size(self) -> int:
        return len(self.entries)

    def entry(self, index: int) -> bytes:
        return self.entries[index]

    def find(self, statement_id: str) -> None:
        return None

    def disclosures(self, statement_id: str) -> Mapping[str, Json]:
        return DISCLOSED

    def received(self, index: int) -> tuple[str, ...]:
        return ()

    def tag(self, kind: str, value: str) -> tuple[str, ...]:
        return (f"{kind} {value}",)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def causes(log: Log, tmp_path: Path) -> Callable[[], list[str]]:
    """Why the screen of unsettled shops names this one: the causes on the log's own columns."""

    def told() -> list[str]:
        writer, _, _ = columns(log, lambda _: None)
        writer.write(tmp_path)
        [(_, findings)] = list(screened(Tables(tmp_path), ["SCREEN-UNSETTLED"]))
        return [one.subject.partition("@")[2] for one in findings]

    return told


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        ({"agreements": [{**YEAR, "suspended": {"from": "2026-02-01"}}]}, "suspended"),
        ({"agreements": [YEAR], "registered_address": "旧址", "licensed_address": "新址"}, "moved"),
        ({"agreements": [YEAR], "registered_address": "址", "licensed_address": "址"}, "unexplained"),
        ({"agreements": [YEAR], "licensed_address": "新址"}, "unexplained"),
        ({"registered_address": "旧址", "licensed_address": "新址"}, "moved"),
        ({}, "unexplained"),
    ],
)
def test_what_officers_registered_tells_why_a_busy_shop_settles_nothing(
    log: Log, causes: Callable[[], list[str]], told: dict[str, Any], cause: str
) -> None:
    """On a ledger's own columns nothing but an expired licence was ever told."""
    log.register(**told)
    log.sell(range(30), settles=True)
    log.sell(range(30, 80))
    assert causes() == [cause]


def test_a_later_registration_counts_alone(log: Log, causes: Callable[[], list[str]]) -> None:
    log.register(agreements=[YEAR], registered_address="旧址", licensed_address="新址")
    log.sell(range(30), settles=True)
    log.sell(range(30, 80))
    log.register(80, agreements=[YEAR], registered_address="新址", licensed_address="新址")
    assert causes() == ["unexplained"]
    log.register(81, agreements=[{**YEAR, "suspended": {"from": "2026-02-01"}}])
    assert causes() == ["suspended"]


@pytest.mark.parametrize(
    "agreements",
    [
        [],
        [{**YEAR, "valid_from": "2025-01-01", "valid_to": "2026-01-30"}],
        [{**YEAR, "valid_from": "2026-06-01"}],
    ],
    ids=["without insurance", "left it", "not yet"],
)
def test_a_shop_that_sells_for_cash_alone_is_not_named(
    log: Log, causes: Callable[[], list[str]], agreements: list[Json]
) -> None:
    log.register(agreements=agreements)
    log.sell(range(80))
    assert causes() == []


def test_a_shop_that_closed_is_not_named(log: Log, causes: Callable[[], list[str]]) -> None:
    log.register(agreements=[{**YEAR, "suspended": {"from": "2026-02-01"}}])
    log.sell(range(31), settles=True)
    log.register(200)
    assert causes() == []


@pytest.mark.parametrize(("last", "told"), [(119, []), (120, ["unexplained"])])
@pytest.mark.parametrize(
    "agreements",
    [
        [{**YEAR, "valid_from": "2026-03-22"}],
        [{**YEAR, "suspended": {"from": "2026-02-01", "to": "2026-03-21"}}],
    ],
    ids=["new", "lifted"],
)
@pytest.mark.parametrize("before", [0, 30])
def test_what_was_sold_before_the_agreement_ran_is_not_missed(
    log: Log,
    causes: Callable[[], list[str]],
    agreements: list[Json],
    before: int,
    last: int,
    told: list[str],
) -> None:
    """It could settle nothing then: from the first day on it has forty days like everybody else."""
    log.register(agreements=agreements)
    log.sell(range(before), settles=True)
    log.sell(range(before, last + 1))
    assert causes() == told


def test_who_settles_since_the_agreement_runs_is_not_named(
    log: Log, causes: Callable[[], list[str]]
) -> None:
    """Years for cash made one whose settlements came too late to be a fiftieth of all."""
    log.register(agreements=[{**YEAR, "valid_from": "2026-12-01"}])
    log.sell(range(334))
    log.sell(range(334, 338), settles=True)
    log.sell(range(338, 375))
    assert causes() == []


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2025-12-31", ("none", None)),
        ("2026-01-01", ("active", "2026-01-01")),
        ("2026-01-31", ("active", "2026-01-01")),
        ("2026-02-01", ("suspended", None)),
        ("2026-04-20", ("suspended", None)),
        ("2026-04-21", ("active", "2026-04-21")),
        ("2026-12-31", ("active", "2026-04-21")),
        ("2027-01-01", ("none", None)),
    ],
)
def test_first_and_last_days_count(day: str, found: tuple[str, str | None]) -> None:
    state, since = standing([{**YEAR, **LIFTED}], day_of(day))
    assert (state, None if since is None else to_text(since * DAY_MS)[:10]) == found


NEXT = {"number": "2", "valid_from": "2027-01-01", "valid_to": "9999-12-31"}


@pytest.mark.parametrize(
    ("agreements", "found"),
    [
        ([NEXT, YEAR], ("active", "2026-01-01")),  # renewed without a gap, told in any order
        ([YEAR, {**NEXT, "valid_from": "2027-01-02"}], ("active", "2027-01-02")),
        ([{**YEAR, "suspended": {"from": "2026-12-31"}}, NEXT], ("active", "2027-01-01")),
        ([{**YEAR, "suspended": {"from": "2026-12-31"}}], ("suspended", None)),  # and was not renewed
        ([{**YEAR, "suspended": {"from": "2027-01-01"}}], ("none", None)),
        ([YEAR, {**NEXT, "suspended": {"from": "2026-06-01"}}], ("suspended", None)),
        ([{**NEXT, "valid_from": "0001-01-01"}], ("active", "1970-01-01")),
        ([{**NEXT, "suspended": {"from": "0001-01-01", "to": "9999-12-31"}}], ("suspended", None)),
        ([], ("none", None)),
    ],
)
def test_several_agreements_are_one_while_nothing_interrupts_them(
    agreements: list[dict[str, Any]], found: tuple[str, str | None]
) -> None:
    state, since = standing(agreements, day_of("2027-06-01"))
    assert (state, None if since is None else to_text(since * DAY_MS)[:10]) == found


# -- the registry ----------------------------------------------------------------------------------------


def register(world: World, **told: Any) -> Decision:
    window = {"valid_from": "2025-01-01", "valid_to": "2027-12-31"}
    return world.act("registry.organisation", REGULATOR, OFFICERS[:1], {**SHOP, **window, **told})


def test_a_later_registration_replaces_agreements_and_addresses() -> None:
    world = World()
    told: dict[str, Json] = {"agreements": [YEAR], "registered_address": "甲", "licensed_address": "乙"}
    assert register(world, **told).codes == ()
    record = world.record(keys.organisation(P1))
    assert {name: record[name] for name in told} == told
    assert register(world, agreements=[]).codes == ()
    record = world.record(keys.organisation(P1))
    assert record["agreements"] == [] and not {"registered_address", "licensed_address"} & record.keys()


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ({"valid_from": "2026-12-31"}, ()),
        ({"valid_from": "2027-01-01"}, ("TIME_ORDER",)),
        ({"suspended": {"from": "2026-05-01"}}, ()),
        ({"suspended": {"from": "2026-05-01", "to": "2026-05-01"}}, ()),
        ({"suspended": {"from": "2026-05-02", "to": "2026-05-01"}}, ("TIME_ORDER",)),
    ],
)
def test_an_agreement_ends_after_it_begins(told: dict[str, Json], codes: tuple[str, ...]) -> None:
    assert register(World(), agreements=[{**YEAR, **told}]).codes == codes


def test_a_suspension_has_a_beginning_and_an_agreement_a_number() -> None:
    form = TYPES["registry.organisation"].members["agreements?"]
    form.check([])
    form.check([{**YEAR, **LIFTED}])
    for wrong in ({**YEAR, "suspended": {"to": "2026-05-01"}}, {**YEAR, "number": 1}, {"number": "1"}):
        with pytest.raises(Rejected):
            form.check([wrong])
