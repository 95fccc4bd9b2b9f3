"""The small files of a ledger's folder: what is damaged or too new is named, and nothing signed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.errors import Rejected
from contracts.facts import Facts, Read
from ledger.clock import SandboxClock
from ledger.errors import BehindCheckpoint, GenesisRefused, LogKeyMissing, NotALedger
from ledger.folder import FORMAT, read_config
from ledger.local import Ledger
from ledger.tags import TagKeys
from tests.ledger.builders import CONTRACT, SEED, START_MS, TAG_KEYS, genesis_body, open_


def _configure(folder: Path, **changed: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changed}))


@pytest.mark.parametrize(
    "held",
    [b"", b"\xff" * 64, b"zz" * 32, SEED[:31].hex().encode(), (SEED + b"\1").hex().encode()],
    ids=["empty", "no text", "no hex", "short", "long"],
)
def test_a_log_key_file_that_was_damaged_is_named_with_what_to_do(folder: Path, held: bytes) -> None:
    """The cryptography's own error told the operator nothing of a file."""
    (folder / "log.key").write_bytes(held)
    with pytest.raises(LogKeyMissing, match=r"^log\.key "):
        open_(folder)


@pytest.mark.parametrize("further", [{}, {"a_member_of_tomorrow": 1}], ids=["", "with members of its own"])
def test_a_folder_of_a_newer_version_is_not_taken_for_a_damaged_one(
    folder: Path, further: dict[str, object]
) -> None:
    """Told to restore it, the operator would have put an older configuration over it."""
    _configure(folder, format="rx-ledger/v2", **further)
    with pytest.raises(NotALedger, match="newer version: run that version"):
        open_(folder)
    _configure(folder, format=FORMAT)
    if not further:
        open_(folder).close()


@pytest.mark.parametrize("held", ["", "{", "[]", "[1]", "7", '"text"', "{}", '{"origin": "o", "other": 1}'])
def test_a_damaged_configuration_is_named(folder: Path, held: str) -> None:
    (folder / "config.json").write_text(held)
    with pytest.raises(NotALedger, match=r"^config\.json cannot be read: restore it"):
        read_config(folder)


@pytest.mark.parametrize("people", [None, 7, [], ["zz"], [7], ["ab" * 31], "ab" * 32])
def test_damaged_tag_keys_are_named_and_none_is_made_up_for_them(folder: Path, people: object) -> None:
    """Under other keys nobody has been given anything yet: drugs would be given twice."""
    path = folder / "tag-keys.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "people": people}))
    with pytest.raises(NotALedger, match=r"tag-keys\.json|tag keys for people"):
        open_(folder)


@pytest.mark.parametrize("held", ["", "{", "[]", "{}", "7"])
def test_tag_keys_that_were_cut_off_are_named(folder: Path, held: str) -> None:
    (folder / "tag-keys.json").write_text(held)
    with pytest.raises(NotALedger, match=r"^tag-keys\.json cannot be read: restore it"):
        open_(folder)


def test_tag_keys_of_another_ledger_are_refused(folder: Path) -> None:
    """They are whole and of the right form: with them every pack counted as never handed over."""
    held = folder / "tag-keys.json"
    own = held.read_bytes()
    held.write_bytes(TagKeys({"people": (TAG_KEYS["people"],), "codes": (b"another" * 5,)}).dump())
    with pytest.raises(NotALedger, match=r"^tag-keys\.json holds other keys than those of this ledger"):
        open_(folder)
    held.write_bytes(own)
    open_(folder).close()


def test_a_replaced_key_of_people_is_no_reason_not_to_start(folder: Path) -> None:
    replaced = TagKeys({"people": (b"n" * 32, TAG_KEYS["people"]), "codes": (TAG_KEYS["codes"],)})
    (folder / "tag-keys.json").write_bytes(replaced.dump())
    open_(folder).close()


def test_a_log_of_another_genesis_than_the_configured_one_is_refused(folder: Path) -> None:
    """Of two ledgers with one key: readers who pinned this genesis would be served the other's entries."""
    _configure(folder, genesis="ab" * 32)
    with pytest.raises(BehindCheckpoint, match=r"^entry 0 is not the genesis"):
        open_(folder)


@pytest.mark.parametrize("origin", ["another.example/log", "no key is called so"])
def test_a_log_whose_origin_was_edited_signs_nothing_under_the_other_name(folder: Path, origin: str) -> None:
    _configure(folder, origin=origin)
    with pytest.raises(LogKeyMissing, match=r"log\.key"):
        open_(folder)


def test_a_genesis_that_admission_rejects_leaves_nothing(tmp_path: Path) -> None:
    def rejecting(body: bytes, read: Read) -> tuple[Facts, tuple[str, ...]]:
        raise Rejected("SIGNATURE_INVALID")

    contract, clock = replace(CONTRACT, admit=rejecting), SandboxClock(START_MS)
    with pytest.raises(GenesisRefused, match="is refused: SIGNATURE_INVALID"):
        Ledger.create(tmp_path / "new", genesis_body(), SEED, TAG_KEYS, clock, contract)
    assert list(tmp_path.iterdir()) == []
