"""What whoever holds a prescription may ask: is it on the ledger, and who signed it (S21)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from api import patient_prescription, signed_steps
from api.client.desk import Desk
from api.client.lookups import LedgerLookups
from api.client.outbox import Outbox
from api.client.signing import build
from api.sandbox import registrar
from api.sandbox.play import play
from api.sandbox.stage import ORIGIN
from contracts import lifecycle
from tests.api.serving import DAY, REGULATOR, Site, site

HTML = {"accept": "text/html"}


@dataclass(frozen=True, slots=True)
class Paper:
    """The day's prescriptions: all that stand, the first of them delivered, and those that were refused."""

    site: Site
    stands: list[str]
    refused: list[str]
    sale: str
    shop: str

    @property
    def rx(self) -> str:
        """The first one's id."""
        return self.stands[0]

    def ask(self, rx: str, accept: str = "application/json") -> httpx2.Response:
        """Return the answer to whoever has an id and no token."""
        return self.site.http.get("/prescriptions", params={"rx": rx}, headers={"accept": accept})


def played(made: Site, folder: Path) -> Iterator[tuple[Any, Any]]:
    outbox, known = Outbox(folder / "outbox.db"), registrar.directory(DAY.cast)
    for step in DAY.steps:
        made.clock.set(step.time_ms)
        client, now_s = made.client(step.sender), step.time_ms // 1000
        lookups = LedgerLookups(client, known)
        desk = Desk(step.sender, ORIGIN, client, outbox, lookups, lambda now_s=now_s: now_s)
        yield step, play(step, desk, made.ring)
    outbox.close()


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    """The whole day, played."""
    folder = tmp_path_factory.mktemp("paper")
    with site(folder, unknown_reads_per_minute_max=100_000) as made:
        acts = [(step, verdict) for step, verdict in played(made, folder) if step.kind in ("D001", "7206")]
        ids = {step.kind: [] for step, _ in acts}  # type: dict[str, list[str]]
        for step, verdict in acts:
            ids[step.kind].append(str(verdict.statement_id))
        stands = [one for one in ids["D001"] if made.ledger.find(one) is not None]
        entries = [json.loads(made.ledger.entry(index)) for index in range(made.ledger.size)]
        refusals = [entry["refused"] for entry in entries if "refused" in entry]
        refused = [one["digest"] for one in refusals if one["type"] == "prescription.issued"]
        sale = next(step for step, _ in acts if step.kind == "7206")
        assert stands and refused
        yield Paper(made, stands, refused, ids["7206"][0], sale.sender)


def members(value: Any) -> Iterator[str]:
    """Every text in an opened disclosure."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from members(one)
    elif isinstance(value, str):
        yield value


def test_whoever_holds_the_paper_sees_its_status_and_who_signed_each_step(paper: Paper) -> None:
    told = paper.ask(paper.rx).json()
    hospital, shop = DAY.cast["organisations"][0], paper.shop
    assert (told["rx"], told["status"], told["right"]) == (paper.rx, "DELIVERED", True)
    assert told["issuer"] == {"code": hospital["code"], "name": hospital["name"]}
    steps = [(one["step"], one["institution"]["code"], [by["role"] for by in one["signers"]])
             for one in told["steps"]]  # fmt: skip
    assert steps == [
        ("prescription.issued", hospital["code"], ["doctor"]),
        ("review.hospital/approved", hospital["code"], ["hospital_pharmacist"]),
        ("prescription.claimed", shop, ["pharmacist"]),
        ("review.pharmacy/approved", shop, ["pharmacist", "pharmacist"]),
        ("dispensing.dispensed", shop, ["pharmacist", "pharmacist"]),
        ("delivery.handed_over", shop, ["pharmacist"]),
        ("delivery.received", shop, ["pharmacist"]),
    ]
    record = json.loads(paper.site.ledger.read(f"pub/rx/{paper.rx}") or b"{}")
    assert told["steps"][0]["signers"] == [{"role": "doctor", "code": record["prescriber"]}]
    assert (told["steps"][0]["time"], told["steps"][0]["local"]) == (told["issued"], "2026-03-02 09:06")


def test_each_step_leads_to_its_receipt(paper: Paper) -> None:
    told = paper.ask(paper.rx).json()
    assert "rx-verify receipt" in told["en"] and "rx-verify receipt" in told["zh"]
    for step in told["steps"]:
        receipt = paper.site.http.get(step["receipt"])
        assert receipt.status_code == 200 and receipt.text.startswith("c2sp.org/tlog-proof@v1")


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_no_answer_tells_of_a_person_a_drug_or_an_illness(paper: Paper, accept: str) -> None:
    """Of every prescription of the day: not one text of what was disclosed with it or with its steps."""
    cast = (*DAY.cast["organisations"], *DAY.cast["people"])
    asked_for = {one["code"] for one in cast} | {one["name"] for one in DAY.cast["organisations"]}
    asked_for |= {text for told in signed_steps.STEPS.values() for text in told}
    for rx in paper.stands:
        # Ids are random: any four digits stand in one sooner or later.
        page = re.sub("[0-9a-f]{64}", "", paper.ask(rx, accept).text)
        steps = paper.ask(rx).json()["steps"]
        opened = [paper.site.ledger.disclosures(one["id"]) for one in steps]
        # "1" and "mg" stand in any page; names and units in Chinese are as short.
        secrets = {text for text in members(opened) if len(text) >= 4 or not text.isascii()}
        assert len(secrets) > 10
        assert [text for text in secrets - asked_for if text in page] == []


def test_no_answer_leads_to_another_prescription_or_to_the_consultation(paper: Paper) -> None:
    """Two prescriptions of one consultation are one patient's: whoever holds one is not led to the other."""
    for rx in paper.stands:
        record = json.loads(paper.site.ledger.read(f"pub/rx/{rx}") or b"{}")
        answer = paper.ask(rx).text
        assert record["consultation"] not in answer
        assert not [other for other in (*paper.stands, *paper.refused) if other != rx and other in answer]


