"""Cases of the townships' shops: who buys early, or more, or beyond a drug's use."""

from __future__ import annotations

from api.province.cases import Case
from api.province.event import Label
from api.province.life import Life
from api.province.township_care import people
from api.province.township_counter import other_shop, sold_and_told

_WRITTEN_FOR_A_WEEK = Label("S9", ("RX_QUANTITY_DAYS",), ("CLINICAL-19",))


def _early(life: Life, reason: str, age: str, label: Label) -> None:
    """The same drug twice on a day, the second time for a declared reason."""
    exemption = {"exemption": {**life.reason("证明")["exemption"], "reason": reason}}
    life.sold(life.ready(patient={"age": age}))
    rx, code = life.ready(patient={"age": age}), life.pack()
    sold_and_told(life, rx, [code], label, disclosures=exemption)


def _for_a_journey(life: Life, label: Label) -> None:
    _early(life, "travel", f"{life.patient.age}.0", label)


def _one_ticket_for_two(life: Life, label: Label) -> None:
    """One ticket lets two patients buy early; then a third one buys with a ticket of their own."""
    everybody, shown = [life.patient, *people(life, 2)], (None, label, Label(lookalike="own_ticket"))
    for who, ticket, told in zip(everybody, "AAB", shown, strict=True):
        life.patient = who
        life.sold(life.ready())
        declared = life.reason(f"火车票 E{life.name[1:]}{ticket}")
        sold_and_told(life, life.ready(), [life.pack()], told, disclosures=declared)


def _as_an_old_person(life: Life, label: Label) -> None:
    """Twenty-odd years old; somebody of sixty is old."""
    exemption = {"exemption": {**life.reason("证明")["exemption"], "reason": "elderly"}}
    life.sold(life.ready())
    life.sell(life.ready(), [life.pack()], disclosures=exemption, label=label)
    (life.patient,) = people(life, 1)
    _early(life, "elderly", "60.0", Label(lookalike="old_person"))


def _months_for_a_week(life: Life, label: Label) -> None:
    """Packs for months on a prescription for seven days; two packs are in order."""
    life.drug, life.days, life.packs = life.cast.by_name["苯磺酸氨氯地平片"], 7.0, 6
    rx = life.ready(label=_WRITTEN_FOR_A_WEEK)
    life.sell(rx, [life.pack() for _ in range(6)], label=label)
    life.packs = 2
    codes, month = [life.pack(), life.pack()], Label(lookalike="packs_for_a_month")
    sold_and_told(life, rx, codes, month)


def _asked_at_the_next_counter(life: Life, label: Label) -> None:
    """What covers the patient since this morning is asked for at the other shop; a neighbour gets it."""
    life.sold(life.ready())
    other_shop(life)
    life.sell(life.ready(), [life.pack()], label=label)
    (life.patient,) = people(life, 1)
    sold_and_told(life, life.ready(), [life.pack()], Label(lookalike="neighbour_with_the_same_drug"))


def _six_weeks_at_once(life: Life, label: Label) -> None:
    """Three packs that last six weeks at the highest dose; two that last four."""
    life.drug, life.days, life.packs = life.cast.by_name["苯磺酸氨氯地平片"], 7.0, 3
    rx = life.ready(label=_WRITTEN_FOR_A_WEEK)
    life.sell(rx, [life.pack() for _ in range(3)], label=label)
    sold_and_told(life, rx, [life.pack(), life.pack()], Label(lookalike="packs_for_a_month"))


def _beyond_its_use(life: Life, label: Label) -> None:
    """Semaglutide for obesity alone is not sold; of a patient with diabetes it is."""
    life.drug, life.days = life.cast.by_name["司美格鲁肽注射液"], 14.0
    noted = Label("S70", ("INDICATION_MISSING",), ("CLINICAL-11",))
    rx = life.ready(clinical={"diagnoses": [{"code": "E66.900"}]}, label=noted)
    life.sell(rx, [life.pack()], label=label)
    (life.patient,) = people(life, 1)
    sold_and_told(life, life.ready(), [life.pack()], Label(lookalike="sold_for_its_use"))


CASES: tuple[Case, ...] = (
    Case("S60", ("SUPPLY_EXEMPT",), "SUPPLY-2", _for_a_journey, "noted"),
    Case("S60", ("EXEMPTION_SHARED",), "SUPPLY-6", _one_ticket_for_two, "noted"),
    Case("S60", ("EXEMPTION_AGE",), "SUPPLY-5", _as_an_old_person, "slip"),
    Case("S9", ("SUPPLY_QUANTITY",), "SUPPLY-3", _months_for_a_week),
    Case("S53", ("SUPPLY_COVERED",), "SUPPLY-1", _asked_at_the_next_counter),
    Case("S53", ("SUPPLY_QUANTITY",), "SUPPLY-3", _six_weeks_at_once),
    Case("S53", ("INDICATION_REQUIRED",), "CLINICAL-17", _beyond_its_use),
)
