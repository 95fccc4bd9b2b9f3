"""Client assertions: what gives a token, and everything that does not (RFC 7523, RFC 6749 §5.2)."""

from __future__ import annotations

import json
import re
import secrets
import time
from typing import Any, cast
from urllib.parse import urlencode

import httpx2
import pytest

from api.client.signing import Person, build, generate
from api.ports import LedgerPort
from api.sandbox.stage import ORIGIN
from api.settings import Settings
from api.tokens import ASSERTION_TYPE, Tokens, _Token
from contracts import keys as state_keys
from contracts.statements import base64url
from contracts.time import to_text
from tests.api.serving import REGULATOR, Site

AUDIENCE = "https://ledger.example/token"


def ask(
    served: Site, organisation: str, header: dict[str, Any] | None = None, key: Any = None, **claims: Any
) -> httpx2.Response:
    """Ask for a token with an assertion that differs from a good one in these members."""
    now = int(time.time())
    key = key or served.ring.organisation(organisation).key
    told: dict[str, Any] = {
        "iss": organisation,
        "sub": organisation,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 120,
        "jti": secrets.token_urlsafe(16),
        **claims,
    }
    told = {name: value for name, value in told.items() if value is not None}
    head = {"alg": key.alg, "kid": key.kid(organisation), "typ": "JWT", **(header or {})}
    signed = ".".join(base64url.encode(json.dumps(part).encode()) for part in (head, told))
    assertion = f"{signed}.{base64url.encode(key.sign(signed.encode()))}"
    return send(served, client_assertion=assertion)


def send(served: Site, **fields: str) -> httpx2.Response:
    """Post a token form."""
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, **fields}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return served.http.post("/token", content=urlencode(form), headers=headers)


def test_a_good_assertion_gives_a_token_of_five_minutes(served: Site, hospital: str) -> None:
    answer = ask(served, hospital)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 300)
    headers = {"authorization": f"Bearer {token['access_token']}"}
    assert served.http.get("/log/tile/entries/000.p/1", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://elsewhere.example/token"},
        {"sub": "P99000000001"},
        {"exp": int(time.time()) - 1},
        {"exp": int(time.time()) + 3600},
        {"iat": int(time.time()) + 3600},
        {"exp": None},
        {"jti": None},
        {"jti": ""},
        {"exp": True},
        {"iss": "NOBODY"},
        {"aud": 7},
    ],
)
def test_a_claim_that_is_not_as_agreed_gives_none(
    served: Site, hospital: str, claims: dict[str, Any]
) -> None:
    answer = ask(served, hospital, **claims)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "SM2-SM3"}, {"kid": "../x"}, {"jwk": {}}, {"kid": 7}],
)
def test_a_header_that_is_not_as_agreed_gives_none(
    served: Site, hospital: str, header: dict[str, Any]
) -> None:
    answer = ask(served, hospital, header)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_an_assertion_counts_once(served: Site, hospital: str) -> None:
    assert ask(served, hospital, jti="once-and-never-again").status_code == 200
    again = ask(served, hospital, jti="once-and-never-again")
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")
    assert again.json()["zh"] == {"detail": "jti 已使用过"}


def test_another_key_gives_none(served: Site, hospital: str) -> None:
    registered = served.ring.organisation(hospital).key
    stranger = generate("ES256")
    assert ask(served, hospital, key=stranger).json()["error"] == "invalid_client"
    posed = ask(served, hospital, {"kid": registered.kid(hospital)}, key=stranger)
    assert posed.json()["error"] == "invalid_client"


def test_a_persons_key_gives_none(served: Site, hospital: str) -> None:
    doctor = served.staff("doctor", hospital)
    assert ask(served, doctor.code, key=doctor.key).json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "password", "client_assertion": "x"}, "unsupported_grant_type"),
        ({"client_assertion_type": "saml", "client_assertion": "x"}, "invalid_request"),
        ({}, "invalid_request"),
        ({"client_assertion": "not.a.jwt"}, "invalid_client"),
        ({"client_assertion": "x" * 5000}, "invalid_client"),
    ],
)
def test_a_form_that_is_not_as_agreed_gives_none(served: Site, fields: dict[str, str], error: str) -> None:
    answer = send(served, **fields)
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == error
    assert re.search(r"[\u4e00-\u9fff]", answer.json()["zh"]["detail"]), "it was English for everybody"


@pytest.mark.parametrize("kind", ["application/json", ""])
def test_a_body_that_is_no_form_is_told_which_form_is_wanted(served: Site, kind: str) -> None:
    """It said MEDIA_TYPE_UNSUPPORTED alone, whose own fix names the types of submissions."""
    answer = served.http.post("/token", content="{}", headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]) == (415, "invalid_request")
    assert "请发送" in answer.json()["zh"]["detail"]
    assert "MEDIA_TYPE_UNSUPPORTED: send" in answer.json()["error_description"]
    assert "application/x-www-form-urlencoded" in answer.json()["error_description"]


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer nobody", "Basic abc", "Bearer " + "x" * 3000])
def test_without_a_token_nothing_is_read_or_taken(served: Site, value: str) -> None:
    headers = {"authorization": value, "content-type": "application/json"}
    for method, path in (
        ("POST", "/v1/statements"),
        ("POST", "/v1/checks"),
        ("POST", "/v1/prescriptions:lookup"),
        ("POST", "/v1/chains:lookup"),
        ("POST", "/v1/trace-codes:lookup"),
        ("GET", f"/v1/prescriptions/{'a' * 64}"),
        ("GET", "/log/tile/entries/000.p/1"),
    ):
        answer = served.http.request(
            method, path, content=b"{}" if method == "POST" else None, headers=headers
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "AUTH_REQUIRED"), path
        assert answer.headers["www-authenticate"].startswith("Bearer")


