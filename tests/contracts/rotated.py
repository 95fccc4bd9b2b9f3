"""A world whose tag keys are changed while people go on buying."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contracts.facts import Facts
from tests.contracts.world import World


class Rotated(World):
    """The tag key has been changed: each tag of before stands behind a newer one."""

    rotated = False

    def facts(self, *given: Any, **changed: Any) -> Facts:
        found = super().facts(*given, **changed)
        if not self.rotated:
            return found
        return replace(found, tags={one: (f"new.{tags[0]}", *tags) for one, tags in found.tags.items()})
