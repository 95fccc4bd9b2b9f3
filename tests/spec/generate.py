"""`python -m tests.spec.generate` renews the marked blocks of `verifier/SPEC.md`.

With `--log FOLDER` it also writes the small log there, to try another verifier against: `log/`,
`trust.json`, `receipt` and `entry` (of entry 11), one changed log, `bad/`, and the log handed over to its
next key, `handed-over/`.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from tests.spec.examples import EXAMPLES, ISSUED
from tests.spec.small_log import build, handed_over
from tests.spec.tables import TABLES

PAGE = Path(__file__).resolve().parents[2] / "verifier" / "SPEC.md"
_BLOCK = re.compile(r"<!-- (example|table): ([a-z ]+) -->\n(?:.*?<!-- end -->\n)?", re.DOTALL)


def renewed(page: str) -> str:
    """Return the page with every marked block made anew. Raises KeyError for an unknown mark."""
    return _BLOCK.sub(_made, page)


def marks(page: str) -> set[str]:
    """Return the names of the marked blocks."""
    return {found[2] for found in _BLOCK.finditer(page)}


def _made(found: re.Match[str]) -> str:
    kind, name = found[1], found[2]
    lines = {"example": EXAMPLES, "table": TABLES}[kind][name]()
    return "\n".join((f"<!-- {kind}: {name} -->", *lines, "<!-- end -->", ""))


def write_log(folder: Path) -> None:
    """Write the small log with what a verifier needs, and one in which a byte of an entry is changed."""
    log = build()
    for name, shown in (("log", log), ("bad", log), ("handed-over", handed_over())):
        for path, data in shown.files().items():
            if name == "bad" and "entries" in path:
                data = data[:-40] + bytes([data[-40] ^ 1]) + data[-39:]
            file = folder / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    (folder / "trust.json").write_text(json.dumps(log.trust(), indent=1), encoding="utf-8")
    (folder / "receipt").write_bytes(log.receipt(ISSUED))
    (folder / "entry").write_bytes(log.steps[ISSUED].entry)


def main() -> None:
    """Renew the page, and write the log where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    if options.log:
        write_log(options.log)


if __name__ == "__main__":
    main()
