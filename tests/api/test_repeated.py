"""What was committed is committed for ever, whatever its hospital has registered since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.sandbox.registry import host
from contracts.facts import Json
from tests.api.proof import prove
from tests.api.serving import site
from tests.api.test_online import register
from tests.catalogue.desk import H1, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with site(tmp_path) as served:
        yield Desk(served)
        prove(served.ledger, tmp_path)


def move(desk: Desk, id_: str, origin: str) -> None:
    """The hospital's pages move to another address, as its registration then says; without one to none."""
    hospital: dict[str, Json] = {"code": H1, "name": "互联网医院", "role": "hospital", "licence": "L"}
    place: dict[str, Json] = {"site": "9900", "latitude_microdegrees": 0, "longitude_microdegrees": 0}
    relying: dict[str, Json] = {"id": id_, "origins": [origin]}
    limits: dict[str, Json] = {"service_modes": ["internet"], **({"relying_party": relying} if id_ else {})}
    register(desk, "registry.organisation", {**hospital, **place, **limits})


@pytest.mark.parametrize(
    ("id_", "origin"),
    [("moved.example", "https://moved.example"), ("moved.example", f"https://{host(H1)}"), ("", "")],
    ids=["other origin", "other site", "no site"],
)
def test_a_lost_answer_is_given_again_although_the_hospital_has_moved(
    desk: Desk, id_: str, origin: str
) -> None:
    """The hospital would believe its prescription refused, and write it anew beside the one that stands."""
    body = desk.issue()
    first = desk.commit(body, H1)
    move(desk, id_, origin)
    again = desk.post(body, H1)
    assert again.status_code == 200
    assert (again.json()["index"], again.json()["leaf"]) == (first["index"], first["leaf"])
    assert again.json()["receipt"] == first["receipt"]
    fresh = desk.post(desk.issue(), H1)
    refused = ("HUM_ORIGIN", "HUM_RP", "SCHEMA_REQUIRED")
    assert fresh.json()["code"] in refused, "what is new is signed at the new address alone"


def test_a_doctor_at_a_hospital_without_a_site_is_on_no_entry(desk: Desk) -> None:
    """The office took the site away: as a fault of form that is answered, and nobody stands accused of it."""
    body = desk.issue()
    move(desk, "", "")
    size = desk.site.ledger.size
    refused = desk.post(body, H1)
    assert (refused.status_code, refused.json()["code"]) == (422, "SCHEMA_REQUIRED")
    assert refused.json()["pointer"] == "registry.organisation/relying_party"
    assert desk.site.ledger.size == size


def test_a_copy_with_a_false_signature_is_refused_as_ever(desk: Desk) -> None:
    body = desk.issue()
    desk.commit(body, H1)
    move(desk, "moved.example", "https://moved.example")
    end = body.rindex(b'"signature":"') + 13
    other = b"B" if body[end : end + 1] == b"A" else b"A"
    forged = body[:end] + other + body[end + 1 :]
    assert desk.post(forged, H1).status_code in (401, 403, 422)
