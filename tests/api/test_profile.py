"""A subject's profile: features with proof, rule and end, from the log alone (S57)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from api.command.main import main
from api.reports.subject_profile import SHOWN, ProfileFault, profile
from contracts.codes import CODES
from contracts.codes.about import about
from contracts.rules import RULES
from contracts.statements import base64url
from tests.api.entries import H1, P1, REGULATOR, organisation, refused, said

CASE = said("2026-02-03T00:00:00Z", "governance.case", REGULATOR, "G1", subject="D1", reason="核查")
CASE_ID = hashlib.sha256(base64url.decode(json.loads(CASE)["statement"]["payload"])).hexdigest()
LOG = [
    organisation(H1, "hospital"),
    said("2026-01-01T00:00:00Z", "registry.person", REGULATOR, "G1", code="D1", role="doctor"),
    refused("2026-01-01T00:00:00Z", "PACE_TOO_FAST"),
    refused("2026-01-31T00:00:00Z", "PACE_TOO_FAST", "QTY_FORMAT"),
    said("2026-02-01T00:00:00Z", "prescription.issued", flags=("PACE_NOTICE",)),
    said("2026-02-02T00:00:00Z", "dispensing.dispensed", P1, "Y1", flags=("NO_INBOUND",)),
    CASE,
    said("2026-02-04T00:00:00Z", "governance.case", REGULATOR, "G1", subject="D2", reason="核查"),
    said("2026-02-05T00:00:00Z", "governance.appeal", H1, "D1", case="ab", reason="病情需要"),
    said("2026-02-05T00:00:00Z", "governance.release", REGULATOR, "G1", freeze="ab", reason="-"),
]


def test_a_feature_has_its_proof_its_rule_and_its_end() -> None:
    found = profile(LOG, "D1")
    by_code = {one["code"]: one for one in found["features"]}
    assert by_code.keys() == {"PACE_TOO_FAST", "PACE_NOTICE"}  # no error of data, no other's flag
    fast = by_code["PACE_TOO_FAST"]
    assert (fast["times"], fast["entries"], fast["rules"]) == (2, [2, 3], ["PACE-1"])
    assert (fast["last"], fast["expires"]) == ("2026-01-31T00:00:00Z", "2026-05-01T00:00:00Z")
    assert fast["class"] == "VIOLATION" and fast["en"] and fast["zh"]


def test_measures_against_the_subject_and_its_appeals_are_told() -> None:
    found = profile(LOG, "D1")
    assert [(one["entry"], one["type"]) for one in found["measures"]] == [
        (6, "governance.case"),
        (8, "governance.appeal"),
    ]
    assert "governance.appeal" in found["appeal"]["en"] and "申诉" in found["appeal"]["zh"]


def test_who_was_cleared_is_shown_cleared() -> None:
    """Case and freeze were listed, acquittal and release were not: an innocent doctor looked guilty."""
    step = {"case": CASE_ID, "step": "decided", "finding": "unfounded", "reason": "无事实依据"}
    cleared = said("2026-02-06T00:00:00Z", "governance.case_step", REGULATOR, "G1", **step)
    other = said("2026-02-06T00:00:00Z", "governance.case_step", REGULATOR, "G1", **{**step, "case": "cd"})
    told = profile([*LOG, cleared, other], "D1")["measures"]
    assert [one.get("finding") for one in told] == [None, None, "unfounded"]


@pytest.mark.parametrize(
    ("type_", "members", "subject", "role"),
    [
        ("registry.department", {"code": "DEP1", "organisation": H1, "name": "内科"}, "DEP1", "department"),
        ("registry.tool", {"code": "T1", "vendor": "V1", "vendor_name": "某公司"}, "V1", "vendor"),
        ("registry.vendor", {"code": "V2", "name": "某公司", "reason": "举报"}, "V2", "vendor"),
        ("registry.insured", {"code": "I1"}, "I1", "insured"),
    ],
)
def test_whoever_a_measure_may_concern_has_a_profile(
    type_: str, members: dict[str, str], subject: str, role: str
) -> None:
    """T7 and S57 name departments, and cases concern vendors: nobody of such a code was registered."""
    registered = said("2026-01-01T00:00:00Z", type_, REGULATOR, "G1", **members)
    concerned = {"subject": subject, "reason": "核查"}
    freeze = said("2026-02-04T00:00:00Z", "governance.freeze", REGULATOR, "G1", **concerned)
    found = profile([registered, *LOG, freeze], subject)
    assert (found["role"], found["features"]) == (role, [])
    assert [one["type"] for one in found["measures"]] == ["governance.freeze"]


IN_A_DEPARTMENT = [
    said("2026-01-01T00:00:00Z", "registry.department", code="DEP1", organisation=H1, name="内科"),
    *(
        said(f"2026-01-0{day}T00:00:00Z", "registry.person", by="G1", role="doctor", **one)
        for day, one in enumerate(
            (
                {"code": "D3", "department": "内科"},
                {"code": "D4", "department": "外科"},
                {"code": "D5", "department": "内科"},
            ),
            1,
        )
    ),
    said("2026-01-05T00:00:00Z", "prescription.issued", by="D3", flags=("PACE_NOTICE",)),
    said("2026-01-05T00:00:00Z", "prescription.issued", by="D4", flags=("ASSIST_DECLARED",)),
    refused("2026-01-05T00:00:00Z", "PACE_TOO_FAST", by="D3"),
    refused("2026-01-05T00:00:00Z", "PACE_DAILY_CAP", by="D5", actor="H99000000002"),
    said("2026-01-06T00:00:00Z", "governance.appeal", by="D3", case="ab", reason="病情需要"),
    said("2026-01-06T00:00:00Z", "registry.person", by="G1", code="D3", role="doctor", department="外科"),
    said("2026-01-07T00:00:00Z", "prescription.issued", by="D3", flags=("ASSIST_DECLARED",)),
]


def test_a_department_has_the_acts_of_its_people_while_they_are_in_it_and_at_its_institution() -> None:
    """It had none, though the month's report told what its doctors were refused for."""
    found = profile(IN_A_DEPARTMENT, "DEP1")
    assert found["acts"] == 2
    assert [one["code"] for one in found["features"]] == ["PACE_NOTICE", "PACE_TOO_FAST"]
    assert found["measures"] == [], "whoever appeals appeals in the own name"


