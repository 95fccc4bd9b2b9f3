"""An exported log as the commands read it: whatever is wrong with it is the command's error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.command.output import CommandError
from contracts.errors import InvariantError
from ledger.export import read_entries
from ledger.note import NoteInvalid
from ledger.tiles import TileInvalid

_FAULTS = (OSError, ValueError, KeyError, IndexError, StopIteration, NoteInvalid, TileInvalid, InvariantError)


@contextmanager
def exported(log: Path) -> Iterator[Iterator[bytes]]:
    """Give the entries of an exported log in their order; nothing is verified (`rx-verify log` does).

    Raises CommandError where reading them, or understanding them inside the block, ends in a fault.
    """
    try:
        yield read_entries(log)
    except _FAULTS as error:
        raise CommandError(f"{log} is no exported log: {error}", "make one with rx export") from None
