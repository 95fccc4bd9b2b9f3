"""Legitimate acts that look like a case: whoever accuses these people accuses wrongly.

`LOOKALIKES` is a table of (kind, what happens). Every act that a careless rule would take for a case
bears the label.
"""

from __future__ import annotations

from collections.abc import Callable

from api.province.cases import fresh_patient
from api.province.cast import CHILDREN
from api.province.event import Label
from api.province.life import Life

_OSELTAMIVIR = "磷酸奥司他韦胶囊"
_SWAPPED = str.maketrans("0123456789", "）！＠＃＄％＾＆＊（")  # a scanner on a shifted keyboard layout


def _travel(life: Life, label: Label) -> None:
    """Bought early before a journey, with evidence."""
    life.honest()
    life.sold(life.ready(), label, disclosures=life.reason("火车票"))


def _long_term(life: Life, label: Label) -> None:
    """Eighty-four days on one evaluated and signed prescription."""
    life.packs = max(1, min(6, int(84 / life.drug.pack_days)))
    life.days, life.share = min(84.0, life.packs * life.drug.pack_days), 1.0
    life.sold(life.ready(label=label), label)


def _opened_pack(life: Life, label: Label) -> None:
    """One pack of ten for three patients, used to its end at one shop."""
    life.drug, life.days = life.cast.by_name[_OSELTAMIVIR], 2.0
    life.patient, code = fresh_patient(life), life.pack()
    for quantity in ("4", "4", "2"):
        line = {"quantity": quantity, "unit": life.drug.unit, "days": "2.00"}
        rx = life.ready(line=line)
        life.sell(rx, [code], split=quantity, label=label)
        life.report(rx, [code], label, split=quantity)
        life.patient = fresh_patient(life)


def _given_back_at_the_counter(life: Life, label: Label) -> None:
    """A pack that never left the shop, given back, and sold to the next patient."""
    rx, code = life.ready(), life.pack()
    life.sell(rx, [code])
    life.give_back(rx, [code], False, label=label)
    life.patient = fresh_patient(life)
    life.sell(life.ready(), [code], label=label)


def _given_back_late(life: Life, label: Label) -> None:
    """A pack that left the shop, given back and written off; its report comes afterwards."""
    rx, code = life.ready(), life.pack()
    life.sell(rx, [code])
    life.give_back(rx, [code], True, label=label)
    life.report(rx, [code], label)


def _scanned_badly(life: Life, label: Label, wrong: Callable[[str], str]) -> None:
    """Scanned again it is fine."""
    rx, code = life.ready(), life.pack()
    life.sell(rx, [wrong(code)], label=label)
    life.sell(rx, [code], label=label)


def _layout_swapped(life: Life, label: Label) -> None:
    """The scanner types on a keyboard of another layout."""
    _scanned_badly(life, label, lambda code: code.translate(_SWAPPED))


def _next_code_appended(life: Life, label: Label) -> None:
    """The beginning of the next code stands behind the first."""
    _scanned_badly(life, label, lambda code: code + code[:3])


def _sent_again(life: Life, label: Label) -> None:
    """The answer was lost: the same bytes again, and the same report built anew."""
    rx, code = life.ready(), life.pack()
    sold = life.sell(rx, [code], label=label)
    life.resend(sold)
    life.report(rx, [code], label)
    life.report(rx, [code], label)


def _other_numbers(life: Life, label: Label) -> None:
    """One sale, the settlement channel before the stock channel."""
    rx, code = life.ready(), life.pack()
    life.sell(rx, [code])
    life.settle(rx, [code], label)
    life.report(rx, [code], label)


def _two_sites(life: Life, label: Label) -> None:
    """A pharmacist of two shops works at the first, closes duty, and opens it at the second."""
    life.honest()
    at = life.cast.pharmacies.index(life.shop)
    second = life.cast.pharmacies[(at + 1) % len(life.cast.pharmacies)]
    code = life.shop.pharmacists[life.pick.choice((2, 3))]
    if code in life.cast.busy:
        return
    life.cast.busy.add(code)
    for shop in (life.shop, second):
        _shift(life, code, shop.code, label)


def _shift(life: Life, code: str, site: str, label: Label) -> None:
    """From opening to close of one duty, in the pharmacist's chain."""
    open_duty(life, code, site, label)
    close_duty(life, code, site, label)


def open_duty(life: Life, code: str, site: str, label: Label | None) -> None:
    """A pharmacist comes, after the last entry of the own chain."""
    duty = life.cast.duty
    members = {"site": site, **({"after": f"@leaf:{duty[code]}"} if code in duty else {})}
    who = ((code, "pharmacist"),)
    duty[code] = life.act("duty.opened", site, who, members, label=label, wait_ms=life.some(60, 600))


