"""From frozen facts to a run's lines: the same facts, formula and rulings give the same lines, to the byte."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import msgspec
from msgspec import Struct

from chalicelib.domain.assessment import Fact, FactKey, FactKind, assess_unit
from chalicelib.domain.contests import without
from chalicelib.domain.formula import Formula
from chalicelib.domain.mailbox_figures import Box, Tally
from chalicelib.domain.ranking import Assessed, rank
from chalicelib.domain.runs import LeftOut, Line, Plan, digest_of, read_line

UnitLines = tuple[str, tuple[str, ...]]  # a unit and its month in writing


class Counted(Struct, frozen=True):
    """What a run comes to."""

    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Each line and mailbox by its key, in writing, in order."""
        lines = ((f"unit#{line.unit}", msgspec.json.encode(line).decode()) for line in self.lines)
        boxes = ((f"box#{box.mailbox}", msgspec.json.encode(box).decode()) for box in self.boxes)
        return tuple(sorted((*lines, *boxes)))

    @property
    def stand(self) -> str:
        """The digest of all that."""
        return digest_of(f"{key} {text}" for key, text in self.texts)


class _Measured(Struct, frozen=True):
    digest: str
    facts: int
    left_out: int
    cases: int


def evaluate(plan: Plan, months: Iterable[UnitLines], formula: Formula, left_out: Iterable[LeftOut]) -> Counted:
    """Count ``plan`` from the units' months, which are read one at a time: what is kept of each are its figures."""
    excluded = keys_by_unit(left_out)
    classes = {one.unit: one.unit_class for one in plan.units}
    exams = {one.unit: Fraction(one.exam) if one.exam else None for one in plan.units}
    tally, assessed, measured = Tally(), list[Assessed](), dict[str, _Measured]()
    for unit, lines in months:
        keys = excluded.get(unit, frozenset())
        facts, sealed, out = list[Fact](), set[str](), 0
        for case in map(read_line, lines):
            told = without(case.told, keys)
            out += len(case.facts) - len(told)
            tally.add(case.mailbox, told)
            facts += case.told
            sealed |= {case.case_id} if case.sealed else set()
        figures = assess_unit(facts, formula, excluded=keys, sealed=sealed, exam=exams[unit])
        measured[unit] = _Measured(digest_of(lines), len(facts), out, figures.cases)
        if not figures.empty or out:
            assessed.append(Assessed(unit, classes[unit], figures))
    return Counted(tuple(_lines(plan, measured, assessed, formula)), tuple(tally.boxes(plan.mailboxes)))


def keys_by_unit(left_out: Iterable[LeftOut]) -> dict[str, frozenset[FactKey]]:
    """Which facts of which unit do not count."""
    keys: dict[str, set[FactKey]] = {}
    for one in left_out:
        keys.setdefault(one.unit, set()).add(FactKey(one.case_id, FactKind(one.kind), one.receipt))
    return {unit: frozenset(of_unit) for unit, of_unit in keys.items()}


def _lines(plan: Plan, measured: dict[str, _Measured], assessed: list[Assessed], formula: Formula) -> Iterator[Line]:
    rows = {row.unit: (place, row) for place, row in enumerate(rank(assessed, formula))}
    nothing = _Measured(digest_of(()), 0, 0, 0)
    for one in sorted(plan.units, key=lambda unit: unit.unit):
        place, row = rows.get(one.unit, (len(rows), None))
        found = measured.get(one.unit, nothing)
        yield Line(one.unit, one.unit_class, found.digest, found.facts, found.left_out, found.cases, place, row)


class Differs(Struct, frozen=True):
    """A unit whose ledger does not say what was counted. The facts are the canonical texts, with their case."""

    unit: str
    added: tuple[tuple[str, str], ...]  # stand in the ledger, and were not counted
    missing: tuple[tuple[str, str], ...]  # were counted, and stand there no longer


def difference(unit: str, counted: tuple[str, ...], found: tuple[str, ...]) -> Differs | None:
    """What the ledger says now beside what was counted; None where that is the same to the byte."""
    if counted == found:
        return None
    before, now = set(_facts_in(counted)), set(_facts_in(found))
    return Differs(unit, tuple(sorted(now - before)), tuple(sorted(before - now)))


def _facts_in(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for case in map(read_line, lines):
        about = f"{case.mailbox}{' sealed' if case.sealed else ''}"
        for fact in case.facts:
            yield case.case_id, f"{about} {msgspec.json.encode(fact).decode()}"
