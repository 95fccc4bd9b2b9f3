"""JSON Schema of the statement types, made from the table that also checks them."""

from __future__ import annotations

from typing import Any

from contracts.statements.schema import (
    Boolean,
    Integer,
    Kind,
    ListOf,
    OneOf,
    Record,
    Text,
)
from contracts.types import TYPES, members_of

_PATTERNS = {
    "hex64": "^[0-9a-f]{64}$",
    "base64url": "^[A-Za-z0-9_-]*$",
    "code": "^[A-Za-z0-9._-]{1,32}$",
    "region": "^[0-9]*$",
    "time": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?Z$",
    "date": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "decimal": r"^-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,6})?$",
}


def payload_schemas() -> dict[str, Any]:
    """Return a schema for the payload of each statement type, and for each type's disclosures."""
    found: dict[str, Any] = {}
    for name, type_ in TYPES.items():
        found[f"payload.{name}"] = schema_of(members_of(name))
        if type_.groups:
            found[f"disclosures.{name}"] = schema_of(Record(type_.groups))
    return found


def schema_of(kind: Kind) -> dict[str, Any]:
    """Return the JSON Schema of a kind of value."""
    if isinstance(kind, Record):
        return {
            "type": "object",
            "properties": {name.rstrip("?"): schema_of(member) for name, member in kind.members.items()},
            "required": [name for name in kind.members if not name.endswith("?")],
            "additionalProperties": False,
        }
    if isinstance(kind, ListOf):
        return {"type": "array", "items": schema_of(kind.item), "minItems": kind.low, "maxItems": kind.high}
    if isinstance(kind, Text):
        found: dict[str, Any] = {"type": "string", "minLength": kind.low, "maxLength": kind.high}
        return {**found, "pattern": _PATTERNS[kind.form]} if kind.form else found
    if isinstance(kind, Integer):
        return {"type": "integer", "minimum": kind.low, "maximum": kind.high}
    if isinstance(kind, OneOf):
        return {"type": "string", "enum": list(kind.values)}
    return {"type": "boolean"} if isinstance(kind, Boolean) else {}
