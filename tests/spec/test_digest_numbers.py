"""The verifier's table of digest numbers, copied by hand from the page, against the writer's types."""

from __future__ import annotations

from contracts.types import TYPES
from verifier.acts import DIGESTS


def test_the_verifier_asks_for_as_many_digests_as_a_type_has_groups() -> None:
    assert {name: len(one.groups) for name, one in TYPES.items() if one.groups} == dict(DIGESTS)
