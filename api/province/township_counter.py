"""Cases of the townships' shops: numbers, a prescription's life, duty, packs."""

from __future__ import annotations

from typing import Any

from api.province.cases import Case
from api.province.event import FIRST_MS, Label
from api.province.life import Life
from api.province.lookalikes import close_duty, open_duty
from api.province.office import HOUR_MS, officers
from api.province.registry import OFFICERS
from api.province.township_care import at, newcomer, people, reviewed, two_packs

RECALLED, OSELTAMIVIR, _UNKNOWN_CARTON = "厄贝沙坦片", "磷酸奥司他韦胶囊", "8700001"
_A_DAY_MS = 24 * HOUR_MS


def recalled_lot(month: int) -> str:
    """Return the lot of RECALLED that is recalled for a month's case."""
    return f"召回{month + 1:02d}"


def _lot_of(life: Life) -> str:
    return recalled_lot((life.now_ms - FIRST_MS) // _A_DAY_MS // 31)


def other_shop(life: Life) -> None:
    """From now on the other shop of the township acts."""
    first, second = at(life).shops
    life.shop = second if life.shop is first else first


def sold_and_told(life: Life, rx: str, codes: list[str], label: Label | None = None, **more: Any) -> None:
    """A sale, and the same through the other channels."""
    life.sell(rx, codes, label=label, **more)
    life.report(rx, codes)
    life.settle(rx, codes)


# -- numbers -----------------------------------------------------------------------------------------


def _anew_under_the_old_jti(life: Life, label: Label) -> None:
    """Another prescription under the `jti` of the one before."""
    first = life.issue()
    life.issue(claimed={"jti": first}, label=label)


def _national_number_twice(life: Life, label: Label) -> None:
    for shown in (None, label):
        life.issue(number=f"99{life.name}", label=shown)


def _hospitals_number_twice(life: Life, label: Label) -> None:
    """One number for two prescriptions; after the first is cancelled it is free."""
    first = _numbered(life)
    _numbered(life, label)
    _cancelled(life, first)
    _numbered(life, Label(lookalike="written_again"))


def _numbered(life: Life, label: Label | None = None) -> str:
    numbers = {"hiRxno": f"99{life.name}.{len(life.events)}", "hospRxno": f"N{life.name}"}
    return life.issue(disclosures={"identifiers": numbers}, label=label)


def _cancelled(life: Life, rx: str) -> None:
    doctor, reason = ((life.doctor, "doctor"),), {"clinical": {"reason": "数量录入错误"}}
    members = {"rx": f"@id:{rx}"}
    life.act("prescription.cancelled", life.hospital.code, doctor, members, reason, wait_ms=60_000)


def _renew(life: Life, rx: str, days: int, label: Label) -> None:
    doctor, members = ((life.doctor, "doctor"),), {"rx": f"@id:{rx}", "validity_days": days}
    life.act("prescription.renewed", life.hospital.code, doctor, members, {}, label=label, wait_ms=60_000)


def _renewed_for_no_longer(life: Life, label: Label) -> None:
    """A prescription of a day is renewed for a day; for three it may be, and is sold."""
    rx = life.ready(validity_days=1)
    _renew(life, rx, 1, label)
    _renew(life, rx, 3, Label(lookalike="renewed"))
    life.sold(rx)


# -- a prescription's life -----------------------------------------------------------------------------


def _claimed_though_unknown(life: Life, label: Label) -> None:
    """A prescription that was never on the ledger."""
    life.claim("no prescription", label)


def _claimed_though_cancelled(life: Life, label: Label) -> None:
    rx = life.issue()
    life.approve(rx)
    _cancelled(life, rx)
    life.claim(rx, label)


def _told_though_cancelled(life: Life, label: Label) -> None:
    """Claimed, cancelled and never sold; the stock channel tells of a sale all the same."""
    newcomer(life)
    rx = life.issue()
    life.approve(rx)
    life.claim(rx)
    _cancelled(life, rx)
    life.report(rx, [life.pack()], label, sale=f"{life.name}-none")


def _claimed_though_rejected(life: Life, label: Label) -> None:
    rx = life.issue()
    reviewed(life, rx, life.hospital.pharmacists[0], decision="refused")
    life.claim(rx, label)


def _claimed_too_late(life: Life, label: Label) -> None:
    """After the third day; another one in the last hour of it."""
    newcomer(life)
    first = life.issue()
    issued_ms = life.now_ms
    life.approve(first)
    (life.patient,) = people(life, 1)
    second = life.issue()
    life.approve(second)
    life.now_ms = issued_ms + 3 * _A_DAY_MS - HOUR_MS - 1_000
    life.claim(second, Label(lookalike="in_the_last_hour"))
    life.now_ms = issued_ms + 3 * _A_DAY_MS
    life.claim(first, label)


def _claimed_while_held(life: Life, label: Label) -> None:
    """Another shop downloads what is held; released, it may."""
    rx = life.issue()
    life.approve(rx)
    life.claim(rx)
    holder = life.shop
    other_shop(life)
    life.claim(rx, label)
    members, by = {"rx": f"@id:{rx}"}, ((holder.pharmacists[0], "pharmacist"),)
    life.act("prescription.released", holder.code, by, members, wait_ms=60_000)
    life.claim(rx, Label(lookalike="released_to_another_shop"))


# -- duty and signatures of the shop ---------------------------------------------------------------------


def _checker_who_did_not_sign(life: Life, label: Label) -> None:
    rx, code = life.ready(), life.pack()
    life.sell(rx, [code], checker=life.shop.pharmacists[2], label=label)
    sold_and_told(life, rx, [code])


def _on_duty_elsewhere(life: Life, label: Label) -> None:
    """On duty at one shop, reviewing at the other; later the same pharmacist has moved there."""
    who, first = life.shop.pharmacists[2], life.shop.code
    open_duty(life, who, first, None)
    other_shop(life)
    rx = life.issue()
    life.approve(rx)
    life.claim(rx)
    colleague = life.pair()[0]
    life.review(rx, (colleague, who), label)
    close_duty(life, who, first, None)
    open_duty(life, who, life.shop.code, None)
    life.review(rx, (colleague, who), Label(lookalike="two_sites"))
    close_duty(life, who, life.shop.code, None)


def _off_duty(life: Life, label: Label) -> None:
    """A pharmacist of the shop reviews from home, and later at the shop."""
    who, rx = life.shop.pharmacists[2], life.issue()
    life.approve(rx)
    life.claim(rx)
    colleague = life.pair()[0]
    life.review(rx, (colleague, who), label)
    open_duty(life, who, life.shop.code, None)
    life.review(rx, (colleague, who), Label(lookalike="back_on_duty"))
    close_duty(life, who, life.shop.code, None)


def _duty_after_an_older_one(life: Life, label: Label) -> None:
    """A duty that names another entry as the last one: an opening signed before, kept and sent now."""
    who, site = life.shop.pharmacists[3], life.shop.code
    open_duty(life, who, site, None)
    older = life.cast.duty[who]
    close_duty(life, who, site, None)
    members, by = {"site": site, "after": f"@leaf:{older}"}, ((who, "pharmacist"),)
    life.act("duty.opened", site, by, members, label=label, wait_ms=60_000)
    open_duty(life, who, site, None)
    close_duty(life, who, site, None)


# -- packs ---------------------------------------------------------------------------------------------


def _article_number(life: Life, label: Label) -> None:
    """The article number on the box instead of its trace code."""
    rx, code = life.ready(), life.pack()
    life.sell(rx, ["6901234567892"], label=label)
    sold_and_told(life, rx, [code])


def _one_pack_for_two(life: Life, label: Label) -> None:
    """One of two packs is scanned twice."""
    two_packs(life)
    rx, codes = life.ready(), [life.pack(), life.pack()]
    life.sell(rx, [codes[0], codes[0]], label=label)
    sold_and_told(life, rx, codes)


def _one_code_for_two_packs(life: Life, label: Label) -> None:
    two_packs(life)
    rx, codes = life.ready(), [life.pack(), life.pack()]
    life.sell(rx, codes, listed=[{"code": codes[0], "line": 0}], label=label)
    sold_and_told(life, rx, codes)


def _carton_scanned(life: Life, label: Label) -> None:
    """The carton's code, which came in with its packs."""
    rx, code = life.ready(), life.pack()
    carton = f"{life.drug.carton}{life.pick.randrange(10**13):013d}"
    life.need.append((life.shop.code, life.drug.code, carton))
    life.sell(rx, [carton], label=label)
    sold_and_told(life, rx, [code])


def _out_of_a_settled_carton(life: Life, label: Label) -> None:
    """A carton whose number no table knows yet was settled as one pack; then a pack out of it is sold."""
    carton = f"{_UNKNOWN_CARTON}{life.pick.randrange(10**13):013d}"
    rx, code = life.ready(), life.pack()
    by, numbers = ((life.pair()[0], "pharmacist"),), {"setl_id": f"S{life.name}"}
    told = {"identifiers": numbers, "codes": [{"code": carton, "drug": life.drug.code}]}
    life.act("settlement.reported", life.shop.code, by, {"rx": f"@id:{rx}"}, told, wait_ms=60_000)
    (life.patient,) = people(life, 1)
    life.sell(life.ready(), [code], listed=[{"code": code, "line": 0, "parent": carton}], label=label)


def _of_a_recalled_lot(life: Life, label: Label) -> None:
    """A pack of a recalled lot; one of another lot is sold."""
    life.drug = life.cast.by_name[RECALLED]
    rx, code, lot = life.ready(), life.pack(), _lot_of(life)
    life.sell(rx, [code], listed=[{"code": code, "line": 0, "lot": lot}], label=label)
    other = life.pack()
    of_another = [{"code": other, "line": 0, "lot": f"{lot}B"}]
    sold_and_told(life, rx, [other], Label(lookalike="lot_not_recalled"), listed=of_another)


def _listed_lot_recalled(life: Life, label: Label) -> None:
    """Old stock without codes of a lot that is listed, and recalled."""
    life.drug, lot = life.cast.by_name[RECALLED], _lot_of(life)
    given: dict[str, Any] = {"organisation": life.shop.code, "drug": life.drug.code, "lot": lot}
    officers(life, "registry.uncoded", OFFICERS[:1], **given, packs=5, valid_to="2027-12-31")
    listed = [{"code": "", "line": 0, "uncoded": True, "lot": lot}]
    life.sell(life.ready(), [""], listed=listed, label=label)


def opened(life: Life, quantity: str) -> str:
    """A prescription of a few capsules out of a pack."""
    line = {"quantity": quantity, "unit": life.drug.unit, "days": "2.00"}
    return life.ready(line=line)


def _opened_at_another_shop(life: Life, label: Label) -> None:
    """A pack is opened at one shop and continued at the other one."""
    life.drug = life.cast.by_name[OSELTAMIVIR]
    code = life.pack()
    life.sell(opened(life, "4"), [code], split="4")
    (life.patient,) = people(life, 1)
    other_shop(life)
    life.sell(opened(life, "4"), [code], split="4", label=label)


def _more_back_than_sold(life: Life, label: Label) -> None:
    """Six capsules come back where four were sold; then the four."""
    life.drug = life.cast.by_name[OSELTAMIVIR]
    rx, code = opened(life, "4"), life.pack()
    life.sell(rx, [code], split="4")
    for quantity, shown in (("6", label), ("4", Label(lookalike="all_given_back"))):
        line = {"drug": life.drug.code, "quantity": quantity, "unit": life.drug.unit, "split": True}
        groups = {"lines": [line], "codes": [{"code": code, "line": 0}]}
        members, by = {"rx": f"@id:{rx}", "left_shop": False}, ((life.pair()[0], "pharmacist"),)
        life.act("dispensing.returned", life.shop.code, by, members, groups, label=shown, wait_ms=60_000)


def _back_on_another_prescription(life: Life, label: Label) -> None:
    """The pack of one prescription comes back on the other patient's."""
    (code,) = life.sold(life.ready())
    (life.patient,) = people(life, 1)
    rx = life.ready()
    life.sold(rx)
    life.give_back(rx, [code], False, label=label)


def _reported_beyond(life: Life, label: Label) -> None:
    """A report adds a pack to a prescription that is served."""
    rx = life.ready()
    life.sold(rx)
    life.report(rx, [life.pack()], label, sale=f"S{life.name}")


def _document_that_is_none(life: Life, label: Label) -> None:
    """A shop writes 无 for its document: told on both channels a sale is one, not for another patient."""
    rx, code, told = life.ready(), life.pack(), Label(lookalike="no_document")
    life.sell(rx, [code], disclosures={"identifiers": _no_document(f"S{life.name}")})
    _told_without_document(life, rx, code, f"S{life.name}", told)
    (life.patient,) = people(life, 1)
    other = life.ready()
    _told_without_document(life, other, code, f"S{life.name}b", label)
    sold = life.pack()
    life.sell(other, [sold], disclosures={"identifiers": _no_document("无")})
    _told_without_document(life, other, sold, "无", told)


def _no_document(settlement: str) -> dict[str, str]:
    return {"setl_id": settlement, "rtal_docno": "无"}


def _told_without_document(life: Life, rx: str, code: str, settlement: str, label: Label) -> None:
    line = {"drug": life.drug.code, "quantity": "1", "unit": "盒"}
    groups = {"identifiers": _no_document(settlement), "lines": [line], "codes": [{"code": code, "line": 0}]}
    by = ((life.pair()[0], "pharmacist"),)
    life.act(
        "dispensing.reported", life.shop.code, by, {"rx": f"@id:{rx}"}, groups, label=label, wait_ms=60_000
    )


CASES: tuple[Case, ...] = (
    Case("R1", ("TIME_ORDER",), "FLOW-15", _renewed_for_no_longer, "slip"),
    Case("R18", ("IDEMPOTENCY_CONFLICT",), "FLOW-1", _anew_under_the_old_jti),
    Case("R18", ("ID_CONFLICT",), "FLOW-2", _national_number_twice),
    Case("R18", ("ID_CONFLICT",), "FLOW-14", _hospitals_number_twice),
    Case("S16", ("RX_NOT_FOUND",), "FLOW-3", _claimed_though_unknown),
    Case("R18", ("RX_CANCELLED",), "FLOW-4", _claimed_though_cancelled),
    Case("S36", ("RX_NOT_SALEABLE",), "FLOW-16", _told_though_cancelled),
    Case("R13", ("REVIEW_REJECTED",), "FLOW-5", _claimed_though_rejected),
    Case("R1", ("RX_EXPIRED",), "FLOW-6", _claimed_too_late),
    Case("R18", ("RX_DESIGNATED_ELSEWHERE",), "FLOW-8", _claimed_while_held),
    Case("S10", ("SIGNER_NOT_ATTENDING",), "SEPARATION-2", _checker_who_did_not_sign),
    Case("S38", ("DUTY_NO_SESSION",), "DUTY-1", _off_duty),
    Case("S38", ("DUTY_CONCURRENT",), "DUTY-2", _on_duty_elsewhere),
    Case("S38", ("PREV_DIGEST_MISMATCH",), "DUTY-3", _duty_after_an_older_one),
    Case("S24", ("TRACE_FORMAT",), "TRACE-1", _article_number, "slip"),
    Case("S24", ("TRACE_DUPLICATE_IN_EVENT",), "TRACE-2", _one_pack_for_two, "slip"),
    Case("S24", ("TRACE_COUNT_MISMATCH",), "TRACE-3", _one_code_for_two_packs, "slip"),
    Case("S24", ("TRACE_LEVEL",), "TRACE-4", _carton_scanned, "slip"),
    Case("S24", ("TRACE_PARENT_SOLD",), "TRACE-5", _out_of_a_settled_carton),
    Case("S24", ("TRACE_RECALLED",), "TRACE-8", _of_a_recalled_lot),
    Case("S69", ("TRACE_RECALLED",), "TRACE-19", _listed_lot_recalled),
    Case("S24", ("TRACE_SPLIT_ELSEWHERE",), "TRACE-11", _opened_at_another_shop),
    Case("S36", ("QTY_RETURN_EXCEEDS",), "FLOW-12", _more_back_than_sold),
    Case("S24", ("TRACE_NOT_IN_RX",), "TRACE-15", _back_on_another_prescription),
    Case("S36", ("QTY_EXCEEDS_RX",), "TRACE-17", _reported_beyond),
    Case("S42", ("TRACE_ALREADY_DISPENSED_HERE",), "TRACE-13", _document_that_is_none),
)  # fmt: skip
