"""A day judged again: every entry byte for byte, a forged verdict found, history under other rules."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from api.client.desk import Desk as Sender
from api.client.lookups import LedgerLookups
from api.client.outbox import Outbox
from api.client.signing import build
from api.command.main import main
from api.command.replay import Comparison
from api.reports.history import columns
from api.reports.replay import Judged, Source, _State, _versions_alone, replay
from api.sandbox.stage import ORIGIN
from api.screening.report import screened
from api.screening.tables import Tables
from contracts import keys
from contracts.contract import encode
from contracts.rules import RULES
from contracts.statements import base64url
from tests.api.serving import DAY, REGULATOR, site, unsigned


@dataclass
class Altered:
    """A ledger one of whose entries says something else."""

    true: Any
    index: int
    entry_there: bytes

    @property
    def size(self) -> int:
        """As it is."""
        return int(self.true.size)

    def entry(self, index: int) -> bytes:
        """As it is, but for one."""
        return self.entry_there if index == self.index else bytes(self.true.entry(index))

    def received(self, index: int) -> tuple[str, ...]:
        """As it is."""
        return tuple(self.true.received(index))

    def tag(self, kind: str, value: str) -> tuple[str, ...]:
        """As it is."""
        return tuple(self.true.tag(kind, value))


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Path]]:
    """The ledger of the sandbox's day, and its folder."""
    folder = tmp_path_factory.mktemp("replay")
    with site(folder) as made:
        _play(made, folder)
        _correct(made)
        _decide(made)
        yield made.ledger, folder / "ledger"


def _play(made: Any, folder: Path) -> None:
    def desk(organisation: str) -> Sender:
        client = made.client(organisation)
        outbox = Outbox(folder / f"{organisation}.db")
        return Sender(
            organisation, ORIGIN, client, outbox, LedgerLookups(client), lambda: made.clock.now_ms() // 1000
        )

    desks: dict[str, Sender] = {}
    for step in DAY.steps:
        made.clock.set(max(made.clock.now_ms(), step.time_ms))
        sender = desks.setdefault(step.sender, desk(step.sender))
        people = [made.ring.person(code, step.sender) for code in step.signers]
        try:
            sender.send(step.kind, step.message, people)
        except Exception as refused:
            assert hasattr(refused, "code"), refused


def _correct(made: Any) -> None:
    """The first sale is corrected after its pack was refused at another shop, which the log must recall."""
    shop, number = "P99000000001", "99000000000000000000000001"
    found = made.client(shop).find_prescription({"hiRxno": number})
    sale = next(one["id"] for one in found["history"] if one["type"] == "dispensing.dispensed")
    line = {"drug": "XC08CAA001A001010019999", "quantity": "1", "unit": "盒"}
    swap = {"wrong": "89900010000000000001", "code": "89900010000000000777", "line": 0}
    body = build(
        "dispensing.corrected",
        {"rx": found["rx"], "sale": sale},
        {"lines": [line], "codes": [swap]},
        iss=shop,
        aud=ORIGIN,
        iat=made.clock.now_ms() // 1000,
        signers=[made.ring.person("YS990000000001", shop)],
    )
    answer = made.post("/v1/statements", body, shop).json()
    flags = [flag["code"] for flag in answer["verdict"]["flags"]]
    assert flags == ["NO_INBOUND", "CORRECTED_WHEN_CAUGHT"]
    checked = made.post("/v1/checks", unsigned(body), shop).json()
    assert (checked["outcome"], checked["codes"]) == ("accepted", flags), "the verdict that it has"
    assert [one["code"] for one in checked["findings"]] == flags and checked["findings"][0]["detail"]
    _read(made, found["rx"])


