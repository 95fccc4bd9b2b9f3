"""A list of diagnoses as CSV (code, name): checked, and searched for those that a drop-down shows together.

A drop-down is searched by initials: who types SGNSJ for 食管内视镜检查后 is shown 试管内受精 too. Two are
alike where all initials of one begin those of the other. A pair is told where a slip would be seen: there is
a patient whom the sex or age limits of the one shut out, and those of the other do not (S44).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from api.knowledge.initials import Spelling, spellings
from api.knowledge.table import Fault, TableFault, read
from contracts.diagnosis import plain
from contracts.facts import Json

COLUMNS = ("code", "name")
# The parameters of a rulebook that limit diagnoses to a sex or an age (CLINICAL-12).
LIMITS = ("diagnoses_female", "diagnoses_male", "diagnoses_reproduction")
PARAMETER = "diagnoses_confusable"
LETTERS_MIN = 4  # typed, to be the beginning of a longer one: three begin half of a list
NEIGHBOURS_MAX = 5  # proposed for one diagnosis: more are no help to who looks
LINES_BYTES_MAX = 30_000  # of a rulebook's lines: in base64url a statement has at most 60,000 (SPEC)
_CODE_CHARACTERS_MAX = 40

Limits = frozenset[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """`code` is shut out by sex or age, `meant` is shown beside it for what is typed (`initials`)."""

    code: str
    name: str
    meant: str
    meant_name: str
    initials: str
    apart: tuple[int, int]  # letters that one has more, and unusual readings: what is closer is likelier

    @property
    def line(self) -> str:
        """The pair as a rulebook's `diagnoses_confusable` has it."""
        return f"{self.code}={self.meant}"


@dataclass(frozen=True, slots=True)
class Alike:
    """The pairs by code, the closest first; whose further neighbours and whose spellings were left off."""

    pairs: tuple[Pair, ...]
    limited: int
    crowded: tuple[str, ...]
    unread: tuple[str, ...]

    def lines(self) -> list[str]:
        """Return what fits into a rulebook, of all pairs the closest, in the order of the pairs."""
        left, kept = LINES_BYTES_MAX, set()
        for pair in sorted(self.pairs, key=lambda one: (one.apart, one.code)):
            left -= len(pair.line.encode("utf-8")) + len('"",')
            if left < 0:
                break
            kept.add(pair.line)
        return [pair.line for pair in self.pairs if pair.line in kept]


def diagnoses(text: str) -> dict[str, str]:
    """Return the name of each code of the list. Raises TableFault with every row that is not fit for use."""
    found: dict[str, tuple[int, str, str]] = {}
    faults: list[Fault] = []
    for line, row in read(text, COLUMNS):
        code, name = row["code"], row["name"]
        # As the rules compare codes: capitals or not, full width or not is one.
        first, _, known = found.setdefault(plain(code), (line, code, name))
        if known != name:
            told = f"the code is {known!r} on line {first}"
            faults.append(Fault(line, "name", told, "keep one of the two rows"))
        faults += _row(line, code, name)
    if faults:
        raise TableFault(faults)
    return {code: name for _, code, name in found.values()}


def _row(line: int, code: str, name: str) -> Iterator[Fault]:
    if not code or len(code) > _CODE_CHARACTERS_MAX or "=" in code or any(map(str.isspace, code)):
        told = f"{code[: _CODE_CHARACTERS_MAX + 1]!r} is no code"
        yield Fault(line, "code", told, f"at most {_CODE_CHARACTERS_MAX} characters without = and spaces")
    if not spellings(name)[0]:
        yield Fault(line, "name", f"nothing can be typed for {name!r}", "give the name that the list shows")


