"""The monthly report: counted from the log alone, by area, institution, department and person."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from api.command.main import main
from api.command.report import as_csv, lines
from api.reports.monthly import MonthFault, month_of, report
from contracts.statements import base64url
from tests.api.entries import H1, P1, P2, REGULATOR, organisation, refused, said

T10 = "2026-03-10T00:00:00Z"
DRUG = {"code": "X", "monitored": True}

LOG = [
    said("2026-01-01T00:00:00Z", "governance.genesis", utc_offset_minutes=480, profile="sandbox"),
    organisation(H1, "hospital"),
    organisation(P1, "pharmacy"),
    organisation(P2, "pharmacy"),
    said("2026-01-01T00:00:00Z", "registry.person", code="D1", role="doctor", department="内分泌科"),
    said("2026-01-02T00:00:00Z", "governance.knowledge_part", drugs=[DRUG]),
    said("2026-02-28T15:59:59Z", "prescription.issued"),
    said("2026-02-28T16:00:00Z", "prescription.issued", flags=("PACE_NOTICE", "SPLIT_RX")),
    refused(T10, "PACE_TOO_FAST", "QTY_FORMAT"),
    said("2026-03-20T00:00:00Z", "dispensing.dispensed", P1, "Y1"),
    said("2026-03-20T00:00:00Z", "governance.case", "R99000000001", "G1"),
    said("2026-03-20T00:00:00Z", "governance.case_step", "R99000000001", "G1", step="closed"),
    said("2026-03-31T16:00:00Z", "prescription.issued"),
]


def test_a_local_month_counts_from_its_first_to_its_last_moment() -> None:
    total = report(LOG, "2026-03")["total"]
    assert (total["statements"], total["accepted"], total["refused"]) == (5, 4, 1)
    assert total["types"]["prescription.issued"] == 2
    assert report(LOG, "2026-02")["total"]["statements"] == 1
    assert report(LOG, "2026-04")["total"]["statements"] == 1


def test_flags_and_refusals_are_told_by_code_and_class() -> None:
    total = report(LOG, "2026-03")["total"]
    assert total["flags"] == {"PACE_NOTICE": 1, "SPLIT_RX": 1}
    assert total["refusals"] == {"PACE_TOO_FAST": 1, "QTY_FORMAT": 1}
    assert total["classes"] == {"VIOLATION": 1, "SUSPICION": 1, "DATA_QUALITY": 1, "NOTICE": 1}


def test_areas_institutions_departments_and_people_have_their_own() -> None:
    found = report(LOG, "2026-03")
    assert found["areas"]["990000"]["statements"] == 5
    assert {one["code"]: one["statements"] for one in found["organisations"]} == {H1: 2, P1: 1, P2: 0}
    assert {name: one["statements"] for name, one in found["departments"].items()} == {f"{H1} 内分泌科": 2}
    assert found["people"]["D1"]["refused"] == 1 and "Y1" not in found["people"]
    assert found["measures"] == {"case": 1, "case closed": 1}


def test_an_institution_that_fell_silent_or_was_never_heard_of_is_told() -> None:
    by_code = {one["code"]: one for one in report(LOG, "2026-03")["organisations"]}
    assert (by_code[H1]["heard"], by_code[H1]["silent"], by_code[H1]["last"]) == (True, True, T10)
    assert by_code[P1]["silent"], "not heard of in the last eleven days"
    assert by_code[P1]["acts_about_packs"] == 1
    assert by_code[P2]["heard"] is False and "last" not in by_code[P2]
    unfinished = report(LOG[:-1], "2026-03")["organisations"]
    assert [one["silent"] for one in unfinished if one["heard"]] == [True, False], "looked at on the 20th"


FIFTY, HUNDRED = {"needed": 50, "due": "2025-12-31"}, {"needed": 100, "due": "2026-06-30"}
EVERY = {"needed": "all", "due": "2026-12-31"}
NOTHING_YET = {"needed": None, "met": True}


@pytest.mark.parametrize(
    ("month", "drugs", "told"),
    [
        ("2025-11", 0, {**NOTHING_YET, "next": FIFTY}),
        ("2025-12", 49, {**FIFTY, "met": False, "next": HUNDRED}),
        ("2025-12", 50, {**FIFTY, "met": True, "next": HUNDRED}),
        ("2026-01", 49, {**FIFTY, "met": False, "next": HUNDRED}),
        ("2026-01", 50, {**FIFTY, "met": True, "next": HUNDRED}),
        ("2026-05", 99, {**FIFTY, "met": True, "next": HUNDRED}),
        ("2026-06", 99, {**HUNDRED, "met": False, "next": EVERY}),
        ("2026-06", 100, {**HUNDRED, "met": True, "next": EVERY}),
        ("2026-07", 99, {**HUNDRED, "met": False, "next": EVERY}),
        ("2026-07", 100, {**HUNDRED, "met": True, "next": EVERY}),
        ("2026-11", 100, {**HUNDRED, "met": True, "next": EVERY}),
        ("2026-12", 99, {**EVERY, "met": False}),
        ("2027-01", 99, {**EVERY, "met": False}),
    ],
)
def test_a_month_is_held_against_the_last_deadline_that_has_passed(
    month: str, drugs: int, told: dict[str, Any]
) -> None:
    """The dates are deadlines: months before one read as failing what was not yet due."""
    assert report(_watching(drugs), month)["monitored"] == {"drugs": drugs, "catalogue": drugs + 1, **told}


@pytest.mark.parametrize(("drugs", "met"), [(0, False), (1, True)])
def test_after_the_last_stage_every_drug_of_the_catalogue_is_needed(drugs: int, met: bool) -> None:
    found = report(_watching(drugs, others=0), "2026-12")["monitored"]
    assert found == {"drugs": drugs, "catalogue": drugs, **EVERY, "met": met}


@pytest.mark.parametrize(
    ("month", "chinese", "told"),
    [
        ("2025-11", False, "monitored drugs 60, none needed yet; 50 needed by 2025-12-31"),
        ("2026-01", False, "monitored drugs 60, 50 needed since 2025-12-31 (met); 100 needed by 2026-06-30"),
        ("2026-12", False, "monitored drugs 60, all needed since 2026-12-31 (not met)"),
        ("2025-11", True, "重点监测药品 60，尚无到期要求；下一期限 2025-12-31 前应纳入 50"),
        (
            "2026-06",
            True,
            "重点监测药品 60，应纳入 100（期限 2026-06-30，未达到）；"
            "下一期限 2026-12-31 前应纳入 全部",
        ),
    ],
)
def test_the_table_says_what_is_due_and_what_comes_next(month: str, chinese: bool, told: str) -> None:
    assert list(lines(report(_watching(60), month), chinese, str))[1] == told


def test_an_area_has_dates_of_its_own_and_so_has_a_newer_rulebook() -> None:
    stages = {"monitored_stages": ["2026-03-31=60", "no stage"], "areas": {"43": {}}}
    own = {
        "31": {"monitored_stages": ["2026-01-31=80", "2026-09-30=120"]},
        "13": {"monitored_stages": ["2026-03-31=all"]},
    }
    hebei = {"area": "13", "drugs": 60, "needed": "all", "due": "2026-03-31", "met": False}
    shanghai = {"area": "31", "drugs": 60, "needed": 80, "due": "2026-01-31", "met": False}
    shanghai["next"] = {"needed": 120, "due": "2026-09-30"}
    whole = {**FIFTY, "met": True, "next": HUNDRED}
    for parameters, told in (
        ({}, whole),
        (stages, {"needed": 60, "due": "2026-03-31", "met": True}),
        ({"areas": own}, {**whole, "areas": [hebei, shanghai]}),
    ):
        rules = said("2025-01-04T00:00:00Z", "governance.rulebook", version="1", parameters=parameters)
        found = report([*_watching(60), rules], "2026-03")
        assert found["monitored"] == {"drugs": 60, "catalogue": 61, **told}
    line = "  area 31: monitored drugs 60, 80 needed since 2026-01-31 (not met); 120 needed by 2026-09-30"
    assert line in lines(found, False, str)


def test_each_area_is_held_against_the_list_that_it_has_itself() -> None:
    """T4: an area with two drugs on its list was told to have met 60, because another had marked them."""
    few, none = ["Y", "XA10BJA001", "of no table"], ["of no table"]
    dates = {"monitored_stages": ["2026-01-31=2"]}
    areas = {"13": {"monitored_drugs": few}, "1301": dates, "31": {"monitored_drugs": ["all"]}, "43": dates}
    book = {"monitored_drugs": none, "areas": areas}
    rules = said("2025-01-04T00:00:00Z", "governance.rulebook", version="1", parameters=book)
    found = report([*_watching(60, named="XA10BJA001A001010199990"), rules], "2026-12")["monitored"]
    assert (found["drugs"], found["catalogue"], found["met"]) == (0, 62, False)
    told = [(one["area"], one["drugs"], one["needed"], one["met"]) for one in found["areas"]]
    of_13, of_31 = [("13", 2, "all", False), ("1301", 2, 2, True)], ("31", 62, "all", True)
    assert told == [*of_13, of_31, ("43", 0, 2, False)]


def test_a_list_of_a_later_version_counts_from_its_month_on() -> None:
    first = said("2025-01-04T00:00:00Z", "governance.rulebook", version="1", parameters=_listing("Y"))
    later = {"version": "2", "effective_from": "2026-03-31T16:00:00Z"}
    wider = said("2026-03-02T00:00:00Z", "governance.rulebook", parameters=_listing("Y", "0"), **later)
    log = [*_watching(60), first, wider, said("2026-05-01T00:00:00Z", "prescription.issued")]
    found = [report(log, month)["monitored"]["areas"] for month in ("2026-03", "2026-04")]
    assert [(one["area"], one["drugs"]) for [one] in found] == [("31", 1), ("31", 2)]


def _listing(*codes: str) -> dict[str, Any]:
    return {"areas": {"31": {"monitored_drugs": list(codes)}}}


def test_what_is_announced_for_later_is_in_force_in_no_month_before() -> None:
    """A rulebook of April stood in the report of March as the one that judged it."""
    later = {"version": "april", "effective_from": "2026-03-31T16:00:00Z"}
    stages = {"monitored_stages": ["2026-04-30=7"]}
    log = [
        *_watching(60),
        said("2025-01-04T00:00:00Z", "governance.rulebook", version="old", parameters={}),
        said("2026-03-02T00:00:00Z", "governance.rulebook", parameters=stages, **later),
        said("2026-03-02T00:00:00Z", "governance.knowledge", parts=["ab" * 32], version="unfinished"),
        said("2026-03-02T00:00:00Z", "governance.knowledge", parts=[], **later),
        said("2026-05-01T00:00:00Z", "prescription.issued"),
    ]
    march, april = report(log, "2026-03"), report(log, "2026-04")
    assert (march["rules"]["rulebook_version"], march["rules"]["knowledge_version"]) == ("old", "k")
    assert (march["monitored"]["drugs"], march["monitored"]["needed"]) == (60, 50)
    assert (april["rules"]["rulebook_version"], april["rules"]["knowledge_version"]) == ("april", "april")
    assert (april["monitored"]["drugs"], april["monitored"]["needed"]) == (0, 7)


def test_of_two_rulebooks_announced_for_one_moment_the_later_one_is_named() -> None:
    """It is the one that the rules go by: an officer had corrected the first before its day."""
    begins = {"effective_from": "2026-03-05T00:00:00Z", "parameters": {}}
    books = [said("2026-03-01T00:00:00Z", "governance.rulebook", version=name, **begins) for name in "ab"]
    assert report([*LOG[:1], *books, *LOG[8:]], "2026-03")["rules"]["rulebook_version"] == "b"


def test_a_code_counts_with_whom_it_speaks_of_and_in_the_total_always() -> None:
    """What a patient bought, or a prescription's end, stood in the report of whoever was told of it."""
    march = "2026-03-20T00:00:00Z"
    at_the_counter = ("RX_CANCELLED", "SUPPLY_COVERED", "STATE_FROZEN", "TRACE_EXPIRED")
    person = {"code": "Y1", "role": "pharmacist", "department": "药房"}
    told = {"code": "F1", "name": "fund", "role": "fund"}
    log = [
        *LOG[:-1],
        said("2026-01-01T00:00:00Z", "registry.organisation", REGULATOR, "G1", **told),
        said("2026-01-01T00:00:00Z", "registry.person", **person),
        refused(march, *at_the_counter, actor=P1, by="Y1", type_="dispensing.dispensed"),
        said(march, "dispensing.dispensed", P1, "Y1", flags=("NO_INBOUND", "SHADOW")),
        refused(march, "SETTLED_TWICE", actor="F1", by="J1", type_="settlement.settled"),
    ]
    found = report(log, "2026-03")
    everything = {"RX_CANCELLED", "SUPPLY_COVERED", "STATE_FROZEN", "TRACE_EXPIRED"}
    shop = next(one for one in found["organisations"] if one["code"] == P1)
    fund = next(one for one in found["organisations"] if one["code"] == "F1")
    assert everything <= found["total"]["refusals"].keys()
    assert everything <= found["areas"][P1[1:7]]["refusals"].keys()
    assert shop["refusals"] == {"TRACE_EXPIRED": 1} and shop["refused"] == 1
    assert shop["flags"] == {"NO_INBOUND": 1}
    assert (fund["refusals"], fund["statements"]) == ({}, 1), "what it was refused is the shop's, or nobody's"
    for own in (found["people"]["Y1"], found["departments"][f"{P1} 药房"]):
        assert (own["refusals"], own["flags"], own["statements"]) == ({"TRACE_EXPIRED": 1}, {}, 2)