def test_a_feature_names_the_rule_that_spoke_and_not_all_that_may_say_its_code() -> None:
    """SCORE_BAND, FIELD_FORBIDDEN … are said by several: each of them stood beside the doctor's name."""
    flagged = json.loads(said("2026-02-01T00:00:00Z", "prescription.issued", flags=("DOSE_LIMIT",)))
    flagged["verdict"]["flags"] = [{"code": "PACE_NOTICE", "rule": "PACE-3"}]
    found = profile([*LOG[:2], json.dumps(flagged).encode()], "D1")
    assert [one["rules"] for one in found["features"]] == [["PACE-3"]]
    late = profile([*LOG[:2], refused("2026-02-01T00:00:00Z", "ID_CONFLICT")], "D1")["features"]
    judging = [rule.id for rule in RULES if rule.code == "ID_CONFLICT" and "prescription.issued" in rule.on]
    assert [one["rules"] for one in late] == [judging]
    assert len(judging) < sum(rule.code == "ID_CONFLICT" for rule in RULES), "OFFICE-1 judges no prescription"


@pytest.mark.parametrize("code", ["REMINDER_ANSWERED", "STATE_NOT_FROZEN", "PREV_DIGEST_MISMATCH"])
def test_what_needs_nothing_to_be_done_is_no_deed_of_a_doctors(code: str) -> None:
    """A colleague had answered the reminder: the second one was a violation in a doctor's profile."""
    found = profile([*LOG[:2], refused("2026-02-06T00:00:00Z", code)], "D1")
    assert found["features"] == []


def test_what_only_follows_from_a_measure_is_no_feature() -> None:
    found = profile([*LOG, refused("2026-02-06T00:00:00Z", "STATE_FROZEN")], "D1")
    assert "STATE_FROZEN" not in {one["code"] for one in found["features"]}


SAID_AT_THE_COUNTER = [
    organisation("F1", "fund"),
    said("2026-01-01T00:00:00Z", "registry.person", REGULATOR, "G1", code="Y1", role="pharmacist"),
    organisation(P1, "pharmacy"),
    refused("2026-02-01T00:00:00Z", "SUPPLY_QUANTITY", actor=H1),
    said("2026-02-02T00:00:00Z", "dispensing.dispensed", P1, "Y1", flags=("NO_INBOUND", "SHADOW")),
    refused("2026-02-03T00:00:00Z", "TRACE_EXPIRED", actor=P1, by="Y1", type_="dispensing.dispensed"),
    refused("2026-02-03T00:00:00Z", "SUPPLY_QUANTITY", actor=P1, by="Y1", type_="dispensing.dispensed"),
    refused("2026-02-03T00:00:00Z", "TRACE_RECALLED", actor="F1", by="J1", type_="settlement.reported"),
    refused("2026-02-03T00:00:00Z", "SETTLED_TWICE", actor="F1", by="J1", type_="settlement.settled"),
    said("2026-02-03T00:00:00Z", "registry.person", REGULATOR, "G1", code="J1", role="fund_officer"),
]