def _read(made: Any, rx: str) -> None:
    """The regulator reads the prescription: an entry that follows a flagged one in its chain."""
    members = {"rx": rx, "purpose": "audit", "groups": ["lines"]}
    by = {"iss": REGULATOR, "aud": ORIGIN, "iat": made.clock.now_ms() // 1000}
    body = build("access.read", members, {}, **by, signers=[made.ring.organisation(REGULATOR)])
    assert made.post("/v1/statements", body, REGULATOR).status_code == 201


def _decide(made: Any) -> None:
    """Two cases: a violation, shown by a review and by a refused prescription, and one that found nothing."""
    entries = [json.loads(made.ledger.entry(index)) for index in range(made.ledger.size)]
    refused = next(
        entry["refused"]["digest"]
        for entry in entries
        if entry.get("refused", {}).get("type") == "prescription.issued"
    )
    found = made.client("P99000000001").find_prescription({"hiRxno": "99000000000000000000000001"})
    review = next(one["id"] for one in found["history"] if one["type"] == "review.pharmacy")
    for evidence, finding in (([review, refused], "violation"), ([found["rx"]], "unfounded")):
        opened = {"subject": "D990000000001", "rules": ["CLINICAL-1"], "evidence": evidence}
        case = _by_officers(made, "governance.case", {**opened, "due": "2026-04-01T00:00:00Z"})
        for step in ({"step": "notified"}, {"step": "heard"}, {"step": "decided", "finding": finding}):
            _by_officers(made, "governance.case_step", {"case": case, **step})


def _by_officers(made: Any, type_: str, members: dict[str, Any]) -> str:
    regulator = REGULATOR
    by = {"iss": regulator, "aud": ORIGIN, "iat": made.clock.now_ms() // 1000}
    body = build(type_, {**members, "reason": "核查"}, {}, **by, signers=made.ring.officers()[:2])
    answer = made.post("/v1/statements", body, regulator)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_drugs_of_cases_come_with_the_columns(day: tuple[Any, Path], tmp_path: Path) -> None:
    """T5: a review names no drug, so its prescription does; a refused act's own lines count; of a case that
    found nothing none."""
    ledger, _ = day
    writer, _, _ = columns(ledger, lambda _: None)
    assert writer.write(tmp_path)["cases"] == 2
    cases = pl.read_parquet(tmp_path / "cases.parquet")
    assert cases["case"].n_unique() == 1 and cases["drug"].is_sorted()
    assert "XC08CAA001A001010019999" in cases["drug"].to_list()
    step = base64url.decode(json.loads(ledger.entry(cases["entry"][0]))["statement"]["payload"])
    assert json.loads(step)["finding"] == "violation"


def test_every_entry_of_the_day_is_what_the_rules_say(day: tuple[Any, Path]) -> None:
    ledger, _ = day
    judged = list(replay(ledger))
    assert len(judged) == ledger.size > 150
    assert [one.index for one in judged if not one.same] == []
    assert {"refused", "accepted"} == {one.decision.outcome for one in judged}


def test_every_verdict_cites_the_versions_that_it_rests_on(day: tuple[Any, Path]) -> None:
    """S35: a finding that no rule and no version explains convinces nobody, be it a refusal."""
    ledger, _ = day
    in_force: dict[str, str] = {}
    cited: Counter[str] = Counter()
    for one in replay(ledger):
        entry = json.loads(ledger.entry(one.index))
        [kind] = entry.keys() & {"verdict", "refused"}
        versions = {name: entry[kind][name] for name in ("rulebook", "knowledge") if name in entry[kind]}
        assert versions == in_force
        assert all(flag["rule"] and flag["version"] >= 1 for flag in entry[kind].get("flags", []))
        cited[kind] += len(versions) == 2
        library = one.type.removeprefix("governance.")
        if library in ("rulebook", "knowledge"):
            in_force[library] = hashlib.sha256(base64url.decode(entry["statement"]["payload"])).hexdigest()
    assert cited["verdict"] > 100 and cited["refused"] > 10


def test_an_accepted_entry_whose_flag_was_left_out_is_found(day: tuple[Any, Path]) -> None:
    ledger, _ = day
    index, entry = next(
        (index, entry)
        for index in range(ledger.size)
        if (entry := json.loads(ledger.entry(index))).get("verdict", {}).get("flags")
    )
    entry["verdict"]["flags"] = []
    altered: Source = Altered(ledger, index, encode(entry))
    assert [one.index for one in replay(altered) if not one.same] == [index]


def test_a_rule_written_anew_since_is_told_and_is_no_difference(
    day: tuple[Any, Path],
) -> None:
    """After an update every flag of an older version, and all that followed it, looked forged.

    What follows the correction names its leaf, which is the log's and not that of today's words.
    """
    ledger, _ = day
    index, entry = next(
        (index, entry)
        for index in range(ledger.size)
        if (entry := json.loads(ledger.entry(index))).get("verdict", {}).get("flags")
        and b"dispensing.corrected" in base64url.decode(entry["statement"]["payload"])
    )
    rule = next(one for one in RULES if one.id == entry["verdict"]["flags"][0]["rule"])
    object.__setattr__(rule, "version", rule.version + 1)
    found = Comparison()
    try:
        for judged in replay(ledger):
            found.take(judged)
    finally:
        object.__setattr__(rule, "version", rule.version - 1)
    told = found.told()
    assert told["different"] == []
    [changed] = [one for one in told["versions"] if one["rule"] == rule.id]
    assert (changed["then"], changed["now"]) == (rule.version, rule.version + 1)
    assert index in changed["entries"]
    first, second, *_ = found.lines()
    assert "byte for byte but for rules' versions" in first and f"{rule.id} v{changed['then']} then" in second


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ([("A-1", 1)], [("A-1", 2)], (("A-1", 1, 2),)),
        ([("A-1", 1), ("B-1", 1)], [("A-1", 2), ("B-1", 1)], (("A-1", 1, 2),)),
        ([("A-1", 1), ("B-1", 1)], [("A-1", 2)], ()),
        ([("A-1", 1)], [("B-1", 1)], ()),
        ([], [("A-1", 1)], ()),
    ],
)
def test_only_what_differs_in_versions_alone_is_told_so(
    then: list[tuple[str, int]], now: list[tuple[str, int]], told: object
) -> None:
    def entry(flags: list[tuple[str, int]], **more: str) -> bytes:
        found = [{"rule": rule, "version": version} for rule, version in flags]
        return json.dumps({"verdict": {"flags": found, "outcome": "accepted"}, **more}).encode()

    assert _versions_alone(entry(then), entry(now)) == told
    assert _versions_alone(entry(then), entry(now, prev="ab")) == ()


