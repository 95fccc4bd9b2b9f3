"""An exported log as the commands read it: whatever is wrong with it is the command's error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from api.command.output import CommandError
from api.logged import statement_of
from contracts.errors import InvariantError
from contracts.time import from_text, to_text
from ledger.export import read_entries
from ledger.note import NoteInvalid
from ledger.tiles import TileInvalid

_FAULTS = (OSError, ValueError, KeyError, IndexError, StopIteration, NoteInvalid, TileInvalid, InvariantError)


@contextmanager
def exported(log: Path) -> Iterator[Iterator[bytes]]:
    """Give the entries of an exported log in their order; nothing is verified (`rx-verify log` does).

    Raises CommandError where reading them, or understanding them inside the block, ends in a fault.
    """
    with reading(log):
        yield read_entries(log)


@contextmanager
def reading(log: Path | str) -> Iterator[None]:
    """Raise CommandError where reading the log inside the block, or understanding it, ends in a fault."""
    try:
        yield
    except FileNotFoundError as error:
        raise CommandError(
            f"{log} is no exported log: {error.filename} is missing", "make one with rx export"
        ) from None
    except _FAULTS as error:
        raise CommandError(f"{log} is no exported log: {error}", "make one with rx export") from None


def local_time(genesis: bytes) -> Callable[[str], str]:
    """Return what turns a time of a log into the log's local time with its offset, for people to read."""
    _, founded = statement_of(json.loads(genesis))
    minutes = int(founded["utc_offset_minutes"])
    hours, rest = divmod(abs(minutes), 60)
    offset = f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
    return lambda text: to_text(from_text(text) + minutes * 60_000).removesuffix("Z") + offset
