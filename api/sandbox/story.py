"""What the demo prints: one line a step, the reason where there is one, in English or Chinese."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TextIO

from api.sandbox.day import Step
from api.words import word

_COLOURS = {"accepted": "32", "replayed": "36", "refused": "31", "held": "33", "flag": "33", "dim": "2"}
_MARKS = {"accepted": "+", "replayed": "=", "refused": "x", "held": "~"}
_OUTCOMES = {
    "accepted": ("accepted", "接受"),
    "refused": ("refused", "拒绝"),
    "replayed": ("replayed", "重发"),
    "held": ("held", "暂存"),
}
_STORIES = {
    "pharmacist opens duty at the shop": "药师在门店上岗",
    "stock received with the supplier's invoice": "凭供货发票入库",
    "the doctor opens the consultation": "医师开始问诊",
    "the doctor closes the consultation": "医师结束问诊",
    "prescription issued and signed by the attending doctor": "接诊医师开具并签名处方",
    "hospital pharmacist approves": "医院药师审核通过",
    "the pharmacy downloads the prescription with the patient's one-time number and holds it": (
        "药店凭患者一次性编号下载处方并持有"
    ),
    "second review at the pharmacy by two pharmacists": "药店两名药师二次审核",
    "dispensed, one trace code for each pack": "调剂发药，每盒一个追溯码",
    "the same sale through the stock channel: one sale, not two": "同一笔销售经进销存渠道上报：仍为一笔",
    "the same sale through the settlement channel: one sale, not two": "同一笔销售经结算渠道上报：仍为一笔",
    "handed to the courier": "交付配送员",
    "delivered and confirmed by the recipient": "送达并由收件人确认",
    "prescription written by a machine": "机器自动生成的处方",
    "prescription without the doctor's signature": "无医师签名的处方",
    "a tool drafted the prescription, the doctor signed it": "工具起草处方，医师签名",
    "issued after a consultation of nine seconds, the patient's two messages unread": (
        "问诊九秒即开方，患者两条消息未读"
    ),
    "first visit online": "线上首诊",
    "a blood product may not be prescribed online": "血液制品不得线上开具",
    "a psychotropic drug may not be prescribed online": "精神药品不得线上开具",
    "the attending doctor is the placeholder 未知": "接诊医师为占位符“未知”",
    "a four-year-old without a guardian": "四岁儿童无监护人陪同",
    "the doctor reviews the own prescription": "医师审核自己开具的处方",
    "dispensing before any review": "未经审核即调剂",
    "one pharmacist signs as both reviewers": "一名药师同时签署审核与复核",
    "a 13-digit article number scanned instead of the trace code": "误扫 13 位商品码而非追溯码",
    "the scanned pack is another drug": "所扫药盒是另一种药品",
    "dispensed, one trace code for the pack": "调剂发药，该盒一个追溯码",
    "the same prescription dispensed a second time": "同一处方第二次调剂",
    "the pack of prescription 0001 sold again at another pharmacy": "处方 0001 的药盒在另一药店再次销售",
    "a pack that no supplier ever delivered to this pharmacy: sold, and flagged": (
        "无任何供货商向该店配送过的药盒：售出并标记"
    ),
    "returned before leaving the shop": "未离店退货",
    "the opened pack is empty: four and six of ten capsules are sold": "拆零包装已空：十粒已售四粒与六粒",
    "the patient bought 28 days of this drug in the morning on another hospital's prescription": (
        "患者上午已凭另一医院处方购买 28 天用量"
    ),
    "the same sale with a declared journey: sold, and flagged": "同一销售申报外出：售出并标记",
    "semaglutide for three patients within one minute": "一分钟内为三名患者开具司美格鲁肽",
    "a pharmacist on duty at one shop opens duty at another, 180 km away, "
    "where the pharmacist is registered too": "在一店上岗的药师又在 180 公里外另一注册门店上岗",
    "a lost answer: the pharmacy sends the identical sale again and gets the first receipt": (
        "回执丢失：药店重发相同销售，得到第一次的回执"
    ),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a step. `told` explains it: title, detail and fix, in English and under `zh`."""

    outcome: str
    codes: tuple[str, ...] = ()
    class_: str | None = None
    index: int | None = None
    told: Mapping[str, Any] | None = None
    statement_id: str | None = None
    entry: bytes | None = None

    def meets(self, expect: Mapping[str, Any]) -> bool:
        """Whether outcome, decisive code and class are the expected ones; a day need not expect anything."""
        codes = list(expect.get("codes") or [])
        return not expect or (
            self.outcome == expect.get("outcome")
            and list(self.codes[: len(codes)]) == codes
            and (bool(codes) or not self.codes)
            and (expect.get("class") is None or self.class_ == expect["class"])
        )


