"""Builds a new ledger in an empty folder: keys, tables, entry 0, first checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from contracts.decision import Decision
from contracts.facts import AdmissionRefusal, Facts
from ledger.batch import Work
from ledger.clock import Clock, SandboxClock
from ledger.contract import Contract
from ledger.errors import GenesisRefused
from ledger.folder import LOG_KEY, TAG_KEYS, Config, write_config, write_secret
from ledger.note import LogSigner, NoteInvalid, parse_verifier_key
from ledger.recovery import open_parts
from ledger.tags import KINDS, TagKeys
from ledger.tiles import sync_directory
from ledger.writer import Writer

GENESIS = "governance.genesis"


def build(
    folder: Path,
    work: Work,
    log_key_seed: bytes,
    tag_keys: Mapping[str, bytes],
    clock: Clock,
    contract: Contract,
) -> str:
    """Return the leaf of entry 0 once `folder` is a whole ledger.

    Raises GenesisRefused, NotALedger for missing or short tag keys, StorageFault, OSError.
    """
    keys = TagKeys({kind: (tag_keys[kind],) for kind in KINDS if kind in tag_keys})
    config = _check(work.item, log_key_seed, keys, clock)
    folder.chmod(0o755)  # log/ is for a static file server; the secret files have their own mode
    write_secret(folder / LOG_KEY, log_key_seed.hex().encode())
    write_secret(folder / TAG_KEYS, keys.dump())
    decision = _append(folder, config, work, clock, contract)
    leaf = decision.leaf or ""
    write_config(folder, replace(config, genesis=leaf))
    sync_directory(folder)
    return leaf


def _check(item: Facts | AdmissionRefusal, seed: bytes, keys: TagKeys, clock: Clock) -> Config:
    """Return the configuration that the genesis statement describes, if it describes these very keys."""
    if isinstance(item, AdmissionRefusal) or item.type != GENESIS:
        raise GenesisRefused(f"entry 0 must be a {GENESIS}")
    payload = item.payload
    try:
        key = parse_verifier_key(str(payload["log_vkey"]))
        expected = LogSigner(key.name, seed).verifier_key
    except (NoteInvalid, ValueError) as error:
        raise GenesisRefused("the genesis statement names no usable log key") from error
    if key != expected or payload["aud"] != key.name:
        raise GenesisRefused("the genesis statement names another log key or origin")
    if payload["tag_keys"] != {kind: keys.newest_id(kind) for kind in KINDS}:
        raise GenesisRefused("the genesis statement names other tag keys")
    _check_founders(payload)
    runs = isinstance(clock, SandboxClock) and clock.runs
    return Config(key.name, str(payload["profile"]), clock.now_ms(), genesis="", clock_runs=runs)


def _check_founders(payload: Mapping[str, Any]) -> None:
    """Return when the regulator submits it and no officer stands twice in it, as every verifier asks."""
    regulator, officers = payload.get("regulator"), payload.get("officers")
    if isinstance(regulator, dict) and regulator.get("code") != payload["iss"]:
        raise GenesisRefused("the genesis statement is not submitted by the regulator that it names")
    codes = [one.get("code") for one in officers or () if isinstance(one, dict)]
    if len(set(codes)) < len(codes):
        raise GenesisRefused("the genesis statement names an officer twice")


def _append(folder: Path, config: Config, work: Work, clock: Clock, contract: Contract) -> Decision:
    parts, publication, last_time_ms = open_parts(folder, config, clock, contract, lambda _: None)
    writer = Writer(parts, last_time_ms, queue_size_max=1)
    writer.start()
    try:
        writer.enqueue([work])
        answer = work.future.result()
        if answer.outcome != "accepted":
            raise GenesisRefused(f"the contracts refuse the genesis statement: {', '.join(answer.codes)}")
        publication.publish()
        return answer.decision
    finally:
        writer.close()
        parts.store.close()
