"""`rx demo`: a working day through a real server, then the audit that an outsider would make."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from api.client.desk import Desk
from api.client.lookups import LedgerLookups
from api.client.outbox import Outbox
from api.national import Profile
from api.sandbox import audit, output, registrar, stage
from api.sandbox.day import CORPUS, Day, Step, load
from api.sandbox.keys import KeyRing
from api.sandbox.play import play
from api.sandbox.processes import Children, ProcessFault
from api.sandbox.stage import Stage
from api.sandbox.story import Narrator, Verdict

EXIT_OK, EXIT_DIFFERENT, EXIT_FAULT = 0, 1, 2
_COSIGNED_S = 30.0


Report = Callable[[Mapping[str, Any]], None]


def main(day: Path | None, out: Path, language: str, report: Report | None = None) -> int:
    """Play a day and leave the evidence in `out`. Return 0 when all came out as the day says.

    `report` is told each step's verdict, at the end what came of it all; the narration goes to stderr then.
    1: a step, the verifier or the changed copy did not behave as expected. Raises DayError, OutputFault,
    ProcessFault, Problem, Unreachable, Rejected or OSError where the demo cannot run.
    """
    # An ended demo must end its children: the default of SIGTERM would leave them behind.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_FAULT))
    try:
        loaded = load(day or CORPUS)
        output.prepare(out)
        with tempfile.TemporaryDirectory(prefix="rx-demo-") as work:
            return _Demo(loaded, out, Path(work), language, report).run()
    finally:
        signal.signal(signal.SIGTERM, before)


class _Demo:
    def __init__(self, day: Day, out: Path, work: Path, language: str, report: Report | None) -> None:
        self.day = day
        self.out = out
        self.work = work
        self.offset = int(day.cast.get("utcOffsetMinutes", 480))
        self.report = report or (lambda _: None)
        stream = sys.stdout if report is None else sys.stderr
        self.narrator = Narrator(language, registrar.names(day.cast), stream)
        self.now_ms = min(step.time_ms for step in day.steps)

    def run(self) -> int:
        """Play, fetch, stop, export, audit. Children are stopped whatever happens."""
        self.narrator.say("Starting the ledger and its witnesses …", "正在启动账本与见证人……")
        with Children(self.work / "logs") as children:
            place = stage.build(children, self.work, self.day)
            met, verdicts = self._play(place, children)
            self._fetch(place, verdicts)
        self._export(place)
        sound = audit.run(self.out, self.work, self._target(verdicts), self.narrator)
        self._close(met, len(verdicts), sound)
        return EXIT_OK if sound and met == len(verdicts) else EXIT_DIFFERENT

    def _play(self, place: Stage, children: Children) -> tuple[int, Mapping[int, Verdict]]:
        self.ring = KeyRing(self.work / "keys", place.founders, self.day.cast)
        self._tell_about_sm2()
        self.outbox = Outbox(self.work / "outbox.db")
        self.narrator.say("Registering institutions, people and drugs …", "正在登记机构、人员与药品……")
        self.regulator = self.ring.client(place.address, self.day.cast["regulator"]["code"])
        registrar.register(self.day, self.ring, self.regulator, stage.ORIGIN, place.start_ms // 1000)
        desks: dict[str, Desk] = {}
        verdicts: dict[int, Verdict] = {}
        met = 0
        for step in self.day.steps:
            if step.sender not in desks:
                desks[step.sender] = self._desk(place, step.sender)
            self._move_clock(step)
            verdict = verdicts[step.number] = play(step, desks[step.sender], self.ring)
            children.check()
            met += verdict.meets(step.expect)
            self.narrator.step(step, verdict, self.offset)
            told = {
                "step": step.number,
                "outcome": verdict.outcome,
                "codes": list(verdict.codes),
                "class": verdict.class_,
                "index": verdict.index,
            }
            output.write_verdict(self.out, told)
            self.report({**told, "as_expected": verdict.meets(step.expect)})
        self.outbox.close()
        return met, verdicts

    def _tell_about_sm2(self) -> None:
        missing = ", ".join(self.ring.without_sm2())
        if missing:
            self.narrator.say(
                f"This machine's libcrypto has no SM2: {missing} sign with ES256 today.",
                f"本机 libcrypto 不支持 SM2:{missing} 今天改用 ES256 签名。",
            )

    def _desk(self, place: Stage, organisation: str) -> Desk:
        client = self.ring.client(place.address, organisation)
        return Desk(
            organisation,
            stage.ORIGIN,
            client,
            self.outbox,
            LedgerLookups(client, registrar.directory(self.day.cast)),
            lambda: self.now_ms // 1000,
            Profile(utc_offset_minutes=self.offset),
        )

    def _move_clock(self, step: Step) -> None:
        """Move the ledger's clock to the step; a step earlier than the last is played at the last's time."""
        if step.time_ms >= self.now_ms:
            self.now_ms = step.time_ms
            self.regulator.set_clock(stage.instant(step.time_ms))

    def _fetch(self, place: Stage, verdicts: Mapping[int, Verdict]) -> None:
        """Fetch every receipt once the whole log is cosigned, so that each carries the cosignatures."""
        size = 1 + max((v.index for v in verdicts.values() if v.index is not None), default=0)
        ends = time.monotonic() + _COSIGNED_S
        while not audit.is_cosigned(self.regulator.get("/log/checkpoint"), size, place.witnesses):
            if time.monotonic() > ends:
                raise ProcessFault("the witnesses have not cosigned the last checkpoint in time")
            time.sleep(0.1)
        for number, verdict in verdicts.items():
            if verdict.statement_id is not None and verdict.entry is not None:
                receipt = self.regulator.receipt(verdict.statement_id)
                output.write_receipt(self.out, number, receipt, verdict.entry)

    def _target(self, verdicts: Mapping[int, Verdict]) -> int:
        """Return the entry to be changed: the day's first sale, or its first entry of any kind."""
        placed = [step for step in self.day.steps if verdicts[step.number].index is not None]
        sales = [step for step in placed if step.kind == "7206" and verdicts[step.number].entry is not None]
        chosen = (sales or placed)[:1]
        return next((verdicts[step.number].index or 0 for step in chosen), 0)

    def _export(self, place: Stage) -> None:
        audit.export(place.folder, self.out / "log")
        shutil.copyfile(place.folder / "log.vkey", self.out / "log.vkey")
        # Pinned, so that a receipt of somebody who signs with SM2 can be checked without the log.
        trust = json.loads((place.folder / "trust.json").read_text("utf-8"))
        trust["signers"] = self.ring.pinned()
        text = json.dumps(trust, ensure_ascii=False, indent=1) + "\n"
        (self.out / "trust.json").write_text(text, "utf-8")

    def _close(self, met: int, steps: int, sound: bool) -> None:
        self.narrator.say(
            f"{met} of {steps} steps came out as the day says. Evidence: {self.out}/",
            f"{steps} 步中 {met} 步与预期一致。证据见 {self.out}/",
        )
        command = f"rx-verify log {self.out / 'log'} --trust {self.out / 'trust.json'}"
        self.narrator.say(f"Verify it yourself: {command}", f"请自行核验：{command}")
        if not sound:
            self.narrator.say("The audit failed.", "审计未通过。")
        self.report({"steps": steps, "as_expected": met, "audit": sound, "out": str(self.out)})
