"""For every act that these tests play: what was disclosed stays apart from what is public (D7)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from contracts import Context, Decision, execute
from contracts.facts import Facts, Json, Read
from tests.contracts import world

_LETTERS_MIN = 3  # shorter texts stand everywhere: a unit, a count, a code of a type
_TAGS = {"t.people.", "t.codes."}  # as `World` makes them: also of what earlier acts disclosed


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(item)


def _told_in_public(facts: Facts, decision: Decision) -> list[str]:
    """Return what the public writes say of the act's disclosures: their texts, or a tag."""
    texts = {text for text in _texts(dict(facts.disclosures)) if len(text) >= _LETTERS_MIN}
    secret = _TAGS | texts - set(_texts(dict(facts.payload)))
    public = [pair for pair in decision.writes if not pair[0].startswith("pvt/")]
    written = {key: f"{key} {json.dumps(json.loads(value), ensure_ascii=False)}" for key, value in public}
    return [f"{one} under {key}" for key, text in written.items() for one in secret if _tells(text, one)]


def _tells(text: str, secret: str) -> bool:
    """Whether the text holds the secret; digits of a longer number (a time) are none of its own."""
    whole = rf"(?<!\d){re.escape(secret)}(?!\d)" if secret.isdecimal() else re.escape(secret)
    return re.search(whole, text) is not None


@pytest.fixture(autouse=True)
def _nothing_disclosed_becomes_public(monkeypatch: pytest.MonkeyPatch) -> None:
    def judged(facts: Facts, context: Context, read: Read) -> Decision:
        decision = execute(facts, context, read)
        assert _told_in_public(facts, decision) == []
        return decision

    monkeypatch.setattr(world, "execute", judged)
