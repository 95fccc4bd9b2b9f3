"""What a sender has signed for which message: the same message is the same submission.

A pharmacy that loses an answer sends its message again. Were it signed anew it would be a second
sale; from the outbox it is the first one again, and the ledger answers with the first receipt.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_WAIT_S = 30  # for another process that signs the same message just now
_TABLE = """
CREATE TABLE IF NOT EXISTS outbox (
    organisation TEXT NOT NULL,
    digest TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    body BLOB NOT NULL,
    refused INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (organisation, digest)
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A submission as it was signed; `fingerprint` names what it was signed from."""

    body: bytes
    fingerprint: str
    refused: bool


class Outbox:
    """Submissions by (organisation, digest of the message) in one SQLite file; survives restarts."""

    def __init__(self, path: Path) -> None:
        # Personal data stands in these submissions: the file is the sender's own, readable by no other.
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._database = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute(_TABLE)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def find(self, organisation: str, digest: str) -> Kept | None:
        """Return what was signed for the message, None when nothing was."""
        row = self._database.execute(
            "SELECT body, fingerprint, refused FROM outbox WHERE organisation = ? AND digest = ?",
            (organisation, digest),
        ).fetchone()
        return None if row is None else Kept(bytes(row[0]), str(row[1]), bool(row[2]))

    def keep(self, organisation: str, digest: str, fingerprint: str, body: bytes) -> None:
        """Keep a submission before it is sent: a crash after the sending must find it again."""
        self._database.execute(
            "INSERT OR REPLACE INTO outbox (organisation, digest, fingerprint, body) VALUES (?, ?, ?, ?)",
            (organisation, digest, fingerprint, body),
        )

    def mark(self, organisation: str, digest: str, refused: bool) -> None:
        """Note the answer: after a refusal the message may be built anew, after a commit never."""
        self._database.execute(
            "UPDATE outbox SET refused = ? WHERE organisation = ? AND digest = ?",
            (int(refused), organisation, digest),
        )

    def forget(self, organisation: str, digest: str) -> None:
        """Drop what was signed for a message that was refused: it is built anew, whatever has changed."""
        self._database.execute(
            "DELETE FROM outbox WHERE organisation = ? AND digest = ?", (organisation, digest)
        )

    def submission(
        self, organisation: str, digest: str, fingerprint: Callable[[], str], build: Callable[[], bytes]
    ) -> bytes:
        """Return the submission for a message, kept before it is returned.

        After a commit, or without an answer, it is the first one; after a refusal it is built anew when
        `fingerprint` (signers, their keys and authenticators, what the statement says) has changed.
        Who asks for the same message meanwhile, in this process or another, waits and gets the same one.
        Raises what `build` and `fingerprint` raise; nothing is kept then.
        """
        self._database.execute("BEGIN IMMEDIATE")
        try:
            body = self._found_or_built(organisation, digest, fingerprint, build)
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
        return body

    def _found_or_built(
        self, organisation: str, digest: str, fingerprint: Callable[[], str], build: Callable[[], bytes]
    ) -> bytes:
        kept = self.find(organisation, digest)
        if kept is not None and (not kept.refused or kept.fingerprint == fingerprint()):
            # It is about to be sent again: until the answer is known it may have been committed.
            self.mark(organisation, digest, refused=False)
            return kept.body
        body = build()
        self.keep(organisation, digest, fingerprint(), body)  # signing moves the counters that it names
        return body
