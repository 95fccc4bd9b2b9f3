"""What crosses between our processes arrives as it was sent."""

from __future__ import annotations

import pickle
import pickletools
from dataclasses import fields
from typing import Any

import pytest

from api.processes.pickled import Told, told_of
from contracts.decision import Decision, Finding
from contracts.facts import AdmissionRefusal, Credential, Facts, Presence, Signer
from ledger.answers import Answer
from ledger.receipts import Proof

_PRESENCE = Presence("cred-D1", 7)
_SIGNERS = (Signer("D1", "doctor", "D1#0", _PRESENCE), Signer("P1", "pharmacist", "P1#0"))
_FINDING = Finding("FLOW-1", 2, "JTI_REUSED", "VIOLATION", "refuse", {"line": 1}, {"member": "jti"})
SENT: list[Any] = [
    Facts(
        "ab" * 32, {"type": "duty.opened", "iss": "S1"}, _SIGNERS, {"identity": {"name": "白芷若"}},
        b'{}', {("people", "1"): ("k.1",)}, (Credential("D1", "H1", "c", "k", "a", 0),), (1, 2),
        (("pub/organisation/H1", "relying_party", None),),
    ),
    AdmissionRefusal("cd" * 32, "duty.opened", "S1", "SIG_INVALID", ("D1",), "/signatures/0"),
    _FINDING,
    Proof(3, b"l" * 32, b"h" * 64, b"rx.test/log\n8\n"),
]  # fmt: skip


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: type(sent).__name__)
def test_every_field_arrives(sent: Any) -> None:
    arrived = pickle.loads(pickle.dumps(sent, pickle.HIGHEST_PROTOCOL))
    assert arrived == sent and type(arrived) is type(sent)
    assert all(getattr(arrived, field.name) == getattr(sent, field.name) for field in fields(sent))


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: type(sent).__name__)
def test_no_object_is_filled_in_field_by_field(sent: Any) -> None:
    """That asks `dataclasses.fields` in Python for each object, and costs more than all the rest."""
    codes = {code.name for code, _, _ in pickletools.genops(pickle.dumps(sent))}
    assert "REDUCE" in codes and "BUILD" not in codes


def test_an_answer_is_told_field_by_field_in_order() -> None:
    proof = Proof(3, b"l" * 32, b"h" * 64, b"rx.test/log\n8\n")
    said = ("accepted", ("A",), (_FINDING,), "ab" * 32, 3, "cd" * 32, b"{}", proof)
    answer = Answer("accepted", *said[1:], decision=Decision("accepted"))  # type: ignore[arg-type]
    told = Told(*pickle.loads(pickle.dumps(told_of(answer))))
    assert all(getattr(told, field.name) == getattr(answer, field.name) for field in fields(told))
    assert Told("refused", (), (), "ab" * 32, None, None, None, None).receipt is None
