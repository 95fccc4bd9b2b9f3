"""Stock through national messages."""

from __future__ import annotations

import pytest

from api.national.errors import MessageError
from tests.national.builders import day_message, drafted


def test_packs_sent_back_to_their_supplier_leave_the_stock() -> None:
    """3504 has the form of 3503; what it tells is the other direction."""
    delivery = day_message("005-3503.json")
    draft = drafted("3504", delivery | {"infno": "3504"})
    assert (draft.type, draft.members) == ("stock.adjusted", {"reason": "returned_to_supplier"})
    assert draft.disclosures["codes"] == drafted("3503", delivery).disclosures["codes"]


@pytest.mark.parametrize("until", ["2026-13-40", "2026-02-30", "明年", "20261340"])
def test_an_expiry_that_is_no_day_is_named_as_the_message_names_it(until: str) -> None:
    """The ledger named a member that the message does not have, and told of UTC."""
    delivery = day_message("005-3503.json")
    codes = [row | {"expy_end": until} for row in delivery["drugtracinfo"]]
    with pytest.raises(MessageError) as raised:
        drafted("3503", delivery | {"drugtracinfo": codes})
    assert (raised.value.code, raised.value.field.rpartition("/")[2]) == ("TIME_FORMAT", "expy_end")
