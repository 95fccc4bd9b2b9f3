"""The log as C2SP tlog-tiles over HTTP: checkpoint and hash tiles for everybody, entries for members."""

from __future__ import annotations

from api.limits import Head
from api.ports import LedgerPort
from api.problems import Problem
from api.replies import Reply
from api.tokens import Tokens

_ENTRIES = "entries/"
_IMMUTABLE = {"cache-control": "public, max-age=31536000, immutable"}
_ENTRIES_CACHE = {"cache-control": "private, max-age=31536000, immutable"}
_FRESH = {"cache-control": "no-cache"}


def checkpoint(ledger: LedgerPort) -> Reply:
    """Return the newest published checkpoint. Raises Problem NOT_FOUND before the first one."""
    note = ledger.published_checkpoint()
    if not note:
        raise Problem("NOT_FOUND")
    return Reply(200, note, "text/plain; charset=utf-8", _FRESH)


def check_tile_access(tokens: Tokens, head: Head, path: str) -> None:
    """Return when the caller may read the tile. Raises Problem AUTH_REQUIRED for entries without token."""
    if path.startswith(_ENTRIES):
        tokens.caller(head)


def tile(ledger: LedgerPort, path: str) -> Reply:
    """Return a tile or entry bundle, whole or partial; what is signed never changes.

    Raises Problem NOT_FOUND.
    """
    data = ledger.tile(f"tile/{path}")
    if data is None:
        raise Problem("NOT_FOUND")
    headers = _ENTRIES_CACHE if path.startswith(_ENTRIES) else _IMMUTABLE
    return Reply(200, data, "application/octet-stream", headers)
