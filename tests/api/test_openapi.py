"""The description names every call, every schema it refers to, and every code that can be answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.openapi import examples
from api.openapi.calls import EDGE
from api.openapi.description import document
from api.server import create
from api.settings import Settings
from contracts.codes import CODES
from contracts.lifecycle import COUNTED, TRANSITIONS
from contracts.statements import submission
from contracts.types import TYPES
from tests.api.described import Described, fits
from tests.api.serving import Site, unsigned

ROOT = Path(__file__).parents[2]
SANDBOX = Settings("https://ledger.example", sandbox=True)


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


def test_the_life_cycle_is_described_row_by_row_with_who_signs(described: dict[str, Any]) -> None:
    told = described["info"]["description"].splitlines()
    for (status, event), following in TRANSITIONS.items():
        rows = [row for row in told if row.startswith(f"| {status} | `{event}` | ")]
        after = "by the quantities" if following == COUNTED else following
        assert len(rows) == 1 and rows[0].endswith(f" | {after} |")
        roles = {role for position in TYPES[event.partition("/")[0]].roles for role in position}
        assert set(rows[0].split(" | ")[2].split(", ")) == roles


def test_every_call_that_the_server_answers_is_described(served: Site) -> None:
    """A call that was added to the server and forgotten here would be nobody's promise."""
    application = create(served.ledger, SANDBOX, clock=served.clock).app
    routes = {
        (re.sub(r":path}", "}", route.path), method.lower())
        for route in application._routes.routes
        for method in route.methods
        if method != "HEAD"
    }
    hot = {("/v1/statements", "post"), ("/v1/statements:batch", "post")}
    told = document(SANDBOX)["paths"]
    assert {(path, method) for path, calls in told.items() for method in calls} == routes | hot
    assert "/sandbox/clock" not in document(Settings("https://ledger.example"))["paths"]


def test_the_example_of_a_submission_is_one() -> None:
    parsed = submission.parse(json.dumps(examples.SUBMISSION).encode())
    assert parsed.payload["type"] == "consultation.closed" and len(parsed.disclosures) == 1
    assert submission.parse(json.dumps(examples.UNSIGNED).encode(), unsigned_allowed=True)
    assert [submission.parse(line.encode()) for line in examples.BATCH.splitlines()]


def test_what_admission_can_answer_is_described_for_a_submission(described: dict[str, Any]) -> None:
    """Some refusals of form stood at no call: a client could not know them."""
    sources = [*(ROOT / "contracts/statements").rglob("*.py"), ROOT / "api/admission.py"]
    raised = {
        found
        for path in sources
        for found in re.findall(r'(?:Rejected|Problem)\(\s*"([A-Z0-9_]+)"', path.read_text("utf-8"))
    }
    assert len(raised) > 40
    assert raised <= told_codes(described, "/v1/statements", "post")


def told_codes(described: dict[str, Any], path: str, method: str) -> set[str]:
    """The codes that a call's description names."""
    answers = described["paths"][path][method]["responses"].values()
    return {
        code for answer in answers for body in answer["content"].values() for code in body.get("examples", {})
    }


def example_fits(content: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether an example has its schema's form, line by line where it has lines."""
    of_lines = schemas[content["schema"]["$ref"].rpartition("/")[2]].get("contentSchema")
    if of_lines is None:
        return fits(content["example"], content["schema"], schemas)
    return all(fits(json.loads(line), of_lines, schemas) for line in content["example"].splitlines())


def test_every_example_has_the_form_of_its_schema(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    for path, calls in described["paths"].items():
        for call in calls.values():
            bodies = [call.get("requestBody", {"content": {}}), *call["responses"].values()]
            for content in (one for body in bodies for one in body["content"].values()):
                if "example" in content:
                    assert example_fits(content, schemas), path


def test_what_the_server_answers_has_the_form_of_the_schema(served: Site, hospital: str) -> None:
    schemas = document(SANDBOX)["components"]["schemas"]
    answers = {
        "Accepted": served.post("/v1/statements", served.opening(hospital, visit="990000OA"), hospital),
        "Check": served.post("/v1/checks", unsigned(served.opening(hospital)), hospital),
        "ChainLookup": served.post("/v1/chains:lookup", b'{"mdtrtId":"990000OA"}', hospital),
        "Standing": served.http.get(f"/v1/standing/{hospital}"),
        "Code": served.http.get("/errors/RX_EXPIRED", headers={"accept": "application/json"}),
        "Health": served.http.get("/readyz"),
    }
    for name, answer in answers.items():
        assert answer.status_code in (200, 201), (name, answer.text)
        assert fits(answer.json(), {"$ref": f"x/{name}"}, schemas), (name, answer.json())


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


def test_every_call_has_an_example_of_all_but_bytes(described: dict[str, Any]) -> None:
    for path, calls in described["paths"].items():
        for call in calls.values():
            for content in call.get("requestBody", {}).get("content", {}).values():
                assert "example" in content, path
            for status, answer in call["responses"].items():
                for kind, content in answer["content"].items():
                    given = content.get("example") or content.get("examples")
                    assert given or kind == "application/octet-stream", (path, status)


def test_every_part_of_a_path_has_an_example(described: dict[str, Any]) -> None:
    for path, calls in described["paths"].items():
        for call in calls.values():
            told = call.get("parameters", [])
            assert [one["name"] for one in told if one["in"] == "path"] == re.findall(r"{(\w+)}", path)
            assert all(one["examples"] for one in told), path


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/nowhere", None),
        ("/healthz", (200, "application/json", b'{"status":"ok"}')),
        ("/healthz", (201, "application/json", b'{"status":"ok"}')),
        ("/healthz", (200, "text/plain", b"ok")),
        ("/healthz", (200, "application/json", b'{"status":"ok","mood":"good"}')),
        ("/healthz", (200, "application/json", b'{"status":1}')),
        ("/v1/standing/P1", (404, "application/problem+json", b'{"code":"RX_NOT_FOUND"}')),
    ],
)
def test_what_the_description_does_not_say_is_noticed(
    served: Site, path: str, answer: tuple[int, str, bytes] | None
) -> None:
    """The check itself once let pages of HTML and all bodies through."""
    watch = Described(create(served.ledger, SANDBOX, clock=served.clock))
    watch.look("GET", path, *(answer or (418, "text/plain", b"")))
    silent = answer is None or answer == (200, "application/json", b'{"status":"ok"}')
    assert (watch.missing == []) is silent


def test_what_is_refused_below_the_application_is_described_for_every_call() -> None:
    source = (ROOT / "api/http_protocol.py").read_text("utf-8")
    assert set(re.findall(r'Problem\("([A-Z_]+)"', source)) <= set(EDGE)


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