def _watching(drugs: int, others: int = 1, named: str = "") -> list[bytes]:
    """A log whose knowledge holds so many monitored drugs, and one that is not, or also one of this code."""
    founded = said("2025-01-01T00:00:00Z", "governance.genesis", utc_offset_minutes=480, profile="sandbox")
    watched = [{**DRUG, "code": str(number)} for number in range(drugs)]
    listed = [*watched, *[{"code": "Y", "monitored": False}] * others]
    listed += [{"code": named, "monitored": False}] if named else []
    part = said("2025-01-02T00:00:00Z", "governance.knowledge_part", drugs=listed)
    id_ = hashlib.sha256(base64url.decode(json.loads(part)["statement"]["payload"])).hexdigest()
    return [founded, part, said("2025-01-03T00:00:00Z", "governance.knowledge", version="k", parts=[id_])]


@pytest.mark.parametrize(
    "text",
    ["2026-13", "2026-3", "2026-00", "march", "2026-03-01", "２０２６-03", "0000-01", "0001-01", "9999-12"],
)
def test_what_is_no_month_is_named(text: str) -> None:
    with pytest.raises(MonthFault):
        month_of(text, 480)


def test_a08_a_cell_that_would_be_a_formula_is_quoted() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(report(LOG, "2026-03"), False, str))))
    assert rows[0][0] == "code" and len(rows) == 4
    assert rows[1][1] == "'=hospital"


