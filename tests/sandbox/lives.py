"""Messages of a prescription's life, made from those of the sandbox's day with other numbers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from api.sandbox.day import Day, Step
from tests.national.builders import day_message

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
H1, H2, P1, P2 = "H99000000001", "H99000000002", "P99000000001", "P99000000002"
D1, D2 = "D990000000001", "D990000000002"
HY1, HY2 = "HY990000000001", "HY990000000002"
Y1, Y2, Y3, Y4 = (f"YS99000000000{number}" for number in (1, 2, 3, 4))
AMLODIPINE, METFORMIN = "XC08CAA001A001010019999", "XA10BAA001A001010029999"


_OUTCOMES = {"": "accepted", "+": "accepted", "=": "replayed"}


class Script:
    """Collects steps; each is a minute after the last, or `seconds` after it."""

    HOUR = timedelta(hours=1)

    def __init__(self, cast: Any) -> None:
        self.cast = cast
        self.now = START
        self.steps: list[Step] = []

    @property
    def local(self) -> str:
        """The present in the form of the national messages."""
        return f"{self.now + timedelta(hours=8):%Y-%m-%d %H:%M:%S}"

    def add(
        self, kind: str, sender: str, signers: tuple[str, ...], message: Any, expect: str, seconds: int = 60
    ) -> None:
        """Add a step whose decisive code is `expect`, or which is accepted when that is empty.

        A mark before the code says what else comes of it: + accepted, = the first answer again.
        """
        self.now += timedelta(seconds=seconds)
        body = json.dumps(message(self.local) if callable(message) else message, ensure_ascii=False).encode()
        outcome = _OUTCOMES.get(expect[:1], "refused")
        code = expect.lstrip("".join(_OUTCOMES))
        expected: dict[str, Any] = {"outcome": outcome, "codes": [code] if code else []}
        at = f"{self.now:%Y-%m-%dT%H:%M:%SZ}"
        self.steps.append(Step(len(self.steps) + 1, at, sender, signers, kind, body, expect, expected))

    def again(self, expect: str = "=", **changed: Any) -> None:
        """The last step's message once more, with `changed` members at its top."""
        last = self.steps[-1]
        body = json.loads(last.message) | changed
        self.add(last.kind, last.sender, last.signers, body, expect, 1)

    def day(self) -> Day:
        """Return the script as a day."""
        return Day(tuple(self.steps), self.cast)

    # -- single messages -------------------------------------------------------------------------

    def duty(self, shop: str, who: str, action: str = "opened", expect: str = "") -> None:
        """A pharmacist comes or goes."""
        self.add(
            "DUTY", shop, (who,), lambda now: {"fixmedinsCode": shop, "action": action, "time": now}, expect
        )

    def stock(self, shop: str, who: str, codes: list[dict[str, str]], expect: str = "") -> None:
        """Packs come in."""
        rows = [
            {
                "drug_trac_codg": code["code"],
                "med_list_codg": code.get("drug", AMLODIPINE),
                "manu_lotnum": "L1",
                "expy_end": code.get("expiry", "2028-12-31"),
            }
            for code in codes
        ]
        supplier = {"spler_name": "S", "purc_invo_no": "I"}
        message = {"infno": "3503", "purcinfo": supplier, "drugtracinfo": rows}
        self.add("3503", shop, (who,), message, expect)

    def consultation(
        self,
        number: str,
        hospital: str = H1,
        doctor: str = D2,
        close: bool = True,
        seconds: int = 360,
        patient: str = "",
        **closing: Any,
    ) -> None:
        """Six minutes of video, or as many `seconds`; `closing` changes what the close says.

        The patient is nobody else's unless another prescription's number is given as `patient`.
        """
        opened = day_message("007-consultation-opened.json")
        opened |= {"mdtrtId": f"M{number}", "fixmedinsCode": hospital, "drCode": doctor}
        opened |= {"certno": f"9900001961030{patient or number}", "authNo": f"AUTH{number}"}
        self.add("CONSULTATION-OPENED", hospital, (doctor,), lambda now: opened | {"opened": now}, "")
        closed = day_message("008-consultation-closed.json")
        closed |= {"mdtrtId": f"M{number}", "fixmedinsCode": hospital, "drCode": doctor, **closing}
        if close:
            who = (doctor,)
            self.add("CONSULTATION-CLOSED", hospital, who, lambda now: closed | {"closed": now}, "", seconds)

    def issue(
        self,
        number: str,
        expect: str = "",
        hospital: str = H1,
        doctor: str = D2,
        head: Any = None,
        visit: Any = None,
        lines: Any = None,
        extension: Any = None,
        who: tuple[str, ...] | None = None,
        seconds: int = 60,
        patient: str = "",
    ) -> None:
        """One prescription, signed by `who` instead of the doctor."""
        message = day_message("009-d001.json")
        message |= {"hospRxno": f"RX{number}", "mdtrtCertNo": f"9900001961030{patient or number}"}
        message |= {"authNo": f"AUTH{number}", **(head or {})}
        message["mdtrtinfo"] |= {
            "mdtrtId": f"M{number}",
            "certno": f"9900001961030{patient or number}",
            "fixmedinsCode": hospital,
            "drCode": doctor,
            **(visit or {}),
        }
        base = message["rxdrugdetail"][0]
        message["rxdrugdetail"] = [base | line for line in (lines or [{}])]
        message["extension"] |= {"hiRxno": f"HI{number}", **(extension or {})}
        signers = (doctor,) if who is None else who
        self.add("D001", hospital, signers, lambda now: message | {"prscTime": now}, expect, seconds)

    def review(self, number: str, expect: str = "", hospital: str = H1, who: str = HY1, **other: Any) -> None:
        """The hospital pharmacist's decision."""
        message = day_message("010-d003.json")
        message |= {"hiRxno": f"HI{number}", "mdtrtId": f"M{number}", "pharCode": who}
        message |= {"fixmedinsCode": hospital, **other}
        self.add("D003", hospital, (who,), lambda now: message | {"pharChkTime": now}, expect)

    def cancel(self, number: str, expect: str = "", hospital: str = H1, who: str = D2) -> None:
        """The doctor takes it back."""
        message = {"hiRxno": f"HI{number}", "drCode": who, "undoRea": "重复"}
        self.add("D004", hospital, (who,), lambda now: message | {"undoTime": now}, expect)

    def claim(self, number: str, expect: str = "", shop: str = P1, who: str = Y1, once: str = "") -> None:
        """A pharmacy takes it."""
        message = {"infno": "7203", "hi_rxno": f"HI{number}", "auth_rxno": once or f"ONCE{shop}{number}"}
        self.add("7203", shop, (who,), lambda now: message | {"download_time": now}, expect)

    def second_review(
        self, number: str, expect: str = "", shop: str = P1, who: tuple[str, ...] = (Y1, Y2), **other: Any
    ) -> None:
        """Two pharmacists decide."""
        message = day_message("012-7204.json") | {"hi_rxno": f"HI{number}", "fixmedins_code": shop}
        message |= {"phar_code": who[0], "rchk_phar_code": who[-1], **other}
        self.add("7204", shop, who, lambda now: message | {"rx_chk_time": now}, expect)

    def sell(
        self,
        number: str,
        rows: list[dict[str, Any]],
        expect: str = "",
        shop: str = P1,
        who: tuple[str, str] = (Y1, Y2),
        **other: Any,
    ) -> None:
        """Packs go out."""
        message = day_message("013-7206.json")
        message |= {"hi_rxno": f"HI{number}", "phar_code": who[0], "pro_code": who[0], "dspeer_code": who[1]}
        message |= {"setl_id": f"SETL{number}", "fixmedins_code": shop}
        base = message["selinfo"][0]
        message["selinfo"] = [base | row for row in rows]
        self.add("7206", shop, who, lambda now: message | {"sel_retn_time": now, **other}, expect)

    def deliver(self, number: str, status: str, expect: str = "", shop: str = P1, who: str = Y1) -> None:
        """A step of the parcel."""
        message = day_message("016-7205.json") | {"hi_rxno": f"HI{number}", "delv_stas_codg": status}
        message.pop("delv_stas_name")
        self.add("7205", shop, (who,), lambda now: message | {"delv_stas_time": now}, expect)

    def give_back(
        self,
        number: str,
        code: dict[str, str],
        expect: str = "",
        shop: str = P1,
        who: str = Y1,
        left: bool = False,
    ) -> None:
        """A pack comes back, before it left the shop or after."""
        row: dict[str, Any] = {"med_list_codg": code["drug"], "sel_retn_cnt": 1}
        row["drugtracinfo"] = {"drug_trac_codg": code["code"]}
        message = {"rxno": f"HI{number}", "selinfoDetail": row, "extension": {"leftShop": left}, "memo": "x"}
        self.add("3506A", shop, (who,), lambda now: message | {"sel_retn_time": now}, expect)

    def ready(self, number: str, shop: str = P1, who: tuple[str, str] = (Y1, Y2), **issue: Any) -> None:
        """Everything up to the sale."""
        self.consultation(number)
        self.issue(number, **issue)
        self.review(number)
        self.claim(number, shop=shop, who=who[0])
        self.second_review(number, shop=shop, who=who)


def pack(number: int, drug: str = AMLODIPINE, level: str = "899") -> dict[str, str]:
    """A pack's trace code and drug."""
    product = {AMLODIPINE: "0001", METFORMIN: "0002"}[drug]
    return {"code": f"{level}{product}{number:013}", "drug": drug}
