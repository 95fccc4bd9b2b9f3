"""Where a statement's processor time goes, apart from HTTP: the same code without a server around it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.admission import Admitted, admit
from api.command.service import open_ledger
from api.sandbox.keys import KeyRing
from bench.cast import cast
from bench.lives import Author, Ready
from bench.server import ORIGIN, START_MS, init
from bench.setting import register
from bench.shadow import Cost, Shadow
from contracts.statements import base64url
from ledger.clock import SandboxClock
from ledger.local import Ledger

UNIT = 32  # statements committed together: what 32 busy connections give


@dataclass(frozen=True, slots=True)
class Split:
    """Processor milliseconds per statement."""

    authentication_ms: float
    contract_ms: float
    commit_ms: float


def measure(work: Path, lives: int = 60, doctors: int = 10) -> Split:
    """Return the split over that many lives, on a ledger of its own in `work`."""
    folder = work / "split"
    init(folder)
    ledger, clock = open_ledger(folder)
    try:
        shadow = Shadow()
        shadow.time_ms = START_MS
        ring = KeyRing(work / "split-keys", folder / "keys", cast(doctors))
        register(lambda body: _submit(ledger, body), genesis_of(ledger), ring, shadow, cast(doctors), ORIGIN)
        author = Author(ring, shadow, ORIGIN, doctors)
        for ready in author.duties():
            _submit(ledger, ready.body)
        shadow.cost = Cost()  # what registered the cast is not what is measured
        made = author.round(START_MS + 60_000, lives)
        if isinstance(clock, SandboxClock):
            clock.set(made.time_ms)
        for ready in made.stock:
            _submit(ledger, ready.body)
        cost = shadow.cost  # the contracts alone, as the author ran them
        return _measured(ledger, made.lives, cost.contract_s / cost.statements * 1000)
    finally:
        ledger.close()


def genesis_of(ledger: Ledger) -> bytes:
    """Return entry 0 as the submission that it was."""
    return json.dumps(json.loads(ledger.entry(0))["statement"]).encode()


def _measured(ledger: Ledger, lives: list[list[Ready]], contract_ms: float) -> Split:
    authentication = commit = 0.0
    count = 0
    for at in range(0, len(lives), UNIT):
        for step in zip(*lives[at : at + UNIT], strict=True):
            started = time.process_time()
            unit = [admit(ready.body, ready.organisation, ledger.read) for ready in step]
            admitted = time.process_time()
            _commit(ledger, unit)
            authentication += admitted - started
            commit += time.process_time() - admitted
            count += len(unit)
    return Split(authentication / count * 1000, contract_ms, commit / count * 1000 - contract_ms)


def _commit(ledger: Ledger, unit: list[Admitted]) -> None:
    for future in ledger.submit_batch([(one.work, one.disclosures) for one in unit]):
        answer = future.result()
        if answer.outcome != "accepted":
            raise RuntimeError(f"a statement of the benchmark was {answer.outcome}: {answer.codes}")


def _submit(ledger: Ledger, body: bytes) -> Mapping[str, Any]:
    payload = json.loads(base64url.decode(json.loads(body)["payload"]))
    admitted = admit(body, payload["iss"], ledger.read)
    answer = ledger.submit(admitted.work, admitted.disclosures).result()
    if answer.outcome != "accepted":
        raise RuntimeError(f"{payload['type']} of the benchmark was {answer.outcome}: {answer.codes}")
    return {"id": answer.statement_id, "leaf": answer.leaf}
