"""A run is a function of its facts, its formula and its rulings; and a thousand units fit."""

import itertools
from collections.abc import Iterator
from datetime import date
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.assessment import Fact
from chalicelib.domain.contests import without
from chalicelib.domain.evaluating import Counted, UnitLines, difference, evaluate
from chalicelib.domain.mailbox_figures import Tally
from chalicelib.domain.runs import Considered, Kept, LeftOut, Plan, Signature, contest_ends, frozen, lines_of
from chalicelib.domain.words import Satisfaction, Solved, UnitClass
from tests.unit.month import FORMULA, MARCH, done, facts_of_a_month, fell_due, numbers, rated, received, replied

UNITS = ("a", "b")
PLAN = Plan(
    date(2026, 3, 1),
    1,
    tuple(Considered(unit, UnitClass.DEPARTMENT) for unit in UNITS),
    (Kept("petitions", "a"), Kept("mayor", "a", "shizhang")),
    Signature(MARCH),
)
ITEM = 400 * 1024  # bytes


def written(facts: list[Fact], mailbox: str = "petitions") -> tuple[str, ...]:
    """A unit's month in writing."""
    ordered = sorted(facts, key=lambda fact: fact.case_id)
    by_case = itertools.groupby(ordered, key=lambda fact: fact.case_id)
    return lines_of(frozen(case_id, mailbox, False, some) for case_id, some in by_case)


def counted(*months: list[Fact], left_out: tuple[LeftOut, ...] = ()) -> Counted:
    """The run of so many units' months."""
    return evaluate(PLAN, list(zip(UNITS, map(written, months), strict=False)), FORMULA, left_out)


@given(facts_of_a_month, facts_of_a_month, st.randoms())
def test_the_order_and_repetition_of_facts_are_nothing(first: list[Fact], second: list[Fact], by: Random) -> None:
    shuffled = [*first, *first]
    by.shuffle(shuffled)
    assert counted(shuffled, second).texts == counted(first, second).texts


@given(facts_of_a_month, facts_of_a_month, st.data())
def test_leaving_a_contested_fact_out_equals_counting_without_it(
    first: list[Fact], second: list[Fact], data: st.DataObject
) -> None:
    if not first:
        return
    chosen = data.draw(st.sampled_from(first)).key
    out = LeftOut("a", chosen.case_id, chosen.kind.value, chosen.receipt)
    contested = counted(first, second, left_out=(out,))
    plain = counted(without(first, frozenset({chosen})), second)
    figures = {line.unit: line.row for line in plain.lines}
    for line in contested.lines:
        counts_without, row = figures[line.unit], line.row
        if row is not None and counts_without is not None:  # all but the count of what was left out
            assert replace(row, left_out=counts_without.left_out) == counts_without
        elif row is not None:
            assert (row.received, row.due, row.rated, row.score) == (0, 0, 0, None)
        assert line.left_out == (len({fact for fact in first if fact.key == chosen}) if line.unit == "a" else 0)
    assert contested.boxes == plain.boxes


def test_a_mailbox_counts_a_citizen_once_whichever_units_had_her_matter() -> None:
    months = [received("x"), *done("y")], [received("x"), fell_due("x"), replied("x", in_time=False)]
    box = {one.mailbox: one for one in counted(*months).boxes}["petitions"]
    assert (box.received, box.answered, box.on_time, box.due, box.unanswered) == (2, 2, 1, 2, 0)
    assert (box.heard, box.rated, box.solved, box.satisfied) == (2, 1, 1, 1)
    assert box.shares == {"on_time": 0.5, "solved": 1.0, "satisfied": 1.0, "participation": 0.5}


def test_a_mailbox_that_nobody_keeps_any_more_is_still_counted_and_an_empty_one_is_shown() -> None:
    tally = Tally()
    tally.add("closed", done("z"))
    boxes = {box.mailbox: box for box in tally.boxes(PLAN.mailboxes)}
    assert (boxes["closed"].keeper, boxes["closed"].received) == ("", 1)
    assert (boxes["mayor"].leader, boxes["mayor"].empty) == ("shizhang", True)


def test_who_rated_twice_is_counted_by_the_last_word() -> None:
    tally = Tally()
    first = rated("x", Solved.NO, Satisfaction.NOT, day=10)
    tally.add("petitions", [first, rated("x", Solved.YES, Satisfaction.FAIRLY, day=12)])
    box = next(box for box in tally.boxes(PLAN.mailboxes) if box.mailbox == "petitions")
    assert (box.rated, box.solved, box.satisfied) == (1, 1, 1)


def test_what_differs_is_named_fact_by_fact() -> None:
    before, now = written(done("x")), written([*done("x"), fell_due("x")])
    assert difference("a", before, before) is None
    differs = difference("a", before, now)
    assert differs is not None
    assert [case_id for case_id, _ in differs.added] == ["x"]
    assert differs.missing == ()
    assert difference("a", now, before) == msgspec.structs.replace(differs, added=(), missing=differs.added)


@pytest.mark.parametrize(("days", "ends"), [(10, "2026-04-11"), (0, "2026-04-01")])
def test_the_time_to_contest_ends_with_its_last_day_in_shanghai(days: int, ends: str) -> None:
    counted_at = MARCH.replace(day=31, hour=16, minute=30)  # 00:30 of 1 April in Shanghai
    until = contest_ends(counted_at, days)
    assert until.isoformat() == f"{ends}T15:59:59.999999+00:00"


def test_a_thousand_units_with_a_heavy_month_are_counted_one_at_a_time_and_their_lines_fit_an_item_each() -> None:
    units = [f"unit-{number:04}" for number in range(1020)]
    kept = tuple(Kept(f"box-{unit}", unit) for unit in units)
    plan = Plan(PLAN.month, 1, tuple(Considered(unit, UnitClass.TOWNSHIP) for unit in units), kept, Signature(MARCH))
    asked = []

    def months() -> Iterator[UnitLines]:
        for place, unit in enumerate(units):
            asked.append(unit)
            cases = numbers(4 if place else 500, f"{place:04}")
            facts = [
                fact for case in cases for fact in ([received(case), fell_due(case)] if place % 3 == 0 else done(case))
            ]
            yield unit, written(facts, f"box-{unit}")

    found = evaluate(plan, months(), FORMULA, ())
    assert asked == units
    assert len(found.lines) == len(found.boxes) == 1020
    assert max(len(text.encode()) for _, text in found.texts) < ITEM / 10
    assert len(msgspec.json.encode(plan)) > ITEM / 10, "the plan is what may need parts"
    assert found.lines[0].row is not None
    assert {len(one.cases) for one in found.lines[0].row.components} >= {500}
