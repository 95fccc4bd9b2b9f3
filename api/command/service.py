"""A ledger's folder as the commands open it: the ledger, its clock, its trust file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from api.command.output import CommandError, read_file
from api.genesis import SANDBOX
from api.witnesses.policy import ED25519, PolicyError, WitnessPolicy, parse_key, parse_policy
from ledger.clock import Clock, SandboxClock, WallClock
from ledger.errors import AlreadyRunning, CannotStart, LedgerAbsent, LedgerError
from ledger.folder import Config, read_config
from ledger.local import Ledger
from ledger.note import NoteInvalid, parse_note

TRUST_FILE = "trust.json"
VKEY_FILE = "log.vkey"
TRUST_FORMAT = "rx-trust/v1"
HANDED_ON = "put the trust file of the last handover in its place"


def open_ledger(folder: Path) -> tuple[Ledger, Clock]:
    """Return the ledger in `folder`, recovered and writing, and the clock that it reads.

    A sandbox clock stands where it was first set (without --clock it goes with the machine's), or at the last
    entry where that is later.
    Raises CommandError when there is no ledger, it is in use, or it must not start.
    """
    try:
        config = read_config(folder)
        clock = _clock(config)
        ledger = Ledger.open(folder, clock)
    except (CannotStart, LedgerError) as error:
        if isinstance(error, LedgerAbsent):
            raise CommandError(str(error), "make one with: rx init --folder …") from None
        raise cannot_start(error) from None
    if isinstance(clock, SandboxClock):
        last_ms = int(json.loads(ledger.entry(ledger.size - 1))["time"])
        if not clock.runs or clock.now_ms() < last_ms:  # it was moved ahead of the machine's before
            clock.set(max(last_ms, clock.now_ms()))
    return ledger, clock


def cannot_start(error: LedgerError) -> CommandError:
    """Return as the command's error why a ledger cannot be opened or copied as things stand."""
    cause = f"{error.code}: {error}"
    if isinstance(error, AlreadyRunning):
        return CommandError(cause, "stop the rx serve of this folder, and start it again afterwards")
    return CommandError(cause, "mend that, then try again: nothing was changed")


def _clock(config: Config) -> Clock:
    if config.profile != SANDBOX:
        return WallClock()
    return SandboxClock(config.clock_start_ms, runs=config.clock_runs)


def trust(origin: str, genesis: str, profile: str, policy: WitnessPolicy) -> bytes:
    """Return the content of a reader's trust file."""
    members = {
        "format": TRUST_FORMAT,
        "origin": origin,
        "log_keys": [policy.log.text],
        "genesis": genesis,
        "profile": profile,
        "policy": policy.text,
    }
    return json.dumps(members, ensure_ascii=False, indent=1).encode() + b"\n"


def policy_of(folder: Path) -> WitnessPolicy:
    """Return the witness policy of the trust file that `rx init` wrote. Raises CommandError."""
    return policy_in(read_file(folder / TRUST_FILE, "the trust file"))


def policy_in(trust_file: bytes) -> WitnessPolicy:
    """Return the witness policy of a trust file's content. Raises CommandError."""
    try:
        members: Any = json.loads(trust_file)
        return parse_policy(members["policy"])
    except (ValueError, KeyError, TypeError, PolicyError) as error:
        raise CommandError(
            f"the witness policy of the trust file cannot be read: {error}",
            "restore trust.json, which rx init wrote",
        ) from None


def log_keys_of(trust_file: bytes, checkpoint: bytes) -> tuple[set[bytes], set[bytes]]:
    """Return the ids of the log keys that a trust file lists, and of those that signed a checkpoint.

    After a handover of the log's key an old trust file lists none that signs. Raises CommandError.
    """
    policy = policy_in(trust_file)
    try:
        listed = {parse_key(vkey, ED25519).key_id for vkey in json.loads(trust_file)["log_keys"]}
        lines = parse_note(checkpoint).signatures
    except (ValueError, KeyError, TypeError, NoteInvalid) as error:
        raise CommandError(f"the trust file or the checkpoint is damaged: {error}", HANDED_ON) from None
    return listed, {line.key_id for line in lines if line.name == policy.log.name}
