"""What lies in a ledger's folder, and its small files: the log's keys and the configuration.

    ledger.db vault.db keys.db   the store       log.key         seeds of the log's keys (log_keys.py)
    lock                         who is at work   tag-keys.json   keys of the tags
    log/                         published log    config.json     origin, profile, start of a sandbox clock
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from ledger.errors import AlreadyExists, LedgerAbsent, LogKeyMissing, NotALedger

LOCK = "lock"
LOG = "log"
LOG_KEY = "log.key"
TAG_KEYS = "tag-keys.json"
CONFIG = "config.json"
FORMAT = "rx-ledger/v1"


@dataclass(frozen=True, slots=True)
class Config:
    """What a ledger is, fixed when it is created."""

    origin: str
    profile: str  # sandbox | production
    clock_start_ms: int
    genesis: str  # leaf of entry 0, hex
    clock_runs: bool = False  # a sandbox clock goes with the machine's until somebody sets it
    format: str = FORMAT


def require_empty(folder: Path) -> None:
    """Return if a ledger may be created there. Raises AlreadyExists."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyExists(f"{folder} is not empty: nothing is ever created over something")


def write_secret(path: Path, data: bytes) -> None:
    """Return once a new file that only its owner can read holds `data`, durably. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_config(folder: Path, config: Config) -> None:
    """Write config.json of a new ledger."""
    write_secret(folder / CONFIG, json.dumps(asdict(config), indent=1).encode() + b"\n")


def read_config(folder: Path) -> Config:
    """Return what the ledger in `folder` is. Raises NotALedger."""
    try:
        said = dict(json.loads((folder / CONFIG).read_bytes()))
        if said.get("format", FORMAT) != FORMAT:  # before its members are looked at: it may have others
            raise NotALedger(f"{folder} was written by a newer version: run that version")
        return Config(**said)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LedgerAbsent(f"{folder} holds no ledger: create one with `rx init`") from error
    except PermissionError as error:
        raise NotALedger(f"{CONFIG} is not readable by this user: run as the folder's owner") from error
    except (OSError, ValueError, TypeError) as error:
        raise NotALedger(f"{CONFIG} cannot be read: restore it from its backup") from error


def read_seed(path: Path) -> bytes:
    """Return the seed in a log's key file. Raises LogKeyMissing."""
    try:
        seed = bytes.fromhex(path.read_text("ascii"))
    except PermissionError as error:
        raise LogKeyMissing(f"{path.name} is not readable by this user: run as the folder's owner") from error
    except (OSError, ValueError) as error:
        raise LogKeyMissing(f"{path.name} cannot be read: restore it from its backup") from error
    if len(seed) != 32:
        raise LogKeyMissing(f"{path.name} does not hold a key of 32 bytes")
    return seed
