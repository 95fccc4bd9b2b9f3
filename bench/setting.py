"""The registry of a benchmark, put on the ledger and into the shadow alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from api.client.http import Answer, Client
from api.client.signing import build
from api.sandbox import registrar
from api.sandbox.day import Day
from api.sandbox.keys import KeyRing
from bench.cast import PARAMETERS, REGULATOR
from bench.shadow import Shadow


@dataclass(frozen=True, slots=True)
class Both:
    """Stands for a client: what is submitted goes to the ledger and to the shadow."""

    organisation: str
    shadow: Shadow
    send: Callable[[bytes], Mapping[str, Any]]

    def submit(self, body: bytes) -> Answer:
        """Return the ledger's answer; the shadow has then decided the same statement."""
        answered = self.send(body)
        self.shadow.decide(body)
        return Answer(201, answered)


def register(
    send: Callable[[bytes], Mapping[str, Any]],
    genesis: bytes,
    ring: KeyRing,
    shadow: Shadow,
    members: Mapping[str, Any],
    audience: str,
) -> None:
    """Put the cast, and a rulebook without bounds of pace, on the ledger and into the shadow."""
    shadow.decide(genesis)
    both = Both(REGULATOR, shadow, send)
    registrar.register(Day((), members), ring, cast(Client, both), audience, shadow.time_ms // 1000)
    rulebook = build(
        "governance.rulebook",
        {"version": "bench-1", "parameters": dict(PARAMETERS)},
        {},
        iss=REGULATOR,
        aud=audience,
        iat=shadow.time_ms // 1000,
        signers=ring.officers()[:2],
    )
    both.submit(rulebook)
