"""Client assertions: what gives a token, and everything that does not (RFC 7523, RFC 6749 §5.2)."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from api.client.signing import generate
from api.tokens import ASSERTION_TYPE
from contracts.statements import base64url
from tests.api.serving import Site

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


@pytest.mark.parametrize("kind", ["application/json", ""])
def test_a_body_that_is_no_form_is_told_which_form_is_wanted(served: Site, kind: str) -> None:
    """It said MEDIA_TYPE_UNSUPPORTED alone, whose own fix names the types of submissions."""
    answer = served.http.post("/token", content="{}", headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]) == (415, "invalid_request")
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
