"""Where a log is read from: a folder, or an address that serves one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from verifier.errors import TREE, Undecided, VerificationError, harmless
from verifier.merkle_check import HASH_SIZE
from verifier.note import NOTE_BYTES_MAX
from verifier.tiles import BUNDLE_BYTES_MAX, ENTRIES, WIDTH, Tile, needed_paths

_TIMEOUT_S = 30.0


class Source(Protocol):
    """A log's files. Reads raise VerificationError or Undecided, never anything else."""

    def checkpoint(self) -> bytes:
        """Return the checkpoint file."""

    def tile(self, tile: Tile) -> bytes:
        """Return a hash tile or an entry bundle."""

    def check_files(self, size: int) -> None:
        """Return when the log consists of the files that `size` needs and no others."""


class Folder:
    """An exported log on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if not folder.is_dir():
            raise Undecided(TREE, "the log is not a folder")

    def checkpoint(self) -> bytes:
        """Return the checkpoint file."""
        return self._read("checkpoint", NOTE_BYTES_MAX)

    def tile(self, tile: Tile) -> bytes:
        """Return a hash tile or an entry bundle."""
        return self._read(tile.path, _bytes_max(tile))

    def check_files(self, size: int) -> None:
        """Return when the folder holds exactly the files that `size` needs.

        Raises VerificationError at the first that is missing or not needed: what nobody checks
        must not lie among what was checked.
        """
        unneeded = set(self._files())
        for path in needed_paths(size):  # never held all at once: a checkpoint may claim any size
            if path not in unneeded:
                raise VerificationError(TREE, f"a file is missing: {path}")
            unneeded.discard(path)
        if unneeded:
            path = min(unneeded)
            raise VerificationError(TREE, f"a file that this size does not need: {harmless(path)}")

    def _files(self) -> Iterator[str]:
        for folder, names, files in os.walk(self._folder, onerror=_unreadable):
            below = Path(folder).relative_to(self._folder)
            yield from ((below / name).as_posix() for name in files)
            if not names and not files:
                raise VerificationError(TREE, f"an empty folder: {harmless(below.as_posix())}")
            # The walk does not follow a link to a folder: nobody would look at what lies behind it.
            yield from ((below / name).as_posix() for name in names if (Path(folder) / name).is_symlink())

    def _read(self, path: str, bytes_max: int) -> bytes:
        try:
            if not (self._folder / path).is_file():  # a pipe would be waited for without end
                raise FileNotFoundError
            with (self._folder / path).open("rb") as file:
                data = file.read(bytes_max + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise VerificationError(TREE, f"a file is missing: {path}") from None
        except OSError as error:
            raise Undecided(TREE, f"{path} cannot be read: {error.strerror}") from None
        if len(data) > bytes_max:
            raise VerificationError(TREE, f"{path} is too long")
        return data


class Address:
    """A log served over HTTP. Entry bundles need a member's token."""

    def __init__(self, url: str, token: str = "") -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._opener = build_opener(_NoRedirect)

    def checkpoint(self) -> bytes:
        """Return the checkpoint file."""
        try:
            return self._get("checkpoint", NOTE_BYTES_MAX)
        except _NotFound:
            if self._url.endswith("/log"):
                raise
        raise Undecided(TREE, "the server has no checkpoint: the log is at the ledger's address with /log")

    def tile(self, tile: Tile) -> bytes:
        """Return a hash tile or an entry bundle; a full one is cut where the partial is gone."""
        try:
            return self._get(tile.path, _bytes_max(tile))
        except _NotFound:
            if tile.width == WIDTH:
                raise
        return _cut(self._get(tile.full.path, _bytes_max(tile.full)), tile)

    def check_files(self, size: int) -> None:
        """Return at once: a server's other files are not listed and not asked for."""

    def _get(self, path: str, bytes_max: int) -> bytes:
        try:
            request = Request(f"{self._url}/{path}", headers=self._headers)
            with self._opener.open(request, timeout=_TIMEOUT_S) as response:
                data: bytes = response.read(bytes_max + 1)
        except HTTPError as error:
            error.close()
            if error.code == 404:
                raise _NotFound(TREE, f"the server has no {path}") from None
            if error.code == 401:
                raise Undecided(
                    TREE,
                    f"the server answered 401 for {path}, which is for members: name a token of rx token"
                    " (it is good for minutes) with --token-file",
                ) from None
            raise Undecided(TREE, f"the server answered {error.code} for {path}") from None
        except (URLError, HTTPException, OSError, ValueError):
            text = f"{path} could not be fetched: is the server running at that address?"
            raise Undecided(TREE, text) from None
        if len(data) > bytes_max:
            raise VerificationError(TREE, f"{path} is too long")
        return data


class _NotFound(Undecided):
    """404: absent for now, which proves nothing either way."""


class _NoRedirect(HTTPRedirectHandler):
    """A redirect could carry the token to somebody else."""

    def redirect_request(self, *arguments: object, **named: object) -> None:
        return None


def open_source(place: str, token: str = "") -> Source:
    """Return the log at `place`: a folder, or an address that begins with http:// or https://."""
    if place.startswith(("http://", "https://")):
        return Address(place, token)
    return Folder(Path(place))


def _bytes_max(tile: Tile) -> int:
    return BUNDLE_BYTES_MAX if tile.level == ENTRIES else WIDTH * HASH_SIZE


def _cut(data: bytes, tile: Tile) -> bytes:
    if tile.level != ENTRIES:
        return data[: tile.width * HASH_SIZE]
    end = 0
    for _ in range(tile.width):
        end += 2 + int.from_bytes(data[end : end + 2], "big")
    return data[:end]


def _unreadable(error: OSError) -> None:
    raise Undecided(TREE, f"a folder cannot be read: {error.strerror}")
