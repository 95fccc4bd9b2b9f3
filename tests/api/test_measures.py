"""A freeze over HTTP: two officers stop a hospital, everybody sees it, two roles release it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from api.client.http import Problem
from api.client.signing import Person, build
from api.sandbox.stage import ORIGIN
from contracts.facts import Json
from tests.api.serving import REGULATOR, Site

FUND_OFFICER = "J990000000001"
OTHER_OFFICERS = ("G990000000003", "G990000000004")
WHY = "数据核查"


def submit(
    site: Site,
    type_: str,
    members: Mapping[str, Json],
    signers: Sequence[Person],
    iss: str = REGULATOR,
) -> str:
    now_s = site.clock.now_ms() // 1000
    body = build(type_, members, {}, iss=iss, aud=ORIGIN, iat=now_s, signers=list(signers))
    return str(site.client(iss).submit(body).body["id"])


def test_a_frozen_doctor_is_public_refused_and_released_by_two_roles(
    served: Site, hospital: str
) -> None:
    doctor = served.staff("doctor", hospital).code
    officers, fund_officer = served.ring.officers(), served.ring.person(FUND_OFFICER, "")
    assert served.http.get(f"/v1/standing/{doctor}").json()["freezes"] == []
    members: dict[str, Json] = {
        "subject": doctor,
        "scope": "all",
        "until": "2026-03-09T00:00:00Z",
        "reason": WHY,
    }
    frozen = submit(served, "governance.freeze", members, officers[:2])
    told = served.http.get(f"/v1/standing/{doctor}").json()
    assert told["kind"] == "person" and told["grade"] == "A" and told["status"] == "frozen"
    assert told["freezes"] == [
        {"id": frozen, "scope": "all", "until": "2026-03-09T00:00:00Z", "by": "officers"}
    ]
    release: dict[str, Json] = {"freeze": frozen, "reason": WHY}
    with pytest.raises(Problem) as refused:
        submit(served, "governance.release", release, officers[:2])
    assert refused.value.code == "ROLE_FORBIDDEN"
    submit(served, "governance.release", release, [officers[0], fund_officer])
    assert served.http.get(f"/v1/standing/{doctor}").json()["freezes"] == []


def found_guilty(served: Site, subject: str, evidence: Sequence[str] = ()) -> str:
    """A case that went its steps to the finding of a violation; returns its id."""
    officers = served.ring.officers()[:2]
    members: dict[str, Json] = {"subject": subject, "rules": ["TRACE-12"], "reason": WHY}
    members["evidence"] = list(evidence)
    case = submit(served, "governance.case", {**members, "due": "2026-04-01T00:00:00Z"}, officers)
    for step, more in (("notified", {}), ("heard", {}), ("decided", {"finding": "violation"})):
        submit(served, "governance.case_step", {"case": case, "step": step, "reason": WHY, **more}, officers)
    return case


def test_points_and_tickets_of_an_institution_are_public(served: Site, pharmacy: str) -> None:
    members: dict[str, Json] = {
        "subject": pharmacy,
        "points": 3,
        "kind": "agreement_breach",
        "responsibility": "main",
        "case": found_guilty(served, pharmacy),
        "reason": WHY,
    }
    scored = submit(served, "governance.score", members, served.ring.officers()[:2])
    told = served.http.get(f"/v1/standing/{pharmacy}").json()
    [score] = told["scores"]
    assert (score["id"], score["case"], score["kind"]) == (scored, members["case"], "agreement_breach")
    assert (told["points_year"], told["score"], told["grade"]) == (3, 850, "B")
    assert set(told["tickets"]) == {"opened", "closed"}
    assert not {"reason", "patients"} & set(told)


@pytest.mark.parametrize("code", ["H11111111111", "not registered", "%00", "990000195507190221"])
def test_who_is_not_registered_has_no_standing(served: Site, code: str) -> None:
    answer = served.http.get(f"/v1/standing/{code}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_a_case_under_an_unknown_rule_is_refused_at_its_place(served: Site, hospital: str) -> None:
    members: dict[str, Json] = {
        "subject": hospital,
        "rules": ["PACE-1", "PACE-99"],
        "evidence": [],
        "due": "2026-04-01T00:00:00Z",
        "reason": WHY,
    }
    with pytest.raises(Problem) as refused:
        submit(served, "governance.case", members, served.ring.officers()[:2])
    told = refused.value.body
    assert (told["code"], told["rule"], told["pointer"]) == ("CODE_UNKNOWN", "OFFICE-12", "/rules/1")


def test_an_appeal_is_decided_by_officers_of_the_sandbox_who_did_not_decide_before(
    served: Site, hospital: str
) -> None:
    """With two officers in all, no appeal in the sandbox ever ended."""
    doctor = served.staff("doctor", hospital)
    first = served.ring.officers()[:2]
    others = [served.ring.person(code, "") for code in OTHER_OFFICERS]
    members: dict[str, Json] = {"subject": doctor.code, "rules": ["PACE-1"], "evidence": []}
    case = submit(
        served, "governance.case", {**members, "due": "2026-04-01T00:00:00Z", "reason": WHY}, first
    )

    def step(name: str, by: Sequence[Person], **found: Json) -> None:
        submit(served, "governance.case_step", {"case": case, "step": name, "reason": WHY, **found}, by)

    step("notified", first)
    step("heard", first)
    step("decided", first, finding="violation")
    submit(served, "governance.appeal", {"case": case, "reason": WHY}, [doctor], iss=hospital)
    with pytest.raises(Problem) as refused:
        step("appeal_decided", first, finding="unfounded")
    assert refused.value.code == "DUTY_SEPARATION"
    step("appeal_decided", others, finding="unfounded")
    step("closed", first)


def test_who_reports_the_own_fault_gets_a_receipt_and_fewer_points(served: Site, hospital: str) -> None:
    """Only officers could write that somebody had reported itself: who did had nothing to show."""
    doctor = served.staff("doctor", hospital)
    report: dict[str, Json] = {"subject": doctor.code, "reason": WHY}
    reported = submit(served, "governance.self_report", report, [doctor], iss=hospital)
    assert served.http.get(f"/v1/receipts/{reported}").status_code == 200
    case = found_guilty(served, doctor.code, evidence=[reported])
    given: dict[str, Json] = {"subject": doctor.code, "points": 4, "kind": "administrative_penalty"}
    with pytest.raises(Problem) as refused:
        score: dict[str, Json] = {**given, "responsibility": "main", "case": case, "reason": WHY}
        submit(served, "governance.score", score, served.ring.officers()[:2])
    assert (refused.value.code, refused.value.body["rule"]) == ("SCORE_BAND", "CREDIT-3")