def _versions_kept(judged: list[Judged]) -> list[bytes]:
    """The rulebook's versions as each step leaves them: the past is looked up among the true ones."""
    steps = [dict((one.otherwise or one.decision).writes) for one in judged]
    kept = [writes[keys.RULEBOOK] for writes in steps if keys.RULEBOOK in writes]
    assert kept
    return kept


def test_the_past_under_an_areas_rules(day: tuple[Any, Path]) -> None:
    ledger, _ = day
    for strict, code in (
        ({"profile_visits_month_max": 2}, "PROFILE_VISITS"),
        ({"days_long_max": 1, "days_long_evaluated_max": 1}, "RX_DAYS_LIMIT"),
    ):
        judged = list(replay(ledger, strict))
        assert all(one.same for one in judged), "looking at it otherwise changes nothing of what was"
        assert _versions_kept(judged) == _versions_kept(list(replay(ledger)))
        assert code in {code for one in judged if one.otherwise for code in one.otherwise.codes}


def test_a_rulebook_that_is_announced_for_later_is_under_no_pack_yet() -> None:
    """Without the moment the newest version was taken, in force or not."""
    versions = [{"id": "a", "from": 0}, {"id": "b", "from": 10}]
    state = _State({keys.RULEBOOK: json.dumps({"versions": versions}).encode()})
    for name in "ab":
        state.values[keys.rulebook(name)] = json.dumps({"parameters": {"named": name, "own": 1}}).encode()
    for at_ms, named in ((9, "a"), (10, "b")):
        read = state.under({"own": 2}, at_ms)
        [only] = json.loads(read(keys.RULEBOOK) or b"")["versions"]
        told = json.loads(read(keys.rulebook(only["id"])) or b"")
        assert told == {"parameters": {"named": named, "own": 2}}