def test_what_a_rule_said_of_it_is_not_told(paper: Paper) -> None:
    """A suspicion is the supervisors' to judge, before anybody hears of it."""
    wanted = {"id", "step", "en", "zh", "time", "local", "institution", "signers", "receipt"}
    flagged = [
        rx for rx in paper.stands for one in paper.site.ledger.history(rx)
        if json.loads(paper.site.ledger.entry(one.index))["verdict"]["flags"]
    ]  # fmt: skip
    assert flagged
    for rx in flagged:
        for step in paper.ask(rx).json()["steps"]:
            assert set(step) == wanted


def test_every_prescription_of_the_day_has_words_for_its_status(paper: Paper) -> None:
    told = [paper.ask(rx).json() for rx in paper.stands]
    assert len({one["status"] for one in told}) > 2
    for one in told:
        right, english, chinese = patient_prescription.ANSWERS[one["status"]]
        assert one["right"] is right and english in one["en"] and chinese in one["zh"]


def test_what_is_not_on_the_ledger_gets_the_404_of_everywhere(paper: Paper) -> None:
    """A refused prescription stands in the log as a refusal alone; a sale's id is no prescription's."""
    same = {"accept": "application/json", "x-request-id": "same"}
    headers = {**paper.site.bearer(paper.shop), **same}
    wanted = paper.site.http.get(f"/v1/prescriptions/{'0' * 64}", headers=headers).content
    for rx in ("0" * 64, "not-an-id", "<script>alert(1)", "0" * 65, *paper.refused, paper.sale):
        answer = paper.site.http.get("/prescriptions", params={"rx": rx}, headers=same)
        assert (answer.status_code, answer.content) == (404, wanted), rx
        page = paper.ask(rx, "text/html")
        assert page.status_code == 404 and 'class="wrong"' in page.text and "账本上没有此编号" in page.text
        assert "<script" not in page.text


def test_the_form_and_the_page(paper: Paper) -> None:
    for params in ({}, {"rx": " "}):
        form = paper.site.http.get("/prescriptions", params=params)
        assert form.status_code == 200 and "<form" in form.text and "<script" not in form.text
    page = paper.ask(f" {paper.rx.upper()} ", "text/html")
    assert page.status_code == 200 and 'class="right"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "医师开具处方 · Issued by the doctor" in page.text and f"/v1/receipts/{paper.rx}" in page.text
    assert 'href="/packs"' in page.text and 'href="/prescriptions"' in paper.site.http.get("/packs").text
    assert paper.ask(paper.rx).headers["cache-control"] == "no-store"


