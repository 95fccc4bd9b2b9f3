"""The OpenAPI 3.1 description, made from the tables that the code itself uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api import examples
from api.json_schema import payload_schemas
from api.problems import MEDIA_TYPE, Problem
from api.settings import Settings
from contracts.codes import CODES
from contracts.rules import RULES

Document = dict[str, Any]
TRANSPORT = (
    "HTTP_BAD_REQUEST",
    "HEADERS_TOO_LARGE",
    "BODY_TOO_LARGE",
    "ENCODING_UNSUPPORTED",
    "MEDIA_TYPE_UNSUPPORTED",
    "REQUEST_TIMEOUT",
    "METHOD_NOT_ALLOWED",
)
_STARTS_OF_FORM = ("JSON_", "B64_", "SCHEMA_", "SIG_", "KEY_", "CERT_", "HUM_", "COMMIT_", "PII_", "TIME_")
FORM = tuple(code for code, row in CODES.items() if code.startswith(_STARTS_OF_FORM) and row.status >= 400)
VERDICTS = tuple(sorted({rule.code for rule in RULES if CODES[rule.code].status >= 400}))
FAULTS = tuple(code for code, row in CODES.items() if row.status == 503)
READS = ("RX_NOT_FOUND", "NOT_FOUND", "RATE_LIMITED", "QUERY_INVALID")
_LOOKUP = (*TRANSPORT, "AUTH_REQUIRED", "JSON_SYNTAX", "JSON_EMPTY", "SCHEMA_TYPE", *READS, *FAULTS)
_SUBMISSION = (*TRANSPORT, "AUTH_REQUIRED", *FORM, "TENANT_MISMATCH", "RATE_LIMITED", *VERDICTS, *FAULTS)


def document(settings: Settings) -> Document:
    """Return the description of a server with these settings."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Provenance ledger for electronic prescriptions",
            "version": "1",
            "description": examples.OVERVIEW,
        },
        "servers": [{"url": settings.public_url}],
        "security": [{"token": []}],
        "paths": {path: dict(calls) for path, calls in _paths(settings).items()},
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": examples.TOKENS}
            },
            "schemas": {**_schemas(), **payload_schemas()},
            "examples": _problem_examples(settings),
        },
    }


