"""The OpenAPI 3.1 description, made from the table of calls and the tables that the code itself uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api.openapi import examples, patient_examples
from api.openapi.calls import BYTES, CALLS, EDGE, OF_QUERY, QUERIES, SANDBOX_CALLS, Call, Content
from api.openapi.json_schema import payload_schemas
from api.problems import MEDIA_TYPE, Problem
from api.settings import Settings
from contracts import lifecycle_text
from contracts.codes import CODES

Document = dict[str, Any]


def document(settings: Settings) -> Document:
    """Return the description of a server with these settings."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Provenance ledger for electronic prescriptions",
            "version": "1",
            "description": f"{examples.OVERVIEW}\n\n# Life cycle of a prescription\n\n{_life_cycle()}",
        },
        "servers": [{"url": settings.public_url}],
        "security": [{"token": []}],
        "paths": _paths((*CALLS, *(SANDBOX_CALLS if settings.sandbox else ()))),
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": examples.TOKENS}
            },
            "schemas": {**_schemas(), **payload_schemas()},
            "examples": _problem_examples(settings),
        },
    }


def _life_cycle() -> str:
    return "\n".join(lifecycle_text.lines())


def _paths(calls: Iterable[Call]) -> Document:
    found: Document = {}
    for call in calls:
        found.setdefault(call.path, {})[call.method] = _call(call)
    return found


def _call(call: Call) -> Document:
    edge = (*EDGE, *OF_QUERY) if call.path in QUERIES else EDGE
    responses = _problems((*edge, *call.refusals), call.statuses or {})
    for status, (meaning, contents) in call.answers.items():
        answer = responses.setdefault(status, {"content": {}})
        answer["description"] = meaning
        for content in contents:
            answer["content"].update(_content(content))
    told: Document = {"summary": call.summary, "responses": dict(sorted(responses.items()))}
    if call.parameters or call.query:
        told["parameters"] = [
            *(_parameter(name, "path", values) for name, values in call.parameters.items()),
            *(_parameter(name, "query", values) for name, values in call.query.items()),
        ]
    if call.body is not None:
        told["requestBody"] = {"required": True, "content": _content(call.body)}
    if call.public or call.public_in_part:
        told["security"] = [] if call.public else [{}, {"token": []}]
    return told


def _parameter(name: str, place: str, values: Iterable[str]) -> Document:
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "schema": {"type": "string"},
        "examples": {value: {"value": value} for value in values},
    }


def _content(content: Content) -> Document:
    if content.media == BYTES:
        return {content.media: {}}
    schema = {"$ref": f"#/components/schemas/{content.schema}"}
    return {content.media: {"schema": schema, "example": content.example}}


def _problems(codes: Iterable[str], statuses: Mapping[str, int]) -> Document:
    """Return problem answers by status, with an example for each code."""
    found: Document = {}
    for code in dict.fromkeys(codes):
        status = str(statuses.get(code) or Problem(code).status)
        answer = found.setdefault(status, _problem_answer(status))
        answer["content"][MEDIA_TYPE]["examples"][code] = {"$ref": f"#/components/examples/{code}"}
    return found


def _problem_answer(status: str) -> Document:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": f"Refused or failed ({status})",
        "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}},
    }


def _problem_examples(settings: Settings) -> Document:
    catalogue = settings.catalogue_address("")
    return {
        code: {"summary": row.title, "value": Problem(code).body(catalogue, examples.REQUEST_ID)}
        for code, row in CODES.items()
        if row.status >= 400
    }


def _schemas() -> Document:
    return {name: dict(schema) for name, schema in {**examples.SCHEMAS, **patient_examples.SCHEMAS}.items()}
