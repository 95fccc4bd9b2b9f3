"""Both our proof checks, ledger and verifier, give transparency-dev/merkle's verdict on its own vectors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger import merkle
from verifier import merkle_check
from verifier.errors import VerificationError

MODULE = "github.com/transparency-dev/merkle@v0.0.2"
VECTOR_COUNT = 196


@dataclass(frozen=True, slots=True)
class Vector:
    """One proof check and what the module says about it. `first` is an index or the older size."""

    kind: str
    first: int
    second: int
    hash: bytes
    root: bytes
    proof: tuple[bytes, ...]
    accepted: bool

    @property
    def expected(self) -> bool:
        """The module's verdict, but that nothing is ever proven from the empty tree.

        v0.0.2 accepts an older size of 0 with any root; the module's later versions refuse it as we do.
        """
        return self.accepted and not (self.kind == "consistency" and self.first == 0)

    @property
    def well_formed(self) -> bool:
        return all(len(value) == 32 for value in (self.hash, self.root, *self.proof))


# The one check that the module's main branch adds to those of its newest release.
LATER = Vector("consistency", 0, 1, merkle.EMPTY_ROOT, b"don't care 2", (), False)


def _bytes(value: str | None) -> bytes:
    return b64decode(value) if value else b""


def _parse(line: str) -> Vector:
    data = json.loads(line)
    return Vector(
        data["kind"],
        data["first"],
        data["second"],
        _bytes(data["hash"]),
        _bytes(data["root"]),
        tuple(_bytes(item) for item in data["proof"] or ()),
        data["accepted"],
    )


def _prepared(go: str, folder: Path) -> None:
    """Copy the module out of Go's cache and put the recorder in front of its two checks."""
    downloaded = subprocess.run(
        [go, "mod", "download", "-json", MODULE],
        cwd=folder.parent,
        check=True,
        capture_output=True,
        timeout=300,
    )
    shutil.copytree(json.loads(downloaded.stdout)["Dir"], folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)
    source = folder / "proof" / "verify.go"
    text = source.read_text()
    for name in ("VerifyInclusion", "VerifyConsistency"):
        assert text.count(f"func {name}(") == 1
        text = text.replace(f"func {name}(", f"func original{name}(")
    source.write_text(text)
    shutil.copy(Path(__file__).parent / "vectors" / "recorder.go", folder / "proof")


@pytest.fixture(scope="module")
def vectors(go: str, tmp_path_factory: pytest.TempPathFactory) -> list[Vector]:
    folder = tmp_path_factory.mktemp("vectors")
    _prepared(go, folder / "merkle")
    recorded = folder / "vectors.jsonl"
    subprocess.run(
        [go, "test", "-count=1", "-run=^TestVerify", "./proof"],
        cwd=folder / "merkle",
        env={**os.environ, "PROOF_VECTORS": str(recorded), "GOFLAGS": "-mod=mod"},
        check=True,
        timeout=600,
    )
    return [*map(_parse, recorded.read_text().splitlines()), LATER]


def _ledger(vector: Vector) -> bool:
    return _holds(merkle.check_inclusion, merkle.check_consistency, merkle.ProofInvalid, vector)


def _verifier(vector: Vector) -> bool:
    return _holds(merkle_check.check_inclusion, merkle_check.check_consistency, VerificationError, vector)


def _holds(
    inclusion: Callable[[bytes, int, int, tuple[bytes, ...], bytes], None],
    consistency: Callable[[int, bytes, int, bytes, tuple[bytes, ...]], None],
    refusal: type[Exception],
    vector: Vector,
) -> bool:
    try:
        if vector.kind == "inclusion":
            inclusion(vector.hash, vector.first, vector.second, vector.proof, vector.root)
        else:
            consistency(vector.first, vector.hash, vector.second, vector.root, vector.proof)
    except refusal:
        return False
    return True


@pytest.mark.parametrize("check", [_ledger, _verifier], ids=["ledger", "verifier"])
def test_vectors(vectors: list[Vector], check: Callable[[Vector], bool]) -> None:
    assert len(vectors) == VECTOR_COUNT
    assert sum(vector.expected for vector in vectors) >= 10
    wrongly_accepted = [vector for vector in vectors if check(vector) and not vector.expected]
    # What is not made of 32-byte hashes may be refused where the module only compares two equal strings.
    acceptable = [vector for vector in vectors if vector.expected and vector.well_formed]
    wrongly_refused = [vector for vector in acceptable if not check(vector)]
    assert wrongly_accepted == []
    assert wrongly_refused == []
