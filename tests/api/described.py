"""Every answer of a server that tests start is held against its OpenAPI description, whoever asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, MutableMapping
from types import NoneType
from typing import Any

from api.limits import Receive, Scope, Send
from api.openapi.description import document
from api.server import Server

PROBLEM = "application/problem+json"
NDJSON = "application/x-ndjson"
_TYPES: Mapping[str, type] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": NoneType,
}


def fits(value: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> bool:
    """Whether a value has a schema's form and no other members: as much of JSON Schema as is used here."""
    schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if "anyOf" in schema:
        return any(fits(value, one, schemas) for one in schema["anyOf"])
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    if kinds and type(value) not in [_TYPES[kind] for kind in kinds]:
        return False
    if value not in schema.get("enum", (value,)):
        return False
    if isinstance(value, list):
        return all(fits(item, schema.get("items", {}), schemas) for item in value)
    return not isinstance(value, dict) or _members_fit(value, schema, schemas)


def _members_fit(value: dict[str, Any], schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> bool:
    if "properties" not in schema:
        return True
    known = schema["properties"]
    if not set(schema["required"]) <= set(value) <= set(known):
        return False
    return all(fits(member, known[name], schemas) for name, member in value.items())


class Described:
    """A server that notes which of its answers its description does not say."""

    def __init__(self, server: Server) -> None:
        self.settings = server.settings
        self.missing: list[str] = []
        self._server = server
        self._document = document(server.settings)
        self._schemas = self._document["components"]["schemas"]
        self._calls = [(_pattern(path), calls) for path, calls in self._document["paths"].items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the server does, and look at the answer."""
        parts: list[MutableMapping[str, Any]] = []

        async def listen(message: MutableMapping[str, Any]) -> None:
            parts.append(message)
            await send(message)

        await self._server(scope, receive, listen)
        if scope["type"] == "http" and len(parts) > 1:
            media = dict(parts[0]["headers"])[b"content-type"].decode("ascii").partition(";")[0]
            body = b"".join(part["body"] for part in parts[1:])
            try:
                self.look(scope["method"], scope["path"], parts[0]["status"], media, body)
            except Exception as error:  # here it would only be logged, and the test would pass
                self.missing.append(f"{scope['path']} {error!r}")

    def look(self, method: str, path: str, status: int, media: str, body: bytes) -> None:
        """Note what the description does not say of this answer; what is no call has no description."""
        calls = next((calls for pattern, calls in self._calls if pattern.fullmatch(path)), {})
        call = calls.get(method.lower())
        if call is None:
            return
        content = call["responses"].get(str(status), {"content": {}})["content"].get(media)
        fault = "" if content is not None and self._holds(content, media, body) else "form"
        if content is not None and media == PROBLEM:
            code = json.loads(body)["code"]
            fault = fault or ("" if code in content["examples"] else code)
        if fault:
            self.missing.append(f"{method} {path} {status} {media} {fault}")

    def _holds(self, content: Mapping[str, Any], media: str, body: bytes) -> bool:
        if media == NDJSON:
            line_schema = content["schema"]["$ref"].rpartition("/")[2]
            of_lines = self._schemas[line_schema]["contentSchema"]
            return all(self._line_holds(json.loads(line), of_lines) for line in body.splitlines())
        if not media.endswith("json"):
            return True
        return fits(json.loads(body), content["schema"], self._schemas)

    def _line_holds(self, line: dict[str, Any], schema: Mapping[str, Any]) -> bool:
        """A line of a batch is what the same line alone would have been answered, status included."""
        single = self._document["paths"]["/v1/statements"]["post"]["responses"]
        answer = single.get(str(line["status"]), {"content": {}})["content"]
        known = "code" not in line or line["code"] in answer.get(PROBLEM, {}).get("examples", ())
        return bool(answer) and known and fits(line, schema, self._schemas)


def _pattern(path: str) -> re.Pattern[str]:
    wild = ".+" if "{path}" in path else "[^/]+"
    return re.compile(re.sub(r"\\\{\w+\\\}", wild, re.escape(path)))
