"""Builders: a unit's month, fact by fact, and any month at all."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from chalicelib.domain.assessment import Fact, FactKind, assess_unit
from chalicelib.domain.figures import Part
from chalicelib.domain.formula import Formula
from chalicelib.domain.ranking import Assessed, Component, Row, rank
from chalicelib.domain.words import Satisfaction, Solved, UnitClass

MARCH = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FORMULA = Formula()
HIGHEST = 105


def received(case: str, receipt: str = "r") -> Fact:
    """The matter was dispatched to the unit."""
    return Fact(FactKind.RECEIVED, case, receipt, MARCH)


def signed(case: str, in_time: bool = True) -> Fact:
    """The unit signed for it."""
    return Fact(FactKind.SIGNED, case, "", MARCH, in_time=in_time)


def fell_due(case: str, receipt: str = "r") -> Fact:
    """The term ended without an answer."""
    return Fact(FactKind.DUE, case, receipt, MARCH + timedelta(days=7), in_time=False)


def replied(case: str, in_time: bool = True, receipt: str = "r") -> Fact:
    """The citizen has her answer."""
    return Fact(FactKind.REPLIED, case, receipt, MARCH + timedelta(days=5 if in_time else 9), in_time=in_time)


def rated(case: str, solved: Solved, satisfaction: Satisfaction, receipt: str = "r", day: int = 12) -> Fact:
    """The citizen said what it was worth."""
    at = MARCH + timedelta(days=day)
    return Fact(FactKind.RATED, case, receipt, at, solved=solved, satisfaction=satisfaction)


def supervised(case: str, level: int) -> Fact:
    """The matter was put under supervision."""
    return Fact(FactKind.SUPERVISED, case, "", MARCH + timedelta(days=8 + level), level=level)


def once(kind: FactKind, case: str, in_time: bool | None = None) -> Fact:
    """Something that concerns the case as a whole happened."""
    return Fact(kind, case, "", MARCH + timedelta(days=10), in_time=in_time)


def numbers(count: int, prefix: str = "c") -> list[str]:
    """So many case numbers."""
    return [f"{prefix}{number:03}" for number in range(count)]


def done(case: str) -> list[Fact]:
    """A matter as it should be: signed, answered in time, solved, the citizen satisfied."""
    return [received(case), signed(case), replied(case), rated(case, Solved.YES, Satisfaction.SATISFIED)]


def unit(name: str, facts: Iterable[Fact], unit_class: UnitClass = UnitClass.DEPARTMENT) -> Assessed:
    """A unit with its month."""
    return Assessed(name, unit_class, assess_unit(facts, FORMULA))


def row_of(rows: Iterable[Row], name: str) -> Row:
    """A unit's line."""
    return next(row for row in rows if row.unit == name)


def part(row: Row, wanted: Part) -> Component:
    """One rate of a line."""
    return next(component for component in row.components if component.part is wanted)


def alone(facts: Iterable[Fact]) -> Row:
    """The line of a unit that is the only one of its class: its own rates are the mean, nothing draws them."""
    return rank([unit("only", facts)], FORMULA)[0]


AT_ONCE = (
    FactKind.REWORKED, FactKind.FALSE_REPLY, FactKind.ADOPTED, FactKind.PRAISED,
    FactKind.RETURNED, FactKind.EXTENDED, FactKind.CONCLUDED,
)  # fmt: skip
cases = st.sampled_from(numbers(8))
receipts = st.sampled_from(["r", "second voice"])
late_or_not = st.booleans()
facts_of_a_month = st.lists(
    st.one_of(
        st.builds(received, cases, receipts),
        st.builds(signed, cases, late_or_not),
        st.builds(fell_due, cases, receipts),
        st.builds(replied, cases, late_or_not, receipts),
        st.builds(rated, cases, st.sampled_from(Solved), st.sampled_from(Satisfaction), receipts, st.integers(10, 14)),
        st.builds(supervised, cases, st.integers(1, 3)),
        st.builds(once, st.sampled_from(AT_ONCE), cases),
        st.builds(once, st.just(FactKind.SETTLED), cases, late_or_not),
    ),
    max_size=40,
)
months_of_units = st.lists(st.tuples(facts_of_a_month, st.sampled_from(UnitClass)), min_size=1, max_size=6).map(
    lambda months: [unit(f"u{number}", facts, of) for number, (facts, of) in enumerate(months)]
)