def close_duty(life: Life, code: str, site: str, label: Label | None) -> None:
    """A pharmacist goes after an hour or two."""
    wait_ms, who = life.some(3600, 7200), ((code, "pharmacist"),)
    life.cast.duty[code] = life.act("duty.closed", site, who, {"site": site}, label=label, wait_ms=wait_ms)


def _child(life: Life, label: Label) -> None:
    """A child of four with a parent present, at a children's doctor."""
    parent, department = life.patient, life.department
    life.department = CHILDREN
    life.patient = life.cast.child_of(parent, 4)
    guardian = {"name": "白术", "certificate_number": parent.number, "relation": "母亲"}
    life.drug, life.days, life.packs = life.cast.by_name[_OSELTAMIVIR], 5.0, 1
    rx = life.ready(identity={"guardian": guardian}, label=label)
    life.sold(rx, label)
    life.patient, life.department = parent, department


def _called_again(life: Life, label: Label) -> None:
    """The video line broke; the patient came back at once, and the first one is closed afterwards."""
    broken = life.open_consultation()
    life.now_ms += life.some(30, 120)
    opened = life.open_consultation()
    life.now_ms += life.some(150, 400)
    closed = life.close_consultation(opened)
    life.issue((opened, closed), label=label)
    life.close_consultation(broken)


def _written_again(life: Life, label: Label) -> None:
    """Cancelled because of a slip and written again: no split, no second purchase."""
    consultation = life.consult()
    slip = life.issue(consultation)
    doctor = ((life.doctor, "doctor"),)
    reason = {"clinical": {"reason": "数量录入错误"}}
    members = {"rx": f"@id:{slip}"}
    life.act(
        "prescription.cancelled", life.hospital.code, doctor, members, reason, wait_ms=life.some(60, 200)
    )
    life.issue(consultation, label=label)


def _assisted(life: Life, label: Label) -> None:
    """A registered tool checked interactions; the doctor wrote the prescription."""
    tool = {
        "kind": "interaction_check",
        "tool": "RxCheck",
        "version": "2",
        "device_registration": "国械注准1",
    }
    life.issue(origin={"authorship": "human_with_assist", "assist": [tool]}, label=label)


def _confirmed_dose(life: Life, label: Label) -> None:
    """More than the label allows, and the doctor says why."""
    life.drug, life.packs = life.cast.by_name["盐酸二甲双胍片"], 1
    dose = {"dose": "5", "dose_unit": "g", "frequency": "11", "dose_confirmed": "体重130kg，监测下加量"}
    life.issue(line=dose, label=label)


def _add_line(life: Life) -> None:
    """A second drug that the patient does not yet have."""
    due = life.patient.due
    life.beside = [next(one for one in life.cast.chronic if one != life.drug and one.code not in due)]
    due[life.beside[0].code] = 400


def _two_visits(life: Life, label: Label) -> None:
    """Two drugs on one prescription; the second one is in the shop an hour later."""
    _add_line(life)
    rx, first = life.ready(label=label), life.drug
    life.packs = 1
    life.sell(rx, [life.pack()], label=label)
    life.drug, life.beside = life.beside[0], []
    life.sell(rx, [life.pack()], label=label, wait_ms=life.some(3600, 5400))
    life.drug = first


def _one_of_two_given_back(life: Life, label: Label) -> None:
    """Of two drugs one is given back at the counter, and the next patient gets it."""
    _add_line(life)
    rx = life.ready()
    codes = life.sold(rx, label)
    life.give_back(rx, codes, False, label=label)
    life.beside, life.patient = [], fresh_patient(life)
    life.packs = 1
    life.sell(life.ready(), codes[:1], label=label)


LOOKALIKES: tuple[tuple[str, Callable[[Life, Label], None]], ...] = (
    ("travel", _travel),
    ("long_term", _long_term),
    ("opened_pack", _opened_pack),
    ("given_back_at_the_counter", _given_back_at_the_counter),
    ("given_back_late", _given_back_late),
    ("bad_scan", _layout_swapped),
    ("bad_scan", _next_code_appended),
    ("sent_again", _sent_again),
    ("settled_before_reported", _other_numbers),
    ("two_sites", _two_sites),
    ("child_with_guardian", _child),
    ("written_again", _written_again),
    ("assisted", _assisted),
    ("confirmed_dose", _confirmed_dose),
    ("called_again", _called_again),
    ("two_visits", _two_visits),
    ("one_of_two_given_back", _one_of_two_given_back),
)
