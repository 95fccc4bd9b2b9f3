"""AUTHOR, of tools: a declared tool is the registered one, and its vendor may help to prescribe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts import keys
from contracts.act import Act, State
from contracts.groups import ISSUE
from contracts.rules.base import Failed, rule
from contracts.rules.breaker import has_rights
from contracts.rules.credit import STANDING
from contracts.time import day_of


@rule(
    "AUTHOR-9",
    "TOOL_UNREGISTERED",
    ISSUE,
    sources="S2 S13 S14",
    parameters=("tools_registered_only", *STANDING),
    version=3,
    en="A tool is not registered for this help today, or its vendor is stopped or paid by the prescription.",
    zh="所用工具未登记该类辅助、登记已失效，供应商已被冻结或暂停，或按处方收费。",
)
def tools_registered(act: Act) -> None:
    """Where the rulebook asks for it (1), each declared tool is registered, in force, for its kind.

    A tool that is registered has a vendor, and where that one is frozen, suspended, of the lowest grade or
    paid by the prescription it helps nobody, whatever the rulebook asks. Doctors write without it.
    """
    for used in _tools(act):
        meant = _tool_meant(act, used)
        if meant is not None and not _may_help(act, meant):
            raise Failed
        if int(act.parameter("tools_registered_only")) and not _registered(act, used):
            raise Failed


def _tools(act: Act) -> list[Mapping[str, Any]]:
    return list((act.payload.get("origin") or {}).get("assist", []))


def _tool_meant(act: Act, used: Mapping[str, Any]) -> State | None:
    """The version named; where none is, or one that nobody registered, the one registered last, or None.

    Vendor and fee are no better for a version that is left out.
    """
    return _tool(act, used, str(used.get("version", ""))) or _tool(act, used, "")


def _tool(act: Act, used: Mapping[str, Any], version: str) -> State | None:
    return act.state(keys.tool(str(used.get("device_registration", "")), version))


def _may_help(act: Act, tool: State) -> bool:
    return tool["fee"] != "per_prescription" and has_rights(act, str(tool["vendor"]))


def _registered(act: Act, used: Mapping[str, Any]) -> bool:
    known = _tool(act, used, str(used["version"])) if used.get("version") else None
    if known is None or used["kind"] not in known["kinds"]:
        return False
    return day_of(known["valid_from"]) <= act.today <= day_of(known["valid_to"])


@rule(
    "AUTHOR-13",
    "TOOL_CONTRADICTS",
    ISSUE,
    sources="S13 S14 S48",
    parameters=("placeholders",),
    en="A tool is named with another vendor than its registration's: correct the record. Nobody is accused.",
    zh="所用工具的供应商代码与其登记信息不符，请更正后重报；不追究任何人。",
)
def vendor_agrees(act: Act) -> None:
    """A vendor that is named is the one with which the tool is registered, where it is.

    A tool by which somebody was harmed is its vendor's, so no hospital may name a competitor. What the tool
    is called nobody compares: the registry has a code, and people write names.
    """
    for place, used in enumerate(_tools(act)):
        named, meant = used.get("vendor_code"), _tool_meant(act, used)
        if meant is None or act.is_placeholder(named):
            continue
        if str(named).strip().casefold() != str(meant["vendor"]).casefold():
            pointer = f"/origin/assist/{place}/vendor_code"
            raise Failed({"member": "vendor_code", "pointer": pointer, "proposed": str(meant["vendor"])})


RULES = (tools_registered, vendor_agrees)
