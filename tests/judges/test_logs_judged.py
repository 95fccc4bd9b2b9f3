"""Go's x/mod and Tessera's fsck accept our logs and refuse them after one changed byte."""

from __future__ import annotations

import subprocess
from base64 import b64decode
from pathlib import Path

import pytest

from ledger.note import LogSigner, with_signature_lines
from tests.judges.logs import JudgedLog, altered_checkpoints, altered_files, copied, replace

CHECK_TIMEOUT_S = 120


class ModLog:
    """The verdict of tests/judges/modlog is its exit code."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def accepts(self, log: JudgedLog) -> bool:
        """Return whether the program found the log intact; anything but its two verdicts fails the test."""
        done = subprocess.run(
            [self._program, log.verifier_key, log.folder],
            capture_output=True,
            text=True,
            timeout=CHECK_TIMEOUT_S,
        )
        if done.returncode == 0 and done.stdout.startswith("intact: "):
            return True
        if done.returncode == 1 and done.stderr.startswith("refused: "):
            return False
        raise AssertionError(f"modlog gave no verdict: {done}")


class Fsck:
    """Tessera's fsck exits with 0 whatever it found: the verdict is in what it prints."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def accepts(self, log: JudgedLog) -> bool:
        """Return whether fsck called the log intact.

        A worker of fsck ends at the first wrong tile that it meets, and with the last one gone fsck waits
        for ever: one entry can spoil a tile on each level, so there are more workers than levels.
        """
        done = subprocess.run(
            [
                self._program,
                "-ui=false",
                "-N=8",
                f"-storage_url=file://{log.folder.resolve()}/",
                f"-public_key={log.verifier_key}",
            ],
            capture_output=True,
            text=True,
            timeout=CHECK_TIMEOUT_S,
        )
        if "Successfully fsck'd log" in done.stderr:
            return done.returncode == 0
        # Go's exit code 2: a bundle with too few entries makes fsck panic, which is no acceptance either.
        if "fsck failed" in done.stderr or done.returncode == 2:
            return False
        raise AssertionError(f"fsck gave no verdict: {done}")


Judge = ModLog | Fsck


@pytest.fixture(params=["modlog", "fsck"])
def judge(request: pytest.FixtureRequest) -> Judge:
    program: Path = request.getfixturevalue(request.param)
    return ModLog(program) if request.param == "modlog" else Fsck(program)


def test_the_log_is_accepted(judge: Judge, log: JudgedLog) -> None:
    assert judge.accepts(log)


def test_a_log_that_is_being_handed_over_is_accepted_by_readers_of_either_key(
    judge: Judge, log: JudgedLog, tmp_path: Path
) -> None:
    folder = copied(log.folder, tmp_path / "log")
    checkpoint = folder / "checkpoint"
    text = checkpoint.read_text().split("\n")
    size, root = int(text[1]), b64decode(text[2])
    successor = LogSigner(text[0], bytes(32))
    line = successor.sign(size, root).rpartition(b"\n\n")[2].decode()
    replace(checkpoint, with_signature_lines(checkpoint.read_bytes(), [line]))
    new = tmp_path / "new.vkey"
    new.write_text(successor.verifier_key.text + "\n")
    for key in (log.verifier_key, new):
        assert judge.accepts(JudgedLog(folder, key))


def test_another_key_is_refused(judge: Judge, log: JudgedLog, tmp_path: Path) -> None:
    other = tmp_path / "other.vkey"
    # The example key of the signed-note specification.
    other.write_text("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n")
    assert not judge.accepts(JudgedLog(log.folder, other))


def test_a_changed_checkpoint_is_refused(judge: Judge, log: JudgedLog, tmp_path: Path) -> None:
    folder = copied(log.folder, tmp_path / "log")
    checkpoint = folder / "checkpoint"
    accepted = []
    for name, text in altered_checkpoints(checkpoint.read_text()):
        replace(checkpoint, text.encode())
        if judge.accepts(JudgedLog(folder, log.verifier_key)):
            accepted.append(name)
    assert accepted == []


def test_a_changed_byte_of_a_tile_or_an_entry_bundle_is_refused(
    judge: Judge, log: JudgedLog, tmp_path: Path
) -> None:
    folder = copied(log.folder, tmp_path / "log")
    altered = list(altered_files(folder))
    assert {relative.parts[1] for _, relative, _ in altered} >= {"0", "entries"}
    accepted = []
    for name, relative, data in altered:
        original = (folder / relative).read_bytes()
        replace(folder / relative, data)
        if judge.accepts(JudgedLog(folder, log.verifier_key)):
            accepted.append(name)
        replace(folder / relative, original)
    assert accepted == []
    assert judge.accepts(JudgedLog(folder, log.verifier_key))