def test_a_spreadsheet_for_chinese_readers_has_chinese_heads_and_local_times() -> None:
    """Its heads were `heard`, `silent`; its times were those of Greenwich."""
    found = report(LOG, "2026-03")
    rows = list(csv.DictReader(io.StringIO(as_csv(found, True, lambda text: f"local {text}"))))
    assert not any(name.isascii() for name in rows[0])
    shop = next(row for row in rows if row["编码"] == P1)
    assert (shop["类别"], shop["曾上传"], shop["停报"]) == ("药店", "是", "是")
    assert shop["最近上传"] == "local 2026-03-20T00:00:00Z"


def test_a_month_of_a_real_log_is_written_as_a_file(
    small_log: tuple[Path, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, _ = small_log
    capsys.readouterr()
    words = ["report", str(log), "--month", "2026-03", "--json"]
    assert main([*words, "--csv", str(tmp_path / "r.csv")]) == 0
    first = capsys.readouterr().out
    assert main(words) == 0 and capsys.readouterr().out == first  # the same log, the same bytes
    assert json.loads(first)["rules"]["rulebook_version"] == "sandbox-1"
    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbfcode,")
    assert main(words[:-1]) == 0
    told = capsys.readouterr().out
    assert "never heard of" in told and "+08:00" in told and "Z " not in told, "a local month has local times"
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(words[:-1]) == 0
    told = capsys.readouterr().out
    assert "规则手册版本 sandbox-1" in told and "rulebook_version" not in told
    assert main(["report", str(log), "--month", "2026-33"]) == 2
    assert main(["report", str(tmp_path), "--month", "2026-03"]) == 2
