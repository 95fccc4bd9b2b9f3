"""Who sees what: numbers, prescriptions, chains, packs, receipts, tiles, over one real sale."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.client.desk import Desk
from api.client.http import Problem
from api.client.lookups import LedgerLookups
from api.client.outbox import Outbox
from api.client.signing import build
from api.sandbox import registrar
from api.sandbox.play import play
from api.sandbox.stage import ORIGIN
from tests.api.serving import DAY, REGULATOR, Site, site

STEPS = 17  # one prescription from the consultation to the door


@dataclass(frozen=True, slots=True)
class Sale:
    """What the first prescription of the day left behind."""

    site: Site
    rx: str
    hospital: str
    pharmacy: str
    pharmacist: str
    number: str
    visit: str
    code: str


@pytest.fixture(scope="module")
def sale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sale]:
    """The first steps of the day, played."""
    folder = tmp_path_factory.mktemp("reads")
    with site(folder) as made:
        verdicts = {step.number: verdict for step, verdict in _played(made, folder)}
        issue = next(step for step in DAY.steps if step.kind == "D001")
        sold = next(step for step in DAY.steps if step.kind == "7206")
        identifier = verdicts[issue.number].statement_id
        assert identifier is not None
        opened = made.ledger.disclosures(identifier)["identifiers"]
        codes = made.ledger.disclosures(str(verdicts[sold.number].statement_id))["codes"]
        yield Sale(
            made,
            identifier,
            issue.sender,
            sold.sender,
            sold.signers[0],
            opened["hiRxno"],  # type: ignore[index,call-overload,arg-type]
            opened["mdtrtId"],  # type: ignore[index,call-overload,arg-type]
            codes[0]["code"],  # type: ignore[index,call-overload,arg-type]
        )


def _played(made: Site, folder: Path) -> Iterator[tuple[Any, Any]]:
    outbox = Outbox(folder / "outbox.db")
    directory = registrar.directory(DAY.cast)
    for step in DAY.steps[:STEPS]:
        made.clock.set(step.time_ms)
        client = made.client(step.sender)
        lookups = LedgerLookups(client, directory)
        now_s = step.time_ms // 1000
        desk = Desk(step.sender, ORIGIN, client, outbox, lookups, lambda now_s=now_s: now_s)
        yield step, play(step, desk, made.ring)
    outbox.close()


def post(sale: Sale, path: str, organisation: str, **members: Any) -> Any:
    """Return the JSON answer to a look-up, its status added."""
    answer = sale.site.post(path, json.dumps(members).encode(), organisation)
    return {"http": answer.status_code, **answer.json()}


def other(sale: Sale, role: str) -> str:
    """Return an organisation of a role that has no part in the sale."""
    known = (sale.hospital, sale.pharmacy)
    return next(
        one["code"] for one in DAY.cast["organisations"] if one["role"] == role and one["code"] not in known
    )


def test_every_hospital_and_pharmacy_learns_the_rx_of_a_national_number(sale: Sale) -> None:
    for organisation in (other(sale, "pharmacy"), other(sale, "hospital")):
        found = post(sale, "/v1/prescriptions:lookup", organisation, hiRxno=sale.number)
        assert found == {"http": 200, "rx": sale.rx}


def test_those_with_a_part_in_it_see_the_content(sale: Sale) -> None:
    for organisation in (sale.hospital, sale.pharmacy, REGULATOR):
        found = post(sale, "/v1/prescriptions:lookup", organisation, hiRxno=sale.number)
        assert (found["http"], found["rx"]) == (200, sale.rx)
        assert found["disclosures"]["identity"]["name"]
        assert found["lines"][0]["drug"] and set(found["lines"][0]["units"]) == {
            "prescribed",
            "dispensed",
            "remaining",
        }


def test_the_pharmacy_does_not_see_what_dispensing_does_not_need(sale: Sale) -> None:
    holder = sale.site.http.get(
        f"/v1/prescriptions/{sale.rx}", headers=sale.site.bearer(sale.pharmacy)
    ).json()
    issuer = sale.site.http.get(
        f"/v1/prescriptions/{sale.rx}", headers=sale.site.bearer(sale.hospital)
    ).json()
    assert "message" in issuer["disclosures"]
    assert not {"message", "file", "contact"} & set(holder["disclosures"])


def read_by_regulator(sale: Sale, access: str = "", rx: str = "") -> Any:
    query = {"access": access} if access else {}
    headers = sale.site.bearer(REGULATOR)
    return sale.site.http.get(f"/v1/prescriptions/{rx or sale.rx}", headers=headers, params=query)


def open_for(sale: Sale, organisation: str, *groups: str) -> str:
    """Return the id of an access statement that the organisation's key signs."""
    key = sale.site.ring.organisation(organisation)
    body = build(
        "access.read",
        {"rx": sale.rx, "purpose": "audit", "groups": list(groups)},
        {},
        iss=organisation,
        aud=ORIGIN,
        iat=sale.site.clock.now_ms() // 1000,
        signers=[key],
    )
    return str(sale.site.client(organisation).submit(body).body["id"])


