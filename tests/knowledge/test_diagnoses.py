"""Diagnoses that a drop-down shows for the same letters are found when their list is loaded (S44)."""

from __future__ import annotations

import time

import pytest

from api.knowledge.diagnoses import LINES_BYTES_MAX, NEIGHBOURS_MAX, Pair, alike, diagnoses, limits
from api.knowledge.initials import SPELLINGS_MAX, spellings
from api.knowledge.table import TableFault
from contracts.parameters import DEFAULTS
from contracts.rules.fitness import RULES

LIMITED_TO = limits(DEFAULTS)
OTHER = "K22.900"  # a code that has no limits


def typed(name: str) -> set[str]:
    return {one.letters for one in spellings(name)[0]}


def pairs(*rows: tuple[str, str]) -> list[Pair]:
    return list(alike(dict(rows), LIMITED_TO).pairs)


def lines(*rows: tuple[str, str]) -> list[str]:
    return alike(dict(rows), LIMITED_TO).lines()


def test_who_types_sgnsj_for_the_gullet_is_shown_the_fertilisation() -> None:
    """The published case: patients of 73 and 86 had assisted reproduction, by one line of a drop-down."""
    [found] = pairs(("Z31.200", "试管内受精"), ("K22.900", "食管内视镜检查后"))
    assert (found.line, found.initials) == ("Z31.200=K22.900", "SGNSJ")
    assert (found.name, found.meant_name) == ("试管内受精", "食管内视镜检查后")


def test_the_limited_name_may_be_the_longer_one() -> None:
    assert lines(("Z31.200", "试管内受精失败"), (OTHER, "食管内视镜")) == ["Z31.200=K22.900"]


@pytest.mark.parametrize(("meant", "hits"), [("食管内", 0), ("食管内视", 1), ("食管内外视", 0)])
def test_four_letters_are_the_least_that_begin_another_name(meant: str, hits: int) -> None:
    assert len(pairs(("Z31.200", "试管内受精"), (OTHER, meant))) == hits


def test_two_that_only_begin_alike_are_no_pair() -> None:
    """SGNSJ and SGNSX: what is typed for either shows the other no more."""
    rows = (("Z31.100", "试管内受"), ("Z31.200", "试管内受精"), (OTHER, "食管内视象"))
    assert lines(*rows) == ["Z31.100=K22.900"]


def test_short_names_of_the_same_letters_are_a_pair() -> None:
    assert lines(("O80.000", "顺产"), (OTHER, "试敏")) == []
    assert lines(("O80.000", "顺产"), (OTHER, "受创")) == ["O80.000=K22.900"]


# -- what is typed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("行", {"X", "H"}),
        ("长", {"C", "Z"}),
        ("重", {"Z", "C", "T"}),
        ("乐", {"L", "Y"}),
        ("系", {"X", "J"}),
        ("解", {"J", "X"}),
        ("女", {"N", "R"}),
        ("绿", {"L"}),
    ],
)
def test_a_character_of_several_readings_is_looked_up_by_each(name: str, letters: set[str]) -> None:
    """Nobody knows which of them a hospital's table took."""
    assert typed(name) >= letters


def test_a_collision_by_the_rarer_reading_is_not_missed() -> None:
    """行经 is read X by who knows the word, and H by many a table of single characters."""
    assert lines(("N97.900", "行经不孕"), (OTHER, "黄疸病因")) == []
    assert lines(("N97.900", "行经不孕"), (OTHER, "黄晶玻晕")) == ["N97.900=K22.900"]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("2型糖尿病", "2XTNB"),
        ("２型糖尿病", "2XTNB"),
        ("糖尿病（Ⅱ型）", "TNBIIX"),
        ("T-细胞 [Th1]", "TXBTH1"),
        ("α-地中海病、轻型", "DZHBQX"),
        ("IgA肾病", "IGASB"),
        ("错𬌗畸形", "CHJX"),
    ],
)
def test_letters_and_digits_stay_and_what_no_key_types_is_dropped(name: str, letters: str) -> None:
    assert letters in typed(name)
    assert all(each.isascii() and each.isalnum() for way in typed(name) for each in way)


def test_the_usual_way_of_typing_comes_first() -> None:
    [first, *others] = spellings("重度长行")[0]
    assert (first.letters, first.unusual) == ("ZDZX", 0)
    assert [one.unusual for one in others] == sorted(one.unusual for one in others)
    assert len({one.letters for one in others}) == len(others)


def test_a_long_name_of_many_readings_is_bounded_and_says_so() -> None:
    ways, whole = spellings("行" * 8)
    assert (len(ways), whole) == (SPELLINGS_MAX, True)
    ways, whole = spellings("行" * 9)
    assert (len(ways), whole) == (SPELLINGS_MAX, False)
    assert ways[0].letters == "X" * 9 and max(one.unusual for one in ways) < 9
    assert alike({OTHER: "行" * 9}, LIMITED_TO).unread == (OTHER,)


# -- who may be meant ---------------------------------------------------------------------------


def test_without_limits_nothing_is_told() -> None:
    """A slip between two that fit everybody is seen by no rule."""
    assert pairs(("K22.800", "试管内受精"), ("K22.900", "食管内受精")) == []
    assert alike({"Z31.200": "试管内受精", OTHER: "食管内受精"}, {}).pairs == ()


