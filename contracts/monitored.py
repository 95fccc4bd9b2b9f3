"""Which drugs are monitored where (T4, S32): an area's own list, else what the drug table marks.

Areas begin with few drugs and add more from date to date; one drug table serves them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.substance import substance

LIST = "monitored_drugs"  # the parameter: national codes, or their part for the substance, whoever made it
ALL = "all"  # the whole list: every drug, as the last of `monitored_stages` has it


def is_monitored(listed: Sequence[str], drug_code: str, drug: Mapping[str, Any] | None) -> bool:
    """Return whether the list names a drug or its substance; an empty list leaves it to the drug's mark."""
    if not listed:
        return drug is not None and bool(drug["monitored"])
    return ALL in listed or drug_code in listed or substance(drug_code) in listed
