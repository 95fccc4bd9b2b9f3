"""What registering tools, vendors, departments, channels and supervised insured persons writes into state."""

from __future__ import annotations

from collections.abc import Iterator

from contracts import keys
from contracts.act import Act, State

Writes = Iterator[tuple[str, State]]
_TOOL = ("code", "kinds", "vendor", "fee", "valid_from", "valid_to")


def tool(act: Act) -> Writes:
    """A version of a tool as registered, and its vendor, whom measures may concern."""
    payload = act.payload
    record = {name: payload[name] for name in _TOOL}
    for version in (payload["version"], ""):
        yield keys.tool(payload["device_registration"], version), record
    yield keys.vendor(payload["vendor"]), {"role": "vendor", "name": payload["vendor_name"]}


def vendor(act: Act) -> Writes:
    """A vendor whom measures may concern (S13). It registers no tool and gives no right.

    Whoever sold what it never registered could be accused of nothing, unless an officer had invented a tool.
    """
    yield keys.vendor(str(act.payload["code"])), {"role": "vendor", "name": act.payload["name"]}


def department(act: Act) -> Writes:
    """A department of an institution, found by its name in prescriptions."""
    payload = act.payload
    record = {"role": "department", "organisation": payload["organisation"], "name": payload["name"]}
    yield keys.department(payload["code"]), record
    yield keys.department_named(payload["organisation"], payload["name"]), {"code": payload["code"]}


def insured(act: Act) -> Writes:
    """An insured person's code; which patient it stands for is under the tags alone."""
    code = str(act.payload["code"])
    yield keys.insured(code), {"role": "insured"}
    number = (act.disclosed("identity") or {}).get("certificate_number")
    for tag in act.tags("people", number):
        yield keys.insured_tagged(tag), {"code": code}


def channel(act: Act) -> Writes:
    """A hospital's channel; a later statement about it replaces it, another hospital's stays its own."""
    payload = act.payload
    record = {name: payload[name] for name in ("name", "valid_from", "valid_to")}
    yield keys.channel(str(payload["organisation"]), str(payload["code"])), record


def uncoded(act: Act) -> Writes:
    """A lot of old stock without codes is listed for a shop."""
    payload = act.payload
    key = keys.uncoded(str(payload["organisation"]), str(payload["drug"]))
    lot = {"packs": payload["packs"], "valid_to": payload["valid_to"]}
    lots = (act.state(key) or {"lots": {}})["lots"]
    yield key, {"lots": {**lots, str(payload["lot"]): lot}}
