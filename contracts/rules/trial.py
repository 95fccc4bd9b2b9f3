"""Which rules a rulebook may put on trial (S66): what nothing else rests on, and what it switches on itself.

Both follow from the rules: a further one with a switch may be tried, unless NEVER says why it may not.
"""

from __future__ import annotations

from collections.abc import Mapping

from contracts.parameters import is_switch
from contracts.rules import dose, fitness, pace, prescribed, profile, regional, review, supply
from contracts.rules.base import DECLARED

# No effect and no plain ban of the law rests on one of these.
FREE = (pace, review, fitness, dose, supply, prescribed, profile, regional)
NEVER: Mapping[str, str] = {
    "PACE-9": "takes over from PACE-1 and PACE-2 what arrives late: a back-dater would have no limit at all",
    "AUTHOR-9": "refuses the tool of a vendor who is stopped or paid by the prescription, switch or not",
    "CONSULT-11": "refuses a named channel that nobody registered, switch or not",
    "CONSULT-12": "refuses another channel than the consultation's, switch or not",
    "CLINICAL-8": "holds the days that the law allows, switch or not",
}


def may_be_tried() -> frozenset[str]:
    """Return the ids of the rules that `shadow_rules` may name."""
    free = {one.id for family in FREE for one in family.RULES}
    switched = {one.id for one in DECLARED.values() if any(is_switch(name) for name in one.parameters)}
    return frozenset((free | switched) - NEVER.keys())
