"""The look-ups of the national adapters, asked over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.client.http import Client, Problem
from api.national import ConsultationLink


class LedgerLookups:
    """Answers from the ledger; `directory` is the sender's own list certificate number -> code."""

    def __init__(self, client: Client, directory: Mapping[str, str] | None = None) -> None:
        self._client = client
        self._directory = directory or {}

    def prescription(self, numbers: Mapping[str, str]) -> str:
        """Return the rx. Raises Problem (RX_NOT_FOUND) when the ledger does not know the number."""
        return str(self._client.find_prescription(numbers)["rx"])

    def consultation(self, encounter: str) -> ConsultationLink | None:
        """Return the consultation of an encounter at this institution, None when there is none."""
        try:
            found = self._client.find_chain({"mdtrtId": encounter})
        except Problem as problem:
            if problem.status != 404:
                raise
            return None
        opened, closed = _entry(found.get("opened")), _entry(found.get("closed"))
        if opened is None:
            return None
        return ConsultationLink(str(opened["id"]), None if closed is None else str(closed["leaf"]))

    def duty(self, pharmacist: str) -> str | None:
        """Return the leaf of a pharmacist's last duty entry; None when there is none to be seen."""
        try:
            found = self._client.find_chain({"pharmacist": pharmacist})
        except Problem as problem:
            if problem.status not in (403, 404):
                raise
            return None
        last = _entry(found.get("duty"))
        return None if last is None else str(last["leaf"])

    def person(self, certificate_number: str) -> str | None:
        """Return the code that the directory lists for a certificate number."""
        return self._directory.get(certificate_number)


def _entry(value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) and value else None
