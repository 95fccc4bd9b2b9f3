"""What campaigns write: their stages, and how many of their cases are opened and closed (S25)."""

from __future__ import annotations

from collections.abc import Iterator

from contracts import keys
from contracts.act import Act, State
from contracts.time import from_text

Writes = Iterator[tuple[str, State]]


def campaign(act: Act) -> Writes:
    """A campaign begins with its first stage ahead."""
    given = {name: act.payload[name] for name in ("name", "rules", "regions", "stages")}
    progress = {"done": [], "cases": 0, "closed": 0, "due": from_text(act.payload["due"])}
    yield keys.campaign(act.facts.statement_id), {**given, **progress}


def campaign_step(act: Act) -> Writes:
    """A stage is done."""
    key = keys.campaign(str(act.payload["campaign"]))
    record = act.state(key) or {"done": []}
    yield key, {**record, "done": [*record["done"], act.payload["stage"]]}


def counted(act: Act, identifier: str, what: str) -> Writes:
    """One more case of the campaign is opened (`cases`) or `closed`."""
    record = act.state(keys.campaign(identifier)) if identifier else None
    if record is not None:
        yield keys.campaign(identifier), {**record, what: record[what] + 1}
