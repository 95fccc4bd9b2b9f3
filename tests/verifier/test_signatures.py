"""Signatures of many entries: none is passed over unseen."""

from __future__ import annotations

import pytest

from verifier import signatures
from verifier.authority import Task
from verifier.errors import SIGNATURE, Undecided

TASK = Task("ES256", b"", b"", b"")


@pytest.mark.parametrize("told", [0, 1, 3])
def test_an_answer_about_fewer_or_more_signatures_than_were_asked_about_proves_nothing(
    told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatures, "check_chunk", lambda chunk: (told, []))
    with signatures.Signatures(workers=1) as checking:
        checking.add(0, [TASK, TASK])
        with pytest.raises(Undecided, match="did not check every signature") as fault:
            checking.finish()
    assert fault.value.step == SIGNATURE
    assert checking.checked == 0