def test_an_areas_pack_is_answered_even_when_it_changes_nothing(day: tuple[Any, Path]) -> None:
    ledger, _ = day
    kept = Comparison(["calm-1"])
    strict = Comparison(["strict-1"])
    for found, parameters in ((kept, {}), (strict, {"days_long_max": 1, "days_long_evaluated_max": 1})):
        for judged in replay(ledger, parameters):
            found.take(judged)
    plain, result, bare = kept.lines()
    assert plain.endswith("byte for byte, what the rules say")
    assert result == f"calm-1: 0 of {kept.judged_by_packs} differ"
    assert f"{ledger.size - kept.judged_by_packs} refusals keep no content" in bare
    _, result, _, *rules = strict.lines()
    count, first = len(strict.otherwise), strict.otherwise[0]
    assert count and result.startswith(f"strict-1: {count} of {kept.judged_by_packs} differ: entries {first}")
    assert any("RX_DAYS_LIMIT would " in line for line in rules)


def test_without_other_rules_nothing_is_said_otherwise(day: tuple[Any, Path]) -> None:
    ledger, _ = day
    assert all(one.otherwise is None for one in replay(ledger))
    for one in replay(ledger, {}):
        if one.otherwise is not None:
            assert one.otherwise.codes == one.decision.codes


def test_a_ledgers_own_history_is_screened(day: tuple[Any, Path], tmp_path: Path) -> None:
    """Columns out of log and vault: the day's sales, and the pack that no supplier delivered."""
    ledger, _ = day
    writer, erased, rules = columns(ledger, lambda _: None)
    counts = writer.write(tmp_path)
    assert rules["version"] == rules["knowledge_version"] == "sandbox-1" and len(rules["rulebook"]) == 64
    assert erased == 0 and counts["sales"] > 10 and counts["stock"] > 10 and counts["organisations"] == 5
    sales = pl.read_parquet(tmp_path / "sales.parquet")
    assert set(sales["channel"].unique()) >= {"dispensed", "reported", "settled", "returned"}
    entry = json.loads(ledger.entry(sales["entry"][0]))
    assert entry["time"] == sales["time_ms"][0]
    text = sales.write_csv() + pl.read_parquet(tmp_path / "prescriptions.parquet").write_csv()
    assert "990000195507190221" not in text and "89900020000000" not in text
    found = {screen.id: findings for screen, findings in screened(Tables(tmp_path))}
    assert found["SCREEN-BALANCE"] and not found["SCREEN-CODES"]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with site(tmp_path) as made:
        hospital = made.of_role("hospital")
        made.post("/v1/statements", made.opening(hospital), hospital)
    assert main(["replay", "--folder", str(tmp_path / "ledger")]) == 0
    assert "byte for byte" in capsys.readouterr().out
    assert main(["replay", "--folder", str(tmp_path / "ledger"), "--pack", "yulin-2025", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["different"], told["packs"], told["otherwise"]) == ([], ["yulin-2025"], [])
    assert main(["replay", "--folder", str(tmp_path), "--pack", "yulin-2025"]) == 2
    assert main(["columns", "--folder", str(tmp_path / "ledger"), "--out", str(tmp_path / "columns")]) == 0
    assert "organisations" in capsys.readouterr().out


def test_what_was_erased_is_said_to_be_erased(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with site(tmp_path) as made:
        hospital = made.of_role("hospital")
        identifier = made.post("/v1/statements", made.opening(hospital), hospital).json()["id"]
        assert made.ledger.erase(identifier) >= 1
    capsys.readouterr()
    assert main(["replay", "--folder", str(tmp_path / "ledger")]) == 2
    told = capsys.readouterr()
    assert "ERASED" in told.err and "nor what follows it" in told.err
    stopped = int(told.err.split("entry ")[1].split(" ")[0])
    assert f"{stopped} of {stopped} entries are, byte for byte" in told.out, "judged before"
