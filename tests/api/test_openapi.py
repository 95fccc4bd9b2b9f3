"""The description names every call, every schema it refers to, and every code that can be answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.openapi import document
from api.settings import Settings
from contracts.codes import CODES
from contracts.types import TYPES
from tests.api.serving import Site

CALLS = {
    ("/v1/statements", "post"),
    ("/v1/statements:batch", "post"),
    ("/v1/checks", "post"),
    ("/v1/prescriptions:lookup", "post"),
    ("/v1/chains:lookup", "post"),
    ("/v1/prescriptions/{rx}", "get"),
    ("/v1/receipts/{statement_id}", "get"),
    ("/v1/trace-codes:lookup", "post"),
    ("/token", "post"),
    ("/log/checkpoint", "get"),
    ("/log/tile/{path}", "get"),
    ("/healthz", "get"),
    ("/readyz", "get"),
    ("/metrics", "get"),
    ("/openapi.json", "get"),
    ("/errors", "get"),
    ("/errors/{code}", "get"),
}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The description of a real ledger."""
    return document(Settings("https://ledger.example"))


def references(value: Any) -> Iterator[str]:
    """Yield every $ref."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_every_call_is_described(described: dict[str, Any]) -> None:
    found = {(path, method) for path, calls in described["paths"].items() for method in calls}
    assert found == CALLS
    sandbox = document(Settings("https://ledger.example", sandbox=True))
    assert "put" in sandbox["paths"]["/sandbox/clock"]


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    for reference in references(described):
        found = described
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_every_refusing_code_has_an_example(described: dict[str, Any]) -> None:
    examples = described["components"]["examples"]
    assert set(examples) == {code for code, row in CODES.items() if row.status >= 400}
    for code, example in examples.items():
        assert example["value"]["code"] == code


def test_every_call_has_an_example_or_says_that_it_is_no_json(described: dict[str, Any]) -> None:
    for path, calls in described["paths"].items():
        for call in calls.values():
            for kind, content in call.get("requestBody", {}).get("content", {}).items():
                assert "example" in content or kind == "application/x-ndjson", path
            for status, answer in call["responses"].items():
                for kind, content in answer["content"].items():
                    wanted = "json" in kind and "ndjson" not in kind
                    assert not wanted or content.get("example") or content.get("examples"), (path, status)


def test_every_statement_type_has_a_schema(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    for name, type_ in TYPES.items():
        payload = schemas[f"payload.{name}"]
        assert {"iss", "aud", "jti", "iat", "type", "signers", "_sd", "_sd_alg"} <= set(payload["required"])
        assert payload["additionalProperties"] is False
        assert not type_.groups or f"disclosures.{name}" in schemas


def test_answers_of_the_server_are_those_described(served: Site) -> None:
    found = served.http.get("/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    assert found["servers"] == [{"url": "https://ledger.example"}]
    for path in ("/healthz", "/readyz", "/metrics", "/log/checkpoint", "/errors", "/openapi.json"):
        assert str(served.http.get(path).status_code) in found["paths"][path]["get"]["responses"]
