"""P09: whoever guesses ids gets the same answer for each, and then none for a while; others read on."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from ledger.local import Ledger
from tests.api.serving import site
from tests.catalogue.desk import P2, Desk

ALLOWED = 120


def test_p09_a_thousand_random_ids(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        hospital, pharmacy = made.of_role("hospital"), made.of_role("pharmacy")
        headers = {**made.bearer(pharmacy), "x-request-id": "same"}
        answers = [
            made.http.get(f"/v1/prescriptions/{secrets.token_hex(32)}", headers=headers) for _ in range(1000)
        ]
        # The minute may turn while we ask; what was counted before is then forgotten.
        missed = [answer for answer in answers if answer.status_code == 404]
        stopped = [answer for answer in answers if answer.status_code == 429]
        assert len(missed) + len(stopped) == 1000
        assert ALLOWED <= len(missed) <= 2 * ALLOWED
        assert len({answer.text for answer in missed}) == 1 and "RX_NOT_FOUND" in missed[0].text
        assert {answer.json()["code"] for answer in stopped} == {"RATE_LIMITED"}
        assert all(0 < int(answer.headers["retry-after"]) <= 60 for answer in stopped)
        unknown = made.http.get(f"/v1/prescriptions/{'0' * 64}", headers=made.bearer(hospital))
        assert unknown.status_code == 404, "another organisation is not stopped"


def test_p09_what_is_foreign_costs_and_says_what_is_unknown_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads of the state are what time is spent on: a foreign prescription causes as many as none at all."""
    asked: list[str] = []
    read = Ledger.read

    def counted(self: Ledger, key: str) -> bytes | None:
        asked.append(key)
        return read(self, key)

    told = []
    foreign = desk.ready()
    for rx in (foreign, "0" * 64):
        headers = {**desk.site.bearer(P2), "x-request-id": "same"}
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "read", counted)
            asked.clear()
            answer = desk.site.http.get(f"/v1/prescriptions/{rx}", headers=headers)
        told.append((answer.status_code, answer.content, [key.replace(rx, "RX") for key in asked]))
    assert told[0] == told[1]
    assert told[0][0] == 404 and "pub/rx/RX" in told[0][2]
