"""Names: what no document has is told, rare characters and other peoples' names are nobody's fault."""

from __future__ import annotations

import pytest

from tests.contracts.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    "name",
    [
        *("白芷若a", "白芷若А", "Mаry", "ＷＡＮＧ", "白ａ", "Αλεx"),
        *("⽩芷", "M\u0251ry", "\u0555scar", "\U0001d400nna", "A王芳", "王芳之子a"),
        *("МарияB", "白芷若AB"),
    ],
    ids=[
        *("latin", "cyrillic", "cyrillic a", "full-width", "one full-width letter", "greek"),
        *("radical", "phonetic", "armenian", "mathematical", "a letter before", "a small letter"),
        *("cyrillic numbered", "two letters"),
    ],
)
def test_a_name_of_mixed_letters_is_a_question_of_data(world: World, name: str) -> None:
    decision = world.issue(identity={"name": name})
    assert (decision.outcome, decision.codes) == ("accepted", ("NAME_CONFUSABLE",))
    assert (decision.findings[0].class_, decision.findings[0].told) == ("DATA_QUALITY", {"member": "name"})


@pytest.mark.parametrize(
    "name",
    [
        *("白芷若", "阿依古丽·买买提", "阿依古丽•买买提", "𠮷野〇", "㐀丽", "扎西1"),
        *("Mary Anne O'Neil", "José", "Мария", "Μαρία", "ヤマダ", "渡辺ひとみ", "阿依古丽・买买提"),
        *("王芳之子A", "王芳之女B", "白×芷", "无名氏A", "患者B"),
    ],
)
def test_rare_characters_and_names_of_other_peoples_are_accepted(world: World, name: str) -> None:
    assert world.issue(identity={"name": name}).codes == ()
