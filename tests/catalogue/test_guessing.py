"""P09: whoever guesses ids gets the same answer for each, and then none for a while; others read on."""

from __future__ import annotations

import secrets
from pathlib import Path

from tests.api.serving import site

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
