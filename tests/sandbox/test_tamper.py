"""The demo changes exactly one byte, inside the entry that it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.sandbox.tamper import TamperFault, changed_copy


def _log(folder: Path, entries: list[bytes]) -> Path:
    for number in range(0, len(entries), 256):
        some = entries[number : number + 256]
        path = folder / "tile" / "entries" / f"{number // 256:03}"
        if len(some) < 256:
            path = path.with_name(path.name + ".p") / str(len(some))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(len(each).to_bytes(2, "big") + each for each in some))
    return folder


@pytest.mark.parametrize("index", [0, 5, 255, 256, 299])
def test_one_byte_of_the_named_entry_is_changed(tmp_path: Path, index: int) -> None:
    entries = [b"entry %03d" % number for number in range(300)]
    log = _log(tmp_path / "log", entries)
    place = changed_copy(log, tmp_path / "copy", index)
    entries[index] = bytes(
        byte ^ 1 if position == place else byte for position, byte in enumerate(entries[index])
    )
    wanted = _log(tmp_path / "wanted", entries)
    for path in (tmp_path / "copy").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (wanted / path.relative_to(tmp_path / "copy")).read_bytes()


def test_an_index_beyond_the_log_is_a_fault(tmp_path: Path) -> None:
    log = _log(tmp_path / "log", [b"x"])
    with pytest.raises(TamperFault):
        changed_copy(log, tmp_path / "copy", 1)
