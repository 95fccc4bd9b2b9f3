"""Where a log is read from: no file longer than it may be; a full tile cut where the partial one is gone."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from verifier.errors import TREE, Undecided, VerificationError
from verifier.merkle_check import HASH_SIZE
from verifier.note import NOTE_BYTES_MAX
from verifier.source import Address, Folder, Source
from verifier.tiles import BUNDLE_BYTES_MAX, ENTRIES, WIDTH, Tile

TILE = Tile(0, 0, WIDTH)
BUNDLE = Tile(ENTRIES, 0, WIDTH)
LIMITS = {"checkpoint": NOTE_BYTES_MAX, TILE.path: WIDTH * HASH_SIZE, BUNDLE.path: BUNDLE_BYTES_MAX}


class Served(ThreadingHTTPServer):
    """Serves a folder's files under /log and remembers what was asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: Served

    def do_GET(self) -> None:
        path = self.path.removeprefix("/log/")
        self.server.asked.append(path)
        file = self.server.folder / path
        self.send_response(200 if file.is_file() else 404)
        self.end_headers()
        if file.is_file():
            self.wfile.write(file.read_bytes())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with Served(tmp_path) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(params=["folder", "address"])
def source(request: pytest.FixtureRequest, served: Served) -> Source:
    if request.param == "folder":
        return Folder(served.folder)
    return Address(f"http://127.0.0.1:{served.server_port}/log")


def _write(folder: Path, path: str, data: bytes) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(data)


def _read(source: Source, path: str) -> bytes:
    return source.checkpoint() if path == "checkpoint" else source.tile(TILE if path == TILE.path else BUNDLE)


@pytest.mark.parametrize("path", LIMITS)
def test_a_file_longer_than_it_may_be_is_not_read(path: str, source: Source, served: Served) -> None:
    longest = bytes(LIMITS[path])
    _write(served.folder, path, longest)
    assert _read(source, path) == longest
    _write(served.folder, path, longest + b"\0")
    with pytest.raises(VerificationError, match="too long") as told:
        _read(source, path)
    assert told.value.step == TREE


@pytest.mark.parametrize("tile", [TILE, BUNDLE], ids=["hashes", "entries"])
def test_a_full_tile_that_is_missing_is_asked_for_once(tile: Tile, served: Served) -> None:
    with pytest.raises(Undecided, match="has no tile/"):
        Address(f"http://127.0.0.1:{served.server_port}/log").tile(tile)
    assert served.asked == [tile.path]


@pytest.mark.parametrize("width", [1, 5, WIDTH - 1])
def test_where_the_partial_tile_is_gone_the_full_one_is_cut(width: int, served: Served) -> None:
    entries = [bytes([number]) * number for number in range(WIDTH)]
    framed = [len(entry).to_bytes(2, "big") + entry for entry in entries]
    _write(served.folder, TILE.path, bytes(range(WIDTH)) * HASH_SIZE)
    _write(served.folder, BUNDLE.path, b"".join(framed))
    address = Address(f"http://127.0.0.1:{served.server_port}/log")
    assert address.tile(Tile(0, 0, width)) == (bytes(range(WIDTH)) * HASH_SIZE)[: width * HASH_SIZE]
    assert address.tile(Tile(ENTRIES, 0, width)) == b"".join(framed[:width])
    assert served.asked[::2] == [Tile(0, 0, width).path, Tile(ENTRIES, 0, width).path]


def test_where_nobody_answers_the_reader_is_told_what_to_look_at() -> None:
    """It said that the checkpoint could not be fetched, and nothing of why."""
    with pytest.raises(Undecided, match="is the server running at that address"):
        Address("http://127.0.0.1:1/log").checkpoint()
