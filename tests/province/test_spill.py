"""A mapping that leaves memory answers as a dictionary does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.province.spill import Spill

KEYS = st.sampled_from([f"pub/键/{number}" for number in range(12)])


@given(st.lists(st.tuples(KEYS, st.binary(max_size=4)), max_size=60), st.integers(0, 5))
def test_whatever_has_left_memory_the_newest_value_is_found(
    pairs: list[tuple[str, bytes]], here_max: int
) -> None:
    spill, plain = Spill(here_max), dict[str, bytes]()
    for at in range(0, len(pairs), 3):
        spill.update(pairs[at : at + 3])
        plain.update(pairs[at : at + 3])
        assert {key: spill.get(key) for key in plain} == plain
        assert len(spill._here) <= here_max
    assert spill.get("pub/nothing") is None