def test_a_supervisor_sees_people_masked_until_a_signed_statement_says_why(sale: Sale) -> None:
    """An officer who looks through prescriptions learned every patient's name, and nobody could tell."""
    plain = sale.site.http.get(f"/v1/prescriptions/{sale.rx}", headers=sale.site.bearer(sale.hospital)).json()
    name = plain["disclosures"]["identity"]["name"]
    found = read_by_regulator(sale).json()
    assert found["masked"] == ["identity"] and plain["masked"] == []
    assert found["disclosures"]["identity"]["name"] == name[0] + "*" * (len(name) - 1)
    assert found["disclosures"]["lines"] == plain["disclosures"]["lines"]
    identity = read_by_regulator(sale, open_for(sale, REGULATOR, "identity")).json()
    assert identity["disclosures"]["identity"]["name"] == name and identity["masked"] == []
    lines = read_by_regulator(sale, open_for(sale, REGULATOR, "lines")).json()
    assert lines["masked"] == ["identity"]
    seen = post(sale, "/v1/prescriptions:lookup", REGULATOR, hiRxno=sale.number)
    assert seen["masked"] == ["identity"]


@pytest.fixture(scope="module")
def offices(sale: Sale) -> dict[str, str]:
    """A health commission and a drug administration, registered by the regulator, with keys for tokens."""
    found = {"health_commission": "W99000000001", "drug_administration": "Y99000000001"}
    officer = sale.site.ring.officers()[0]
    common: dict[str, Any] = {"iss": REGULATOR, "aud": ORIGIN, "iat": sale.site.clock.now_ms() // 1000}
    place = {"site": "990000", "latitude_microdegrees": 0, "longitude_microdegrees": 0, "service_modes": []}
    days = {"licence": "L", "valid_from": "2025-01-01", "valid_to": "2030-12-31"}
    regulator = sale.site.client(REGULATOR)
    for role, code in found.items():
        members = {"code": code, "name": role, "role": role, **place, **days}
        regulator.submit(build("registry.organisation", members, {}, signers=[officer], **common))
        own = sale.site.ring.organisation(code)
        key = {"subject": code, "role": "organisation", "key": own.key.public()}
        regulator.submit(build("registry.key", key, {}, signers=[own, officer], **common))
    return found


def test_each_office_sees_what_its_work_needs_and_never_who_the_patient_is(
    sale: Sale, offices: dict[str, str]
) -> None:
    """S20: what one office sees of a prescription is not what another one sees."""
    wanted = {
        "health_commission": {"patient", "identifiers", "clinical", "lines"},
        "drug_administration": {"identifiers", "lines"},
    }
    for role, code in offices.items():
        found = post(sale, "/v1/prescriptions:lookup", code, hiRxno=sale.number)
        assert set(found["disclosures"]) == wanted[role], role
        with pytest.raises(Problem) as refused:
            open_for(sale, code, "identity")
        assert refused.value.code == "FIELD_FORBIDDEN"
    packs = post(sale, "/v1/trace-codes:lookup", offices["drug_administration"], codes=[sale.code])["codes"]
    assert packs[0]["seller"] == sale.pharmacy
    assert post(sale, "/v1/trace-codes:lookup", offices["health_commission"], codes=[sale.code])["code"] == (
        "FIELD_FORBIDDEN"
    )


def test_an_office_takes_no_step_of_care(sale: Sale, offices: dict[str, str]) -> None:
    doctor = sale.site.staff("doctor", sale.hospital)
    members = {"doctor": doctor.code, "mode": "text"}
    opened = {"identity": {"name": "测试", "certificate_number": "990000199001010017"}}
    opened |= {"clinical": {"first_visit": False}, "identifiers": {"mdtrtId": "M1"}}
    body = build("consultation.opened", members, opened, iss=offices["health_commission"], aud=ORIGIN,
                 iat=sale.site.clock.now_ms() // 1000, signers=[doctor])  # fmt: skip
    with pytest.raises(Problem) as refused:
        sale.site.client(offices["health_commission"]).submit(body)
    assert "ORG_SCOPE" in refused.value.codes


def test_an_access_statement_opens_one_prescription_to_one_reader_for_a_day(sale: Sale) -> None:
    theirs, mine = open_for(sale, sale.hospital, "identity"), open_for(sale, REGULATOR, "identity")
    for access in (theirs, "0" * 64, "no-id", sale.rx):
        answer = read_by_regulator(sale, access)
        assert (answer.status_code, answer.json()["code"]) == (403, "FIELD_FORBIDDEN")
    assert read_by_regulator(sale, mine, "0" * 64).status_code == 404
    assert read_by_regulator(sale, mine).status_code == 200
    sale.site.clock.set(sale.site.clock.now_ms() + 86_400_000)
    assert read_by_regulator(sale, mine).status_code == 403


def test_history_is_the_chain_of_entries(sale: Sale) -> None:
    found = sale.site.http.get(f"/v1/prescriptions/{sale.rx}", headers=sale.site.bearer(sale.hospital)).json()
    history = found["history"]
    assert history[0]["id"] == sale.rx
    assert [one["type"] for one in history][:3] == [
        "prescription.issued",
        "review.hospital",
        "prescription.claimed",
    ]
    for event in history:
        entry = sale.site.ledger.entry(event["index"])
        assert event["leaf"] == hashlib.sha256(b"\x00" + entry).hexdigest()
    assert found["status"] in ("DISPENSED", "IN_DELIVERY", "DELIVERED", "PARTLY_DISPENSED")


def test_everybody_else_gets_the_same_404_as_for_an_unknown_id(sale: Sale) -> None:
    headers = sale.site.bearer(other(sale, "pharmacy"))
    answers = [
        sale.site.http.get(f"/v1/prescriptions/{rx}", headers={**headers, "x-request-id": "same"})
        for rx in (sale.rx, "0" * 64, "not-an-id", "0" * 63 + "G")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["code"] == "RX_NOT_FOUND"


def test_a_pharmacy_that_looked_a_prescription_up_is_told_to_claim_it(sale: Sale) -> None:
    """It was told that this one is not on the ledger, and sent the patient away."""
    headers = sale.site.bearer(other(sale, "pharmacy"))
    found = sale.site.http.get(f"/v1/prescriptions/{sale.rx}", headers=headers).json()
    assert "claim it first (7203)" in found["fix"] and "先下载（7203）" in found["zh"]["fix"]


def test_an_unknown_number_is_404(sale: Sale) -> None:
    found = post(sale, "/v1/prescriptions:lookup", sale.pharmacy, hiRxno="990000000000000000")
    assert (found["http"], found["code"]) == (404, "RX_NOT_FOUND")


def test_a_visit_number_belongs_to_its_hospital(sale: Sale) -> None:
    mine = post(sale, "/v1/prescriptions:lookup", sale.hospital, mdtrtId=sale.visit)
    assert mine["rx"] == sale.rx
    theirs = post(sale, "/v1/prescriptions:lookup", other(sale, "hospital"), mdtrtId=sale.visit)
    assert theirs["http"] == 404
    chain = post(sale, "/v1/chains:lookup", sale.hospital, mdtrtId=sale.visit)
    assert chain["opened"]["leaf"] and chain["closed"]["leaf"]
    assert post(sale, "/v1/chains:lookup", other(sale, "hospital"), mdtrtId=sale.visit)["http"] == 404


def test_a_pharmacists_duty_is_for_the_pharmacy_of_registration(sale: Sale) -> None:
    found = post(sale, "/v1/chains:lookup", sale.pharmacy, pharmacist=sale.pharmacist)
    assert found["duty"]["type"] == "duty.opened"
    last = sale.site.ledger.history(sale.pharmacist)[-1]
    assert (found["duty"]["leaf"], found["duty"]["index"]) == (last.leaf, last.index)
    assert post(sale, "/v1/chains:lookup", REGULATOR, pharmacist=sale.pharmacist)["http"] == 200
    assert post(sale, "/v1/chains:lookup", sale.hospital, pharmacist=sale.pharmacist)["http"] == 404
    assert post(sale, "/v1/chains:lookup", sale.pharmacy, pharmacist="../../x")["http"] == 404


def test_packs_are_told_by_role(sale: Sale) -> None:
    fresh = "8" * 20
    seller = post(sale, "/v1/trace-codes:lookup", sale.pharmacy, codes=[sale.code, fresh])["codes"]
    assert [one["sold"] for one in seller] == ["once", "never"]
    assert seller[0]["prescriptions"] == [sale.rx]
    stranger = post(sale, "/v1/trace-codes:lookup", other(sale, "pharmacy"), codes=[sale.code])["codes"][0]
    assert (stranger["sold"], stranger["elsewhere"]) == ("once", True)
    assert not {"prescriptions", "seller", "at"} & set(stranger)
    patient = sale.site.http.get("/packs", params={"code": sale.code}).json()
    assert (patient["sold"], patient["right"], patient["day"]) == ("once", True, "2026-03-02")
    regulator = post(sale, "/v1/trace-codes:lookup", REGULATOR, codes=[sale.code])["codes"][0]
    assert (regulator["seller"], regulator["settled"], regulator["refunded"]) == (sale.pharmacy, [], [])


@pytest.mark.parametrize("code", ["8" * 19, "８" * 20, "8" * 20 + "\u200a", "O" * 20, "6901234567890", ""])
def test_what_is_no_trace_code_is_said_to_be_none(sale: Sale, code: str) -> None:
    assert post(sale, "/v1/trace-codes:lookup", sale.pharmacy, codes=[code])["code"] in (
        "TRACE_FORMAT",
        "JSON_CONTROL_CHAR",
        "JSON_UNICODE_INVALID",
    )


@pytest.mark.parametrize(
    ("path", "members", "code"),
    [
        ("/v1/prescriptions:lookup", {}, "QUERY_INVALID"),
        ("/v1/prescriptions:lookup", {"hiRxno": "1", "hospRxno": "2"}, "QUERY_INVALID"),
        ("/v1/prescriptions:lookup", {"hiRxno": 1}, "SCHEMA_TYPE"),
        ("/v1/prescriptions:lookup", {"name": "x"}, "SCHEMA_UNKNOWN_FIELD"),
        ("/v1/chains:lookup", {"mdtrtId": "x" * 300}, "SCHEMA_LENGTH"),
        ("/v1/trace-codes:lookup", {"codes": []}, "SCHEMA_LENGTH"),
        ("/v1/trace-codes:lookup", {}, "SCHEMA_REQUIRED"),
        ("/v1/trace-codes:lookup", {"codes": "8"}, "SCHEMA_TYPE"),
    ],
)
def test_a_look_up_that_is_not_as_agreed_is_refused(
    sale: Sale, path: str, members: dict[str, Any], code: str
) -> None:
    assert post(sale, path, sale.pharmacy, **members)["code"] == code


def test_erased_data_is_gone_and_the_rest_stays(sale: Sale) -> None:
    record = json.loads(sale.site.ledger.read(f"pub/rx/{sale.rx}") or b"{}")
    assert sale.site.ledger.erase(record["consultation"]) >= 1
    found = sale.site.http.get(f"/v1/prescriptions/{sale.rx}", headers=sale.site.bearer(sale.hospital)).json()
    assert (found["erased"], found["disclosures"]) == (True, {})
    assert found["lines"][0]["units"]["prescribed"] and found["history"]


def test_the_log_is_served_as_tiles(sale: Sale) -> None:
    http, size = sale.site.http, sale.site.ledger.size
    sale.site.ledger.publish()
    note = http.get("/log/checkpoint")
    assert note.text.split("\n")[:2] == [ORIGIN, str(size)]
    hashes = http.get(f"/log/tile/0/000.p/{size}" if size < 256 else "/log/tile/0/000")
    assert hashes.content[:32] == hashlib.sha256(b"\x00" + sale.site.ledger.entry(0)).digest()
    assert "immutable" in hashes.headers["cache-control"]
    for path in (f"0/000.p/{size + 1}", "0/000.p/0", "0/00", "%2e%2e/checkpoint", "0/000.p/01", "x/000"):
        assert http.get(f"/log/tile/{path}").status_code == 404
    assert http.get("/log/tile/entries/000.p/2").status_code == 401
    bundle = http.get("/log/tile/entries/000.p/2", headers=sale.site.bearer(sale.pharmacy)).content
    assert int.from_bytes(bundle[:2], "big") == len(sale.site.ledger.entry(0))


@pytest.mark.parametrize("identifier", ["0" * 64, "x", "0" * 65])
def test_no_receipt_for_what_was_not_committed(sale: Sale, identifier: str) -> None:
    answer = sale.site.http.get(f"/v1/receipts/{identifier}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_the_clock_moves_forward_only(sale: Sale) -> None:
    now = "2030-01-01T00:00:00Z"
    put = sale.site.http.put
    assert put("/sandbox/clock", content=json.dumps({"time": now})).json() == {"time": now}
    assert put("/sandbox/clock", content=json.dumps({"time": now})).status_code == 200
    assert sale.site.http.get("/sandbox/clock").json() == {"time": now}
    earlier = put("/sandbox/clock", content=b'{"time":"2029-12-31T23:59:59Z"}')
    assert (earlier.status_code, earlier.json()["code"], earlier.json()["status"]) == (409, "TIME_ORDER", 409)
    assert earlier.json()["facts"] == {"clock": now}, "the clock is named: no source system has it"
    assert put("/sandbox/clock", content=b'{"time":"tomorrow"}').json()["code"] in (
        "TIME_FORMAT",
        "SCHEMA_LENGTH",
    )