def test_who_read_it_is_not_told_on_the_paper(paper: Paper) -> None:
    """An officer's look at a prescription may be the beginning of a case that its target must not see."""
    before = paper.ask(paper.rx).json()
    now_s, key = paper.site.clock.now_ms() // 1000, paper.site.ring.organisation(REGULATOR)
    asked = {"rx": paper.rx, "purpose": "audit", "groups": ["identity"]}
    body = build("access.read", asked, {}, iss=REGULATOR, aud=ORIGIN, iat=now_s, signers=[key])
    assert paper.site.post("/v1/statements", body, REGULATOR).status_code == 201
    assert paper.ask(paper.rx).json() == before


def test_erased_content_changes_nothing_of_who_signed(paper: Paper) -> None:
    record = json.loads(paper.site.ledger.read(f"pub/rx/{paper.stands[-1]}") or b"{}")
    before = paper.ask(paper.stands[-1])
    assert paper.site.ledger.erase(record["consultation"]) >= 1
    assert paper.ask(paper.stands[-1]).json() == before.json()


def test_a_program_that_walks_through_ids_is_stopped_and_packs_are_still_answered(tmp_path: Path) -> None:
    with site(tmp_path, public_prescriptions_per_minute_max=2) as made:
        asked = [made.http.get("/prescriptions", params={"rx": f"{n:064x}"}).status_code for n in range(6)]
        assert asked.count(429) >= 2 and asked[0] == 404
        assert made.http.get("/prescriptions", headers=HTML).status_code == 200  # the form asks nothing
        assert made.http.get("/packs", params={"code": "8" * 20}).status_code == 200


def test_each_status_has_words_and_only_what_ends_a_prescription_is_a_warning() -> None:
    assert set(patient_prescription.ANSWERS) == set(lifecycle.STATUSES)
    warned = {status for status, (right, _, _) in patient_prescription.ANSWERS.items() if not right}
    assert warned == {lifecycle.REFUSED, lifecycle.CANCELLED, lifecycle.EXPIRED}


def test_each_event_of_the_life_cycle_is_a_step_and_reports_and_payments_are_none() -> None:
    events = {event for _, event in lifecycle.TRANSITIONS}
    assert set(signed_steps.STEPS) == {*events, "prescription.issued", "dispensing.corrected"} | {
        "delivery.received",
        "delivery.failed",
    }


class _Parcel:
    """A ledger with one prescription that somebody carried and somebody took in, and a fund paid."""

    time_ms = 1_772_500_000_000

    def __init__(self, **record: Any) -> None:
        known = {"issuer": "H1", "issued": 1_772_409_600_000, "expires": 1_772_600_000_000, "stage": "ISSUED"}
        self.record = {**known, **record}
        self.acts = [
            ("prescription.issued", "H1", "D1", "doctor"),
            ("delivery.failed", "C1", "K1", "courier"),
            ("settlement.settled", "F1", "J1", "fund_officer"),
            ("delivery.received", "C1", "R1", "recipient"),
        ]

    def read(self, key: str) -> bytes | None:
        return json.dumps(self.record).encode() if key == f"pub/rx/{'a' * 64}" else None

    def history(self, chain: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(index=index) for index in range(len(self.acts))]

    def entry(self, index: int) -> bytes:
        type_, iss, code, role = self.acts[index]
        payload = {"type": type_, "iss": iss, "signers": [{"code": code, "role": role}]}
        encoded = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
        return json.dumps({"statement": {"payload": encoded}, "time": self.record["issued"]}).encode()


def test_who_carried_it_or_took_it_in_is_told_by_role_alone_and_what_the_fund_paid_not_at_all() -> None:
    """Whoever took it in may be the family; a stranger who found the paper would know where it lives."""
    found = signed_steps.steps_for_anybody(_Parcel(), "a" * 64)  # type: ignore[arg-type]
    assert found is not None
    assert [(one["step"], one["signers"]) for one in found["steps"]] == [
        ("prescription.issued", [{"role": "doctor", "code": "D1"}]),
        ("delivery.failed", [{"role": "courier"}]),
        ("delivery.received", [{"role": "recipient"}]),
    ]


@pytest.mark.parametrize(("later_ms", "status"), [(-1, "ISSUED"), (0, "EXPIRED")])
def test_one_whose_time_is_over_is_told_to_be(later_ms: int, status: str) -> None:
    ledger = _Parcel(expires=_Parcel.time_ms - later_ms)
    found = signed_steps.steps_for_anybody(ledger, "a" * 64)  # type: ignore[arg-type]
    assert found is not None and found["status"] == status
