"""What no file of the repository may hold, and how long a source file may be."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import ROOT, files

LINES_MAX = 400
SOURCES = frozenset({".py", ".go", ".sh"})
TEXTS = SOURCES | {".md", ".toml", ".txt", ".in", ".json", ".mod", ".yaml", ".yml", ".html", ""}
# All written so that this file itself does not hold them.
REGISTRY_HOSTS = re.compile(
    r"p[y]pi\.org|pythonh[o]sted|pr[o]xy\.golang|s[u]m\.golang|gopr[o]xy\.cn|registry\.n[p]mjs|"
    r"t[u]na\.tsinghua|mirrors\.al[i]yun|d[e]b\.debian"
)
MACHINE_PATHS = re.compile(r"(?<![\w.~/-])/(?:ro{2}t|home/\w+|Users/\w+|w[o]rk/\w+|tmp/\w+)/")
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X|raise NotImplemented[E]rror)\b|(?:pytest|mark)\.s[k]ip")


def _holding(pattern: re.Pattern[str], suffixes: frozenset[str]) -> list[str]:
    found = []
    for path in files():
        if path.suffix not in suffixes:
            continue
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path}:{number}: {line.strip()[:120]}")
    return found


@pytest.mark.parametrize(
    "backwards",
    [
        "gro.ipyp",
        "gro.detsohnohtyp",
        "gro.gnalog.yxorp",
        "gro.gnalog.mus",
        "nc.yxorpog",
        "gro.sjmpn.yrtsiger",
        "nc.ude.auhgnist.anut",
        "moc.nuyila.srorrim",
        "gro.naibed.bed",
    ],
)
def test_a_registrys_host_would_be_found(backwards: str) -> None:
    assert REGISTRY_HOSTS.search(f"https://{backwards[::-1]}/simple")


@pytest.mark.parametrize(
    ("pattern", "suffixes"),
    [(REGISTRY_HOSTS, TEXTS), (MACHINE_PATHS, TEXTS), (UNFINISHED, SOURCES)],
    ids=["registry-hosts", "machine-paths", "unfinished"],
)
def test_no_file_holds(pattern: re.Pattern[str], suffixes: frozenset[str]) -> None:
    assert _holding(pattern, suffixes) == []


def test_no_source_file_is_too_long_to_read() -> None:
    long = {
        str(path): count
        for path in files()
        if path.suffix in SOURCES
        and (count := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > LINES_MAX
    }
    assert long == {}


def test_the_locks_pin_every_package_by_hash_and_name_no_address() -> None:
    for name in ("server", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9][a-z0-9._-]*==[^\s;]+.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
        assert len(pins) > 20
        assert all("--hash=sha256:" in pin for pin in pins)
        assert "://" not in text
        assert "index-url" not in text


def test_the_licence_is_apache_2() -> None:
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text(encoding="utf-8")