def limits(parameters: Mapping[str, Json]) -> dict[str, tuple[str, ...]]:
    """Return the ICD-10 prefixes that a rulebook's parameters limit, by the name of the limit."""
    return {name: tuple(str(each) for each in _list(parameters[name])) for name in LIMITS}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def alike(known: Mapping[str, str], limited_to: Mapping[str, tuple[str, ...]]) -> Alike:
    """Return the pairs of a list, at most NEIGHBOURS_MAX for each diagnosis with limits.

    Diagnoses are grouped by what is typed, never compared each with each: a list of 40,000 takes seconds.
    """
    listed = _List(known, limited_to)
    limited = sorted(code for code in known if listed.limits[code])
    by_code = {code: _neighbours(listed, code) for code in limited}
    return Alike(
        tuple(pair for pairs in by_code.values() for pair in pairs[:NEIGHBOURS_MAX]),
        len(limited),
        tuple(code for code, pairs in by_code.items() if len(pairs) > NEIGHBOURS_MAX),
        tuple(sorted(listed.unread)),
    )


@dataclass(slots=True)
class _List:
    """The diagnoses by what is typed: those that it shows, under each set of limits, the closest first."""

    known: Mapping[str, str]
    limited_to: Mapping[str, tuple[str, ...]]
    limits: dict[str, Limits] = field(init=False)
    spelled: dict[str, list[Spelling]] = field(init=False, default_factory=dict)
    unread: list[str] = field(init=False, default_factory=list)
    shown: dict[str, dict[Limits, list[tuple[int, int, str]]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.limits = {code: self._limits(code) for code in self.known}
        for code, name in self.known.items():
            self.spelled[code], whole = spellings(name)
            if not whole:
                self.unread.append(code)
        self._show()

    def _limits(self, code: str) -> Limits:
        compared = plain(code)
        return frozenset(name for name, prefixes in self.limited_to.items() if compared.startswith(prefixes))

    def _show(self) -> None:
        asked = [one.letters for code, of in self.limits.items() if of for one in self.spelled[code]]
        # Whole, or as the beginning of one with limits: what nobody asks for is not kept.
        wholes = set(asked)
        parts = {part for letters in asked for part in beginnings(letters)} | wholes
        closest: dict[tuple[str, Limits], dict[str, tuple[int, int]]] = defaultdict(dict)
        for code, ways in self.spelled.items():
            for one in ways:
                typed = [part for part in beginnings(one.letters) if part in wholes]
                for part in [one.letters, *typed] if one.letters in parts else typed:
                    group = closest[part, self.limits[code]]
                    apart = (len(one.letters) - len(part), one.unusual)
                    group[code] = min(apart, group.get(code, apart))
        self.shown = defaultdict(dict)
        for (part, of), found in closest.items():
            self.shown[part][of] = sorted((*apart, code) for code, apart in found.items())


def beginnings(letters: str) -> Iterator[str]:
    """Yield what begins `letters` and is shorter, of LETTERS_MIN letters at least."""
    return (letters[:length] for length in range(LETTERS_MIN, len(letters)))


def _neighbours(listed: _List, code: str) -> list[Pair]:
    """The closest neighbours of one with limits, and one more than NEIGHBOURS_MAX where there are more."""
    closest: dict[str, tuple[tuple[int, int], str]] = {}
    for apart, meant, typed in _candidates(listed, code):
        if meant not in closest or apart < closest[meant][0]:
            closest[meant] = (apart, typed)
    ranked = sorted((apart, meant, typed) for meant, (apart, typed) in closest.items())
    return [
        Pair(code, listed.known[code], meant, listed.known[meant], typed, apart)
        for apart, meant, typed in ranked[: NEIGHBOURS_MAX + 1]
    ]


def _candidates(listed: _List, code: str) -> Iterator[tuple[tuple[int, int], str, str]]:
    of = listed.limits[code]
    for one in listed.spelled[code]:
        for typed in (one.letters, *beginnings(one.letters)):
            fewer = len(one.letters) - len(typed)
            for others, group in listed.shown.get(typed, {}).items():
                if of <= others:
                    continue  # whoever is shut out here is shut out there
                for more, unusual, meant in islice(group, NEIGHBOURS_MAX + 1):
                    if not (fewer and more):  # neither is the beginning of the other
                        yield (fewer + more, one.unusual + unusual), meant, typed
