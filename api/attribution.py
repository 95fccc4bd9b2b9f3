"""Whom the findings of a log speak of: an act is its signers' own, what is said of it may not be (S57)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.codes.about import about
from contracts.rules.base import ISSUE

_HOLDING = ("prescription.claimed", "dispensing.dispensed")


@dataclass(frozen=True, slots=True)
class Said:
    """An entry as reports need it: what it was, who acted, and the codes that were said of it."""

    type: str
    organisation: str
    people: tuple[str, ...]
    refusals: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    rx: str = ""  # of an accepted statement; a refusal does not tell it


def said(entry: Mapping[str, Any], payload: Mapping[str, Any]) -> Said:
    """Return what an entry says; `payload` is that of its statement, {} for a refusal."""
    if "refused" in entry:
        told = entry["refused"]
        return Said(told["type"], told["actor"], tuple(told.get("signers", ())), tuple(told["codes"]))
    people = tuple(one["code"] for one in payload["signers"])
    flags = tuple(flag["code"] for flag in entry["verdict"]["flags"])
    return Said(payload["type"], payload["iss"], people, (), flags, str(payload.get("rx", "")))


class Attribution:
    """Learns from the statements of a log, in its order, and tells whom the codes said of an act speak of."""

    def __init__(self) -> None:
        self._funds: set[str] = set()
        self._shops: dict[bytes, str] = {}  # by prescription; a log has millions of them

    def learn(self, payload: Mapping[str, Any]) -> None:
        """Take note of an accepted statement: who is a fund, which shop holds a prescription."""
        if payload["type"] == "registry.organisation" and payload["role"] == "fund":
            self._funds.add(payload["code"])
        elif payload["type"] in _HOLDING:
            self._shops[bytes.fromhex(payload["rx"])] = payload["iss"]

    def shop_told_of(self, act: Said) -> str:
        """Return the shop of whose sale the fund told, or "": all others tell of themselves."""
        return self._shops.get(bytes.fromhex(act.rx), "") if act.organisation in self._funds else ""

    def speak_of(self, act: Said, subject: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the refusals and flags of an act that speak of `subject`, an institution or a person."""
        kinds = self._kinds(act, subject)
        refusals, flags = (
            tuple(code for code in codes if about(code) in kinds) for codes in (act.refusals, act.flags)
        )
        return refusals, flags

    def _kinds(self, act: Said, subject: str) -> set[str]:
        if subject not in (act.organisation, *act.people):
            return {"seller"} if subject == self.shop_told_of(act) else set()
        own = {"actor"}
        if subject == act.organisation:
            own.add("institution")
        if act.organisation not in self._funds:
            own.add("seller")
        if act.type in ISSUE:
            own.add("prescriber")
        return own