def _second_key(served: Site, code: str) -> Person:
    """Register one more access key of an organisation and return its holder."""
    own = Person(code, "organisation", generate("ES256"))
    officer = served.ring.officers()[0]
    members = {"subject": code, "role": "organisation", "key": own.key.public()}
    body = _statement(served, "registry.key", members, [own, officer])
    assert served.post("/v1/statements", body, REGULATOR).status_code == 201
    return own


def _statement(served: Site, kind: str, members: dict[str, Any], signers: list[Person]) -> bytes:
    iat = served.clock.now_ms() // 1000
    return build(kind, members, {}, iss=REGULATOR, aud=ORIGIN, iat=iat, signers=signers)


def _bearer(served: Site, person: Person) -> dict[str, str]:
    answer = ask(served, person.code, key=person.key)
    return {"authorization": f"Bearer {answer.json()['access_token']}", "content-type": "application/json"}


def _used(served: Site, hospital: str, bearer: dict[str, str]) -> tuple[int, int]:
    """The statuses of a submission and of a read with a token."""
    body = served.opening(hospital, visit=f"990000MZ{secrets.randbelow(10**9)}")
    submitted = served.http.post("/v1/statements", content=body, headers=bearer)
    return submitted.status_code, served.http.get("/log/tile/entries/000.p/1", headers=bearer).status_code


def test_a_stolen_key_reads_nothing_with_its_last_token_once_it_is_revoked(
    served: Site, hospital: str
) -> None:
    stolen = _second_key(served, hospital)
    bearer, other = _bearer(served, stolen), served.bearer(hospital)
    other["content-type"] = "application/json"
    assert _used(served, hospital, bearer) == (201, 200)
    members = {"kid": stolen.kid, "reason": "compromise"}
    body = _statement(served, "registry.revocation", members, [served.ring.officers()[0]])
    assert served.post("/v1/statements", body, REGULATOR).status_code == 201
    assert _used(served, hospital, bearer) == (401, 401)
    assert _used(served, hospital, other) == (201, 200)


class _Ledger:
    """Records and ledger time, as `Tokens` reads them."""

    def __init__(self, **key: Any) -> None:
        self.time_ms = 1_000_000
        self.records = {
            state_keys.key("H1#1"): {"usage": "access", "subject": "H1", "from": 0, **key},
            state_keys.organisation("H1"): {"role": "hospital"},
        }

    def read(self, key: str) -> bytes | None:
        """Return a record."""
        return json.dumps(self.records[key]).encode() if key in self.records else None


def _tokens(ledger: _Ledger, ends_s: float) -> Tokens:
    tokens = Tokens(cast(LedgerPort, ledger), Settings("http://ledger.example"), clock=lambda: 50.0)
    tokens._tokens["t"] = _Token("H1", "H1#1", ends_s)
    return tokens


@pytest.mark.parametrize(
    ("key", "ends_s"),
    [
        ({}, 60.0),
        ({"to": 1_000_000 + 20_000}, 60.0),
        ({"to": 1_000_000 + 10_000}, 60.0),
        ({"to": 1_000_000 + 9_999}, 59.999),
        ({"to": 1_000_000 + 1}, 50.001),
        ({"to": 1_000_000}, None),
        ({"from": 1_000_001}, None),
        ({"revoked": 1_000_000}, None),
        ({"usage": "statement"}, None),
        ({"subject": "H2"}, None),
    ],
)
def test_a_token_ends_no_later_than_its_key(key: dict[str, Any], ends_s: float | None) -> None:
    found = _tokens(_Ledger(**key), 60.0).find("t")
    assert (found and found[1]) == (None if ends_s is None else pytest.approx(ends_s, abs=1e-9))


def test_a_token_ends_at_its_time_and_is_nobodys_without_its_records() -> None:
    assert _tokens(_Ledger(), 50.0).find("t") is None
    for missing in list(_Ledger().records):
        ledger = _Ledger()
        del ledger.records[missing]
        assert _tokens(ledger, 60.0).find("t") is None


def test_a_token_has_the_role_that_its_organisation_has_now() -> None:
    ledger = _Ledger()
    ledger.records[state_keys.organisation("H1")]["role"] = "pharmacy"
    found = _tokens(ledger, 60.0).find("t")
    assert found is not None and found[0].role == "pharmacy"


def test_a_token_of_a_key_that_ends_soon_says_how_long_it_lasts(served: Site, hospital: str) -> None:
    own = _second_key(served, hospital)
    body = _statement(
        served,
        "registry.key",
        {
            "subject": hospital,
            "role": "organisation",
            "key": (heir := Person(hospital, "organisation", generate("ES256"))).key.public(),
            "retires": {"kid": own.kid, "at": to_text(served.clock.now_ms() + 60_000)},
        },
        [heir, served.ring.officers()[0]],
    )
    assert served.post("/v1/statements", body, REGULATOR).status_code == 201
    assert ask(served, hospital, key=own.key).json()["expires_in"] == 60
    assert ask(served, hospital, key=heir.key).json()["expires_in"] == 300
