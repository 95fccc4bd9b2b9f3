"""What an access statement writes: for how long, and to which groups, it opens a prescription."""

from __future__ import annotations

from collections.abc import Iterator

from contracts import keys
from contracts.act import Act, State

Writes = Iterator[tuple[str, State]]


def read(act: Act) -> Writes:
    """The organisation may read the groups until the time that the rulebook gives."""
    record = {
        "rx": act.rx_id,
        "organisation": act.organisation_code,
        "groups": sorted(set(act.payload["groups"])),
        "until": act.time_ms + int(act.parameter("access_s")) * 1000,
    }
    yield keys.access(act.facts.statement_id), record


def referral(act: Act) -> Writes:
    """The case remembers to whom it was referred."""
    identifier = str(act.payload["case"])
    record = act.state(keys.case(identifier)) or {}
    yield keys.case(identifier), {**record, "referred": [*record.get("referred", []), act.payload["to"]]}
