"""Whom the findings of a log speak of: an act is its signers' own, what is said of it may not be (S57)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.codes.about import about
from contracts.groups import ISSUE


@dataclass(frozen=True, slots=True)
class Said:
    """An entry as reports need it: what it was, who acted, and the codes that were said of it."""

    type: str
    organisation: str
    people: tuple[str, ...]
    refusals: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def said(entry: Mapping[str, Any], payload: Mapping[str, Any]) -> Said:
    """Return what an entry says; `payload` is that of its statement, {} for a refusal."""
    if "refused" in entry:
        told = entry["refused"]
        return Said(told["type"], told["actor"], tuple(told.get("signers", ())), tuple(told["codes"]))
    people = tuple(one["code"] for one in payload["signers"])
    flags = tuple(flag["code"] for flag in entry["verdict"]["flags"])
    return Said(payload["type"], payload["iss"], people, (), flags)


class Attribution:
    """Learns from the statements of a log, in its order, and tells whom the codes said of an act speak of.

    What is said of a sale when the fund tells of it speaks of the shop, which a refusal does not name: it
    counts with nobody.
    """

    def __init__(self) -> None:
        self._funds: set[str] = set()

    def learn(self, payload: Mapping[str, Any]) -> None:
        """Take note of an accepted statement: who is a fund."""
        if payload["type"] == "registry.organisation" and payload["role"] == "fund":
            self._funds.add(payload["code"])

    def speak_of(self, act: Said, subject: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the refusals and flags of an act that speak of `subject`, an institution or a person."""
        kinds = self._kinds(act, subject)
        refusals, flags = (
            tuple(code for code in codes if about(code) in kinds) for codes in (act.refusals, act.flags)
        )
        return refusals, flags

    def _kinds(self, act: Said, subject: str) -> set[str]:
        if subject not in (act.organisation, *act.people):
            return set()
        own = {"actor"}
        if subject == act.organisation:
            own.add("institution")
        if act.organisation not in self._funds:
            own.add("seller")
        if act.type in ISSUE:
            own.add("prescriber")
        return own