def test_of_two_with_other_limits_either_may_be_meant() -> None:
    assert lines(("N40.x00", "前列腺增生"), ("N80.000", "前列腺增生")) == [
        "N40.x00=N80.000",
        "N80.000=N40.x00",
    ]


def test_of_two_with_the_same_limits_neither_is_told() -> None:
    """Whoever cannot have the one cannot have the other."""
    assert lines(("N80.000", "甲"), ("N83.000", "甲")) == []


def test_a_diagnosis_with_more_limits_is_not_meant_for_one_with_fewer() -> None:
    """O80 is a woman's of childbearing age: a man who has N80 by mistake cannot have meant it."""
    assert lines(("N80.000", "甲"), ("O80.000", "甲")) == ["O80.000=N80.000"]


def test_codes_are_compared_in_capitals_and_told_as_the_list_has_them() -> None:
    assert lines(("n40.x00", "前列腺增生"), ("I10.x00", "前列腺增生")) == ["n40.x00=I10.x00"]


def test_the_limits_are_the_rulebooks() -> None:
    own = {**DEFAULTS, "diagnoses_male": ["K22"]}
    found = alike({OTHER: "试管内受精", "K30.x00": "试管内受精"}, limits(own))
    assert found.lines() == ["K22.900=K30.x00"]
    assert set(LIMITED_TO) < {name for rule in RULES for name in rule.parameters}


# -- large lists --------------------------------------------------------------------------------


def test_the_closest_neighbours_are_given_and_who_has_more_is_named() -> None:
    names = ["食管内受精", "食管内视镜", "食管内视镜检", "食管内视镜检查", "食管内视镜检查后", "十管内受精"]
    rows = [(f"K2{number}", name) for number, name in enumerate(names)]
    found = alike(dict([("Z31.200", "试管内受精"), *rows]), LIMITED_TO)
    assert len(found.pairs) == NEIGHBOURS_MAX and found.crowded == ("Z31.200",)
    assert {pair.meant for pair in found.pairs} == {"K20", "K21", "K22", "K23", "K25"}
    assert [pair.apart for pair in found.pairs] == sorted(pair.apart for pair in found.pairs)
    assert alike(dict([("Z31.200", "试管内受精"), *rows[:5]]), LIMITED_TO).crowded == ()


def test_one_name_that_is_read_in_many_ways_takes_no_others_place() -> None:
    """Its six readings filled the five places, and the other neighbour was not seen."""
    rows = {"Z31.200": "试管内受精", "K20": "试管内受精行重乐", "K21": "试管内受精甲乙丙"}
    assert [pair.meant for pair in alike(rows, LIMITED_TO).pairs] == ["K20", "K21"]


def test_a_list_of_one_word_is_grouped_and_not_compared_each_with_each() -> None:
    rows = {f"{'OK'[number % 2]}{number}": "试管内受精" for number in range(20_000)}
    begun = time.monotonic()
    found = alike(rows, LIMITED_TO)
    assert time.monotonic() - begun < 60, "a hundred million pairs take longer"
    assert len(found.crowded) == found.limited == 10_000
    assert len(found.pairs) == 10_000 * NEIGHBOURS_MAX
    kept = found.lines()
    assert 0 < sum(len(line) + 3 for line in kept) <= LINES_BYTES_MAX
    assert kept == [pair.line for pair in found.pairs][: len(kept)]


def test_what_does_not_fit_into_a_rulebook_is_the_less_likely() -> None:
    rows = {f"{'OK'[number % 2]}{number}": "试管内受精" for number in range(4_000)}
    far = {"N97.900": "甲乙丙丁", "K30": "甲乙丙丁戊"}
    found = alike(rows | far, LIMITED_TO)
    assert "N97.900=K30" in [pair.line for pair in found.pairs]
    assert "N97.900=K30" not in found.lines() and len(found.lines()) > 1_000


# -- faults of a list ---------------------------------------------------------------------------


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(TableFault) as raised:
        diagnoses(text)
    return [(one.line, one.column) for one in raised.value.faults]


def test_a_list_is_read_with_other_columns_beside() -> None:
    text = "\ufeffcode,chapter,name\nI10.x00,9,高血压\nI10.X00,9,高血压\nE11.900,4,2型糖尿病\n"
    assert diagnoses(text) == {"I10.x00": "高血压", "E11.900": "2型糖尿病"}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",高血压", "code"),
        ("I10=x,高血压", "code"),
        ("I10 x,高血压", "code"),
        (f"{'I' * 41},高血压", "code"),
        ("I10,", "name"),
        ("I10,（）", "name"),
        ("E11.900,糖尿病", "name"),
        ("e11.900,糖尿病", "name"),
    ],
)
def test_what_no_drop_down_or_rulebook_could_show_is_a_fault(row: str, column: str) -> None:
    assert faults(f"code,name\nE11.900,2型糖尿病\n{row}\n") == [(3, column)]


def test_a_list_without_its_columns_is_told_so() -> None:
    assert faults("编码,名称\nI10,高血压\n") == [(1, "code"), (1, "name")]


def test_a_code_of_forty_characters_is_one() -> None:
    assert diagnoses(f"code,name\n{'I' * 40},高血压\n") == {"I" * 40: "高血压"}