def _paths(settings: Settings) -> Mapping[str, Mapping[str, Document]]:
    paths: dict[str, dict[str, Document]] = {
        "/v1/statements": {
            "post": _call(
                "Submit a signed statement",
                {
                    **_answer("201", "Accepted or held", "Accepted", examples.ACCEPTED),
                    **_answer("200", "The committed payload again", "Accepted", examples.ACCEPTED),
                    **_problems(_SUBMISSION),
                },
                _json_body("Submission", examples.SUBMISSION),
            )
        },
        "/v1/statements:batch": {
            "post": _call(
                "Submit many statements, one a line",
                {"200": _lines_answer(), **_problems((*TRANSPORT, "AUTH_REQUIRED", "JSON_EMPTY", *FAULTS))},
                {"required": True, "content": {"application/x-ndjson": {"schema": {"type": "string"}}}},
            )
        },
        "/v1/checks": {
            "post": _call(
                "Ask beforehand what a submission would get; nothing is written",
                {
                    **_answer("200", "The verdict", "Check", examples.CHECK),
                    **_problems((*TRANSPORT, "AUTH_REQUIRED", *FORM, "TENANT_MISMATCH", *FAULTS)),
                },
                _json_body("Submission", examples.UNSIGNED),
            )
        },
        "/v1/prescriptions/{rx}": {
            "get": _call(
                "State, lines and history of a prescription",
                {
                    **_answer("200", "The prescription", "Prescription", examples.PRESCRIPTION),
                    **_problems(("AUTH_REQUIRED", *READS, *FAULTS)),
                },
                parameters=("rx",),
            )
        },
        "/v1/receipts/{statement_id}": {
            "get": _call(
                "The newest tlog-proof of a statement",
                {**_text("200", "A C2SP tlog-proof"), **_problems(("NOT_FOUND", *FAULTS))},
                parameters=("statement_id",),
                public=True,
            )
        },
        "/token": {
            "post": _call(
                "A token for a client assertion (RFC 7523)",
                {
                    **_answer("200", "A token", "Token", examples.TOKEN),
                    **_answer("400", "RFC 6749 error", "OAuthError", examples.OAUTH_ERROR),
                    **_answer("401", "The assertion does not hold", "OAuthError", examples.OAUTH_ERROR),
                    **_answer("503", "Ask again later", "OAuthError", examples.OAUTH_ERROR),
                },
                {
                    "required": True,
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {"$ref": "#/components/schemas/TokenRequest"},
                            "example": examples.TOKEN_REQUEST,
                        }
                    },
                },
                public=True,
            )
        },
        "/log/checkpoint": {
            "get": _call(
                "The newest published checkpoint (C2SP tlog-tiles)",
                {**_text("200", "A signed note"), **_problems(("NOT_FOUND",))},
                public=True,
            )
        },
        "/log/tile/{path}": {
            "get": _call(
                "A hash tile, or with a member's token an entry bundle (C2SP tlog-tiles)",
                {
                    "200": {"description": "Bytes", "content": {"application/octet-stream": {}}},
                    **_problems(("AUTH_REQUIRED", "NOT_FOUND", *FAULTS)),
                },
                parameters=("path",),
            )
        },
        "/errors/{code}": {
            "get": _call(
                "What a code means and what to do, in English and Chinese",
                {
                    **_answer("200", "A row of the table of codes", "Code", examples.code_row()),
                    **_problems(("NOT_FOUND",)),
                },
                parameters=("code",),
                public=True,
            )
        },
    }
    for path, (summary, name, body, answer) in examples.LOOKUPS.items():
        answers = {
            **_answer("200", "What was found", name, answer),
            **_problems((*_LOOKUP, "TRACE_FORMAT")),
        }
        paths[path] = {"post": _call(summary, answers, _json_body(f"{name}Request", body))}
    for path, summary in examples.HEALTH.items():
        paths[path] = {"get": _call(summary, {**_text("200", "Well"), **_problems(FAULTS)}, public=True)}
    for path, (summary, answer) in examples.OVERVIEWS.items():
        paths[path] = {"get": _call(summary, _answer("200", summary, "Object", answer), public=True)}
    if settings.sandbox:
        answers = {
            **_answer("200", "The clock stands at this time", "Clock", examples.CLOCK),
            **_problems(("TIME_FORMAT", "TIME_ORDER"), {"TIME_ORDER": 409}),
        }
        body = _json_body("Clock", examples.CLOCK)
        paths["/sandbox/clock"] = {"put": _call("Move the sandbox's clock", answers, body, public=True)}
    return paths


def _problems(codes: Iterable[str], statuses: Mapping[str, int] | None = None) -> dict[str, Document]:
    """Return problem answers by status, with an example for each code."""
    found: dict[str, Document] = {}
    for code in dict.fromkeys(codes):
        status = str((statuses or {}).get(code) or Problem(code).status)
        answer = found.setdefault(status, _problem_answer(status))
        answer["content"][MEDIA_TYPE]["examples"][code] = {"$ref": f"#/components/examples/{code}"}
    return found


def _problem_examples(settings: Settings) -> Document:
    catalogue = settings.catalogue_address("")
    return {
        code: {"summary": row.title, "value": Problem(code).body(catalogue, examples.REQUEST_ID)}
        for code, row in CODES.items()
        if row.status >= 400
    }


def _problem_answer(status: str) -> Document:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": f"Refused or failed ({status})",
        "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}},
    }


def _call(
    summary: str,
    responses: Mapping[str, Document],
    body: Document | None = None,
    parameters: tuple[str, ...] = (),
    public: bool = False,
) -> Document:
    call: Document = {"summary": summary, "responses": dict(sorted(responses.items()))}
    if parameters:
        call["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in parameters
        ]
    if body is not None:
        call["requestBody"] = body
    if public:
        call["security"] = []
    return call


def _answer(status: str, description: str, schema: str, example: object) -> dict[str, Document]:
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}
    return {status: {"description": description, "content": {"application/json": content}}}


def _text(status: str, description: str) -> dict[str, Document]:
    return {status: {"description": description, "content": {"text/plain": {"schema": {"type": "string"}}}}}


def _lines_answer() -> Document:
    return {
        "description": "One line for each line: the body of POST /v1/statements with its status",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }


def _json_body(schema: str, example: object) -> Document:
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}
    return {"required": True, "content": {"application/json": content}}


def _schemas() -> dict[str, Document]:
    return {name: dict(schema) for name, schema in examples.SCHEMAS.items()}