class Narrator:
    """Prints the day; coloured when `stream` is a terminal."""

    def __init__(self, language: str, names: Mapping[str, str], stream: TextIO = sys.stdout) -> None:
        self.chinese = language.lower().startswith("zh")
        self._names = names
        self._stream = stream
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR")
        self._colon = "：" if self.chinese else ": "
        self._date: date | None = None

    def say(self, english: str, chinese: str) -> None:
        """Print one sentence in the narrator's language."""
        self._print(chinese if self.chinese else english)

    def output(self, text: str) -> None:
        """Print what another command printed, indented."""
        for line in text.strip().splitlines():
            self._print(f"    {line}")

    def step(self, step: Step, verdict: Verdict, utc_offset_minutes: int) -> None:
        """Print a step's local time, outcome, sender and story, and the reason below it.

        A step of another date than the last one has its date above it.
        """
        shift = timedelta(minutes=utc_offset_minutes)
        clock = datetime.fromtimestamp(step.time_ms / 1000, UTC) + shift
        if self._date not in (None, clock.date()):
            self._print(f"{clock:%Y-%m-%d}")
        self._date = clock.date()
        outcome = self._outcome(verdict.outcome)
        colour = "flag" if verdict.outcome == "accepted" and verdict.codes else verdict.outcome
        mark = self._painted(f"{_MARKS.get(verdict.outcome, '?')} {outcome:<8}", colour)
        sender = self._names.get(step.sender, step.sender)
        story = _STORIES.get(step.story, step.story) if self.chinese else step.story
        self._print(f"{clock:%H:%M:%S} {step.number:>4}  {mark} {step.kind:<19} {sender}{self._colon}{story}")
        for line in self._reasons(verdict):
            self._print(" " * 15 + self._painted(line, colour))
        if not verdict.meets(step.expect):
            outcome = self._outcome(str(step.expect.get("outcome")))
            wanted = " ".join([outcome, *(step.expect.get("codes") or [])])
            class_ = word(str(step.expect.get("class", "")), self.chinese)
            wanted += f" ({class_})" if class_ else ""
            self.say(f"               EXPECTED {wanted}", f"               应为 {wanted}")

    def _outcome(self, word: str) -> str:
        return _OUTCOMES.get(word, (word, word))[self.chinese]

    def _reasons(self, verdict: Verdict) -> list[str]:
        if not verdict.codes:
            return []
        told: Mapping[str, Any] = verdict.told or {}
        if self.chinese and isinstance(told.get("zh"), Mapping):
            told = told["zh"]
        sentence = str(told.get("detail") or told.get("title") or "")
        fix = str(told.get("fix") or "")
        head = f"{verdict.codes[0]} ({word(str(verdict.class_), self.chinese)}) {sentence}".rstrip()
        return [head] + ([("办法：" if self.chinese else "fix: ") + fix] if fix else [])

    def _painted(self, text: str, colour: str) -> str:
        return f"\033[{_COLOURS.get(colour, '0')}m{text}\033[0m" if self._coloured else text

    def _print(self, text: str) -> None:
        # `print` belongs to commands; this narrator is the output of one. A narrow terminal
        # encoding must not end the day: what it cannot show becomes a question mark.
        encoding = self._stream.encoding or "utf-8"
        print(text.encode(encoding, "replace").decode(encoding), file=self._stream, flush=True)
