"""Cloned texts are found under figures, masks and exchanged words; honest texts stay their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.screening.templates import CHARACTERS_MIN, Templates

TEXT = (
    "患者近三月血糖控制平稳，空腹在六点五左右，未出现低血糖，肝肾功能未见明显异常，"
    "继续原方案治疗，定期复查糖化血红蛋白"
)
OTHERS = (
    "咳嗽一周伴黄痰，夜间加重，胸片提示支气管炎，既往青霉素过敏，改用另一类药物并嘱多饮水，三日后电话随访",
    "更年期潮热盗汗半年，乳腺彩超无异常，充分告知风险后同意小剂量替代治疗，三个月后复诊评估利弊再定",
    "脑梗死恢复期，左侧肢体活动好转，血压波动较大，调整降压药剂量并建议康复训练，家属协助监测血压",
)
CHARACTERS = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


def _first(*texts: str, author: str = "D1") -> list[str | None]:
    templates = Templates()
    return [templates.first(author, text) for text in texts]


@pytest.mark.parametrize(
    "clone",
    [
        TEXT,
        TEXT.replace("，", "；") + " 6.5mmol/L",
        TEXT.replace("低血糖", "低**糖"),  # a filtered word: masks are no characters
        TEXT.replace("平稳", "良好"),
        TEXT.replace("平稳", "尚可").replace("明显", "显著"),
        "该" + TEXT + "谢谢",
    ],
)
def test_a_clone_in_disguise_belongs_to_its_first_text(clone: str) -> None:
    first, again = _first(TEXT, clone)
    assert first == again != None  # noqa: E711


def test_honest_texts_each_stay_their_own() -> None:
    found = _first(TEXT, *OTHERS)
    assert len(set(found)) == len(found)


def test_a_common_beginning_is_no_clone() -> None:
    """Half of what a doctor writes may be a form; the patient stands in the other half."""
    form = "患者复诊，一般情况可，生命体征平稳，查体合作，"
    found = _first(*(form + other[:28] for other in OTHERS))
    assert len(set(found)) == len(found)


def test_one_text_of_two_authors_is_two() -> None:
    templates = Templates()
    templates.first("D1", OTHERS[0])
    templates.first("D1", TEXT)
    assert templates.first("D2", TEXT.replace("平稳", "良好")) != templates.first("D1", TEXT)


@pytest.mark.parametrize(("length", "is_compared"), [(CHARACTERS_MIN - 1, False), (CHARACTERS_MIN, True)])
def test_short_texts_are_everybodys(length: int, is_compared: bool) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(length))
    assert (_first(text + ",.12ab")[0] is not None) == is_compared


def test_a_chain_of_small_changes_joins_no_strangers() -> None:
    """Each text resembles the one before; the last has nothing of the first."""
    texts = [TEXT]
    for at in range(0, 48, 4):
        texts.append(texts[-1][:at] + OTHERS[0][at : at + 4] + texts[-1][at + 4 :])
    found = _first(*texts)
    assert found[0] == found[1] != found[-1]
    assert len(set(found)) >= 3


@given(
    st.text(CHARACTERS, min_size=40, max_size=80),
    st.integers(0, 37),
    st.text(CHARACTERS, min_size=2, max_size=2),
)
def test_one_exchanged_word_never_hides_a_clone(text: str, at: int, word: str) -> None:
    first, again = _first(text, text[:at] + word + text[at + 2 :])
    if len({text[at : at + 2] for at in range(len(text) - 1)}) >= 30:
        assert first == again


def test_a_prolific_author_is_compared_with_a_bounded_number_of_texts() -> None:
    templates = Templates()
    for number in range(300):
        own = "".join(chr(0x5000 + (number * 37 + place * 101) % 9000) for place in range(30))
        templates.first("D1", "患者" + own)
    assert max(len(found) for found in templates._first.values()) <= 50
