"""Tables of words as patterns."""

from __future__ import annotations


def any_of(words: str) -> str:
    """Return a pattern that matches each of the words between blanks."""
    return "(?:" + "|".join(words.split()) + ")"


CLAUSE = r"(?:(?!但)[\w、/])"  # one character of a clause
NO = (  # of "无诊断用药不合理" the fault stays: there the prescription lacks what it needs
    f"(?:{any_of('无 没 没有 并无')}(?!{any_of('处方 诊断 适应 指征 法')})|"
    f"{any_of('未见 未发现 未发生 未出现 未检出 未有 未提示 未存在 不存在 排除 除外 否认')})"
)
