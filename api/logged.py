"""What an entry of the log says: the payload of its statement, opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from contracts.statements import base64url


def statement_of(entry: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return id and payload of the statement in an entry. Raises KeyError for a refusal, which holds none."""
    data = base64url.decode(entry["statement"]["payload"])
    return hashlib.sha256(data).hexdigest(), json.loads(data)
