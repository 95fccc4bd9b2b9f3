"""One insured person in the columns: what was prescribed and bought, and what screens say of it (S57, T7).

The person is a tag. Who reads the profile learns no name; who holds the tag key finds the person by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from api.screening.report import Finding, Results
from api.screening.screen import netted
from api.screening.tables import DAY_MS, Tables

SHOWN = 20  # entries cited for a feature


class NobodyFault(Exception):
    """The columns hold nothing of this tag."""


def insured(tables: Tables, results: Results, patient: str, window_days: int) -> dict[str, Any]:
    """Return the profile of the insured person `patient` (a tag) at the last time of the columns.

    Numbers and drugs are of the last `window_days`; a feature (a screen's finding that names the person) ends
    that long after the last entry of the person's own that proves it. The same columns give the same profile.
    Raises NobodyFault.
    """
    prescribed = tables["prescriptions"].filter(pl.col("patient") == patient).collect(engine="streaming")
    bought = netted(tables).filter(pl.col("patient") == patient).collect(engine="streaming")
    if prescribed.is_empty() and bought.is_empty():
        raise NobodyFault(f"nobody of tag {patient} in these columns")
    as_of = _last_ms(tables)
    since = as_of - window_days * DAY_MS
    recent = [frame.filter(pl.col("time_ms") > since) for frame in (prescribed, bought)]
    times = dict(pl.concat([frame.select("entry", "time_ms") for frame in (prescribed, bought)]).iter_rows())
    findings = [one for _, found in results for one in found if patient in one.subject.split("@")]
    return {
        "subject": patient,
        "role": "insured",
        "as_of": _text(as_of),
        "window_days": window_days,
        "acts": len({entry for frame in recent for entry in frame["entry"]}),
        "numbers": _numbers(*recent),
        "drugs": list(_drugs(*recent)),
        "features": list(_features(findings, times, window_days, as_of)),
    }


def _last_ms(tables: Tables) -> int:
    prescribed = tables["prescriptions"].select(pl.col("time_ms").max()).collect(engine="streaming").item()
    return max((end for end in (prescribed, tables.sales_ms()[1]) if end is not None), default=0)


def _numbers(prescribed: pl.DataFrame, bought: pl.DataFrame) -> dict[str, Any]:
    visited = {name: prescribed[name].drop_nulls().n_unique() for name in ("rx", "hospital", "doctor")}
    return {
        "prescriptions": visited["rx"],
        "hospitals": visited["hospital"],
        "doctors": visited["doctor"],
        "pharmacies": bought["pharmacy"].drop_nulls().n_unique(),
        "packs": round(bought["packs"].sum(), 3),
        "amount": round(bought["amount"].sum(), 2),
    }


def _drugs(prescribed: pl.DataFrame, bought: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """What each drug was prescribed and bought for, in days; what came back is taken off."""
    for drug in sorted({*prescribed["drug"].drop_nulls(), *bought["drug"].drop_nulls()}):
        written, taken = (frame.filter(pl.col("drug") == drug) for frame in (prescribed, bought))
        yield {
            "drug": drug,
            "days_prescribed": round(written["days"].sum(), 3),
            "days_bought": round(taken["days"].sum(), 3),
            "packs": round(taken["packs"].sum(), 3),
        }


def _features(
    findings: Iterable[Finding], times: Mapping[int, int], window_days: int, as_of: int
) -> Iterator[dict[str, Any]]:
    for one in sorted(findings, key=lambda finding: (finding.screen.id, finding.subject)):
        own = [entry for entry in one.entries if entry in times]
        # Of a great many entries the first are cited: it may rest on the last of the person's own.
        known = own if one.count <= len(one.entries) else times
        ends = max((times[entry] for entry in known), default=0) + window_days * DAY_MS
        if ends > as_of:
            told = {"code": one.screen.id, "version": one.screen.version, "class": one.screen.class_}
            words = {"en": one.screen.en, "zh": one.screen.zh}
            measured = {"about": one.subject, "measure": round(one.measure, 3), "limit": one.limit}
            yield {**told, **words, **measured, "entries": own[-SHOWN:], "expires": _text(ends)}


def _text(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
