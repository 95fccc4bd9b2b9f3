"""Channels and regions over HTTP: signed, answered with every reason, the log verified afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.sandbox.registry import host
from contracts.facts import Json
from tests.api.proof import prove
from tests.api.serving import REGULATOR, site
from tests.catalogue.desk import DOCTOR, H1, Desk

APP = "APP-1"
GRANULES = "XT00AAA001A001010029999"
WINDOW: dict[str, Json] = {"valid_from": "2025-01-01", "valid_to": "2027-12-31"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with site(tmp_path) as served:
        yield Desk(served)
        prove(served.ledger, tmp_path)


def register(desk: Desk, type_: str, members: dict[str, Json]) -> None:
    officer = desk.site.ring.officers()[0].code
    desk.commit(desk.body(type_, REGULATOR, [officer], {**WINDOW, **members}), REGULATOR)


def know_granules(desk: Desk) -> None:
    """Bring a knowledge base into force that holds granules alone."""
    officers = [officer.code for officer in desk.site.ring.officers()]
    level: dict[str, Json] = {"product": "8990099", "level": 1, "units": 10, "unit": "袋"}
    granules: dict[str, Json] = {"code": GRANULES, "name": "配方颗粒", "class": "tcm_granules"}
    row: dict[str, Json] = {**granules, "monitored": False, "online_forbidden": False, "levels": [level]}
    part: dict[str, Json] = {"drugs": [row], "recalls": []}
    found = desk.commit(desk.body("governance.knowledge_part", REGULATOR, officers, part), REGULATOR)
    version: dict[str, Json] = {"version": "granules", "parts": [found["id"]]}
    desk.commit(desk.body("governance.knowledge", REGULATOR, officers, version), REGULATOR)


def opening(desk: Desk, channel: str) -> bytes:
    groups: dict[str, Json] = {
        "identity": {"name": "白芷若", "certificate_number": "990000195507190221"},
        "identifiers": {"mdtrtId": f"990000ON{channel}", "channel": channel},
        "clinical": {"first_visit": False},
    }
    return desk.body("consultation.opened", H1, [DOCTOR], {"doctor": DOCTOR, "mode": "text"}, groups)


def test_a_registered_channel_is_taken_and_another_refused(desk: Desk) -> None:
    register(desk, "registry.channel", {"code": APP, "organisation": H1, "name": "小程序"})
    desk.commit(opening(desk, APP), H1)
    refused = desk.post(opening(desk, "WECHAT-GROUP"), H1)
    assert (refused.status_code, refused.json()["code"]) == (403, "CHANNEL_UNREGISTERED")


def test_the_clinic_of_mianyang_is_told_three_reasons(desk: Desk) -> None:
    clinic: dict[str, Json] = {"code": H1, "name": "绵阳门诊部", "role": "hospital", "licence": "L"}
    place: dict[str, Json] = {"site": "5107", "latitude_microdegrees": 0, "longitude_microdegrees": 0}
    relying: dict[str, Json] = {"id": host(H1), "origins": [f"https://{host(H1)}"]}
    limits: dict[str, Json] = {"service_modes": [], "regions": ["51"], "relying_party": relying}
    register(desk, "registry.organisation", {**clinic, **place, **limits})
    know_granules(desk)
    refused = desk.post(desk.issue(line={"drug": GRANULES, "unit": "袋"}, members={"region": "44"}), H1)
    told = [(one["rule"], one["code"]) for one in refused.json()["findings"]]
    assert refused.status_code == 403
    assert told == [
        ("LICENCE-5", "ORG_SCOPE"),
        ("LICENCE-6", "ORG_SCOPE"),
        ("CLINICAL-6", "DRUG_ONLINE_FORBIDDEN"),
    ]