@pytest.mark.parametrize(
    ("subject", "codes"),
    [
        ("Y1", ["TRACE_EXPIRED"]),
        (P1, ["NO_INBOUND", "TRACE_EXPIRED"]),
        ("J1", []),
        ("F1", []),
        ("D1", ["PACE_NOTICE", "PACE_TOO_FAST", "SUPPLY_QUANTITY"]),
    ],
)
def test_nobody_is_charged_with_what_speaks_of_another(subject: str, codes: list[str]) -> None:
    """Patients' purchases and prescriptions' ends stood among the deeds of honest pharmacists."""
    found = profile([*LOG, *SAID_AT_THE_COUNTER], subject)
    assert [one["code"] for one in found["features"]] == codes


@pytest.mark.parametrize(
    "code", sorted(code for code in CODES if about(code) in ("patient", "prescription", "measure", "nobody"))
)
def test_what_speaks_of_patient_prescription_measure_or_nobody_is_nobodys_feature(code: str) -> None:
    log = [*LOG, *SAID_AT_THE_COUNTER, refused("2026-02-03T00:00:00Z", code, actor=P1, by="Y1")]
    for subject in (P1, "Y1"):
        assert code not in {one["code"] for one in profile(log, subject)["features"]}


@pytest.mark.parametrize(("days", "times"), [(35, 1), (36, 2)])
def test_what_is_older_than_the_window_is_forgotten(days: int, times: int) -> None:
    """The last entry is of 5 February, the older refusal of 1 January."""
    [fast] = [one for one in profile(LOG, "D1", days)["features"] if one["code"] == "PACE_TOO_FAST"]
    assert fast["times"] == times


def test_an_institution_has_its_own() -> None:
    assert profile(LOG, H1)["role"] == "hospital"
    assert profile(LOG, H1)["acts"] == 4


def test_as_many_entries_as_a_reader_takes_are_cited() -> None:
    many = [refused("2026-02-05T00:00:00Z", "PACE_TOO_FAST") for _ in range(SHOWN + 5)]
    [fast] = [one for one in profile([*LOG, *many], "D1")["features"] if one["code"] == "PACE_TOO_FAST"]
    assert (fast["times"], len(fast["entries"])) == (SHOWN + 7, SHOWN)


def test_of_an_insured_person_a_log_tells_measures_alone() -> None:
    known = said("2026-02-06T00:00:00Z", "registry.insured", REGULATOR, "G1", code="B1")
    case = said("2026-02-07T00:00:00Z", "governance.case", REGULATOR, "G1", subject="B1", reason="核查")
    found = profile([*LOG, known, case], "B1")
    assert (found["role"], found["features"]) == ("insured", [])
    assert [one["type"] for one in found["measures"]] == ["governance.case"]


@pytest.mark.parametrize("code", ["D9", "", "Y1"])
def test_who_is_not_registered_has_no_profile(code: str) -> None:
    with pytest.raises(ProfileFault):
        profile(LOG, code)


def test_the_command_over_a_real_log(
    small_log: tuple[Path, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, hospital = small_log
    capsys.readouterr()
    words = ["profile", str(log), hospital]
    assert main([*words, "--json"]) == 0
    first = capsys.readouterr().out
    assert json.loads(first)["acts"] == 2  # its key and the consultation
    assert main([*words, "--json"]) == 0 and capsys.readouterr().out == first
    assert main(words) == 0
    head = capsys.readouterr().out.splitlines()[0]
    assert "(hospital)" in head and head.endswith("+08:00: 2 acts"), "local time, and what the number counts"
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(words) == 0
    head = capsys.readouterr().out.splitlines()[0]
    assert "(医院)" in head and head.endswith("+08:00：2 项业务")
    assert main(["profile", str(log), "NOBODY"]) == 2
    assert main(["profile", str(tmp_path), hospital]) == 2
    assert main([*words, "--window-days", "0"]) == 2
