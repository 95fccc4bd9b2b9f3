"""Stock through national messages."""

from __future__ import annotations

from tests.national.builders import day_message, drafted


def test_packs_sent_back_to_their_supplier_leave_the_stock() -> None:
    """3504 has the form of 3503; what it tells is the other direction."""
    delivery = day_message("005-3503.json")
    draft = drafted("3504", delivery | {"infno": "3504"})
    assert (draft.type, draft.members) == ("stock.adjusted", {"reason": "returned_to_supplier"})
    assert draft.disclosures["codes"] == drafted("3503", delivery).disclosures["codes"]
