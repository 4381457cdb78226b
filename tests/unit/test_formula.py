"""考核办法: its numbers, which of them cannot stand, and how ranks would move by others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from chalicelib.domain.assessment import assess_unit
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.formula import (
    GROUPS,
    JUDGED,
    NUMBERS,
    PRESETS,
    Change,
    Formula,
    Number,
    changes_of,
    read_formula,
    three_rates,
)
from chalicelib.domain.ranking import Assessed, rank
from chalicelib.domain.what_if import moves
from chalicelib.domain.words import UnitClass
from chalicelib.storage.records import pack, unpack
from chalicelib.web.messages import LANGUAGES, catalogue
from tests.unit.month import FORMULA, done, fell_due, months_of_units, numbers, received, replied, signed, unit

FIRST = {
    "version": 1, "response": 15, "timeliness": 25, "solution": 30, "satisfaction": 25, "settlement": 5,
    "participation": 0, "exam": 0, "quality": 0, "partly": 50, "fairly": 80,
    "rework": 1, "level_1": 1, "level_2": 3, "level_3": 6,
    "false_reply": 5, "most_penalty": 30, "adopted": 1, "praised": 1, "most_bonus": 5, "ceiling": 105, "excellent": 90,
    "good": 80, "passing": 60, "fewest_ranked": 5, "prior": 5,
    "ranked": (UnitClass.DEPARTMENT, UnitClass.COUNTY, UnitClass.TOWNSHIP, UnitClass.UTILITY),
}  # fmt: skip


def form_of(formula: Formula, **changes: str) -> dict[str, str]:
    """What a page would send for ``formula``, but for ``changes``."""
    fields = {number.name: str(formula.number(number.name)) for number in NUMBERS}
    return {**fields, **{f"ranked_{one}": "yes" for one in formula.ranked}, **changes}


def wrong_in(**changes: str) -> dict[str, str]:
    """The fields that are refused, and why."""
    with pytest.raises(Invalid) as refused:
        read_formula(form_of(FORMULA, **changes))
    return {error.field: error.code for error in refused.value.errors}


def test_the_first_version_is_what_months_were_counted_by_and_never_changes() -> None:
    assert asdict(Formula()) == FIRST


def test_every_number_is_on_the_form_once_and_has_its_words() -> None:
    names = [number.name for number in NUMBERS]
    assert sorted([*names, "version", "ranked"]) == sorted(FIRST)
    for language in LANGUAGES:
        assert {f"formula.{name}" for name in names} <= set(catalogue(language))
        assert {f"formula.group.{group}.hint" for group, _ in GROUPS} <= set(catalogue(language))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_can_be_sent_as_it_is(preset: str) -> None:
    assert read_formula(form_of(PRESETS[preset])) == PRESETS[preset]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"response": ""}, {"response": "field.empty"}),
        ({"response": "-1"}, {"response": "formula.not_a_number"}),
        ({"response": "1.5"}, {"response": "formula.not_a_number"}),
        ({"response": "１５"}, {"response": "formula.not_a_number"}),
        ({"response": "9" * 400}, {"response": "formula.not_a_number"}),
        ({"response": "101"}, {"response": "formula.between"}),
        ({"partly": "101", "fairly": "x"}, {"partly": "formula.between", "fairly": "formula.not_a_number"}),
        ({"level_1": "4"}, {"level_2": "formula.milder"}),
        ({"level_3": "2"}, {"level_3": "formula.milder"}),
        ({"most_penalty": "5"}, {"most_penalty": "formula.below_one"}),
        ({"most_bonus": "0"}, {"most_bonus": "formula.below_one"}),
        ({"good": "90"}, {"excellent": "formula.grades"}),
        ({"passing": "85"}, {"good": "formula.grades"}),
        ({"excellent": "110"}, {"ceiling": "formula.ceiling"}),
        ({"fewest_ranked": "0"}, {"fewest_ranked": "formula.between"}),
        ({f"ranked_{one}": "" for one in JUDGED}, {"ranked": "formula.nobody_ranked"}),
        (dict.fromkeys(("response", "timeliness", "solution", "satisfaction", "settlement"), "0"),
         {"response": "formula.no_weight"}),
    ],
)  # fmt: skip
def test_numbers_that_cannot_stand_are_named(changes: dict[str, str], wrong: dict[str, str]) -> None:
    assert wrong_in(**changes) == wrong


def test_a_number_that_cannot_be_read_is_told_of_alone_and_held_against_no_other() -> None:
    for number in NUMBERS:
        assert wrong_in(**{number.name: "x"}) == {number.name: "formula.not_a_number"}


def test_all_that_is_wrong_is_said_at_once_and_an_empty_form_names_every_number() -> None:
    with pytest.raises(Invalid) as refused:
        read_formula({})
    assert [error.field for error in refused.value.errors] == [*(number.name for number in NUMBERS), "ranked"]


def test_the_desk_cannot_be_ticked_to_be_ranked() -> None:
    assert read_formula(form_of(FORMULA, ranked_desk="yes")) == FORMULA


def test_what_differs_between_two_formulas_is_listed_in_the_order_of_the_form() -> None:
    other = replace(FORMULA, version=9, exam=10, response=20, ranked=(UnitClass.COUNTY,))
    assert changes_of(FORMULA, other) == (
        Change("response", "15", "20"),
        Change("exam", "0", "10"),
        Change("ranked", "department,county,township,utility", "county"),
    )
    assert changes_of(FORMULA, replace(FORMULA, version=9)) == ()


def test_a_formula_is_kept_with_every_number() -> None:
    text = pack(three_rates())
    assert all(f'"{name}":' in text for name in FIRST), "or a default that changes would change the past"
    assert unpack(text, Formula) == three_rates()


# What if.


@given(months_of_units)
def test_the_same_numbers_move_nobody(months: list[Assessed]) -> None:
    for found in moves(rank(months, FORMULA), replace(FORMULA, version=7)):
        assert found.moved == 0
        assert all(move.before == move.after for move in found.moves)


numbers_of = st.fixed_dictionaries({number.name: st.integers(number.least, number.most) for number in NUMBERS})


@given(months_of_units, numbers_of)
def test_what_is_tried_is_what_would_be_counted(months: list[Assessed], typed: dict[str, int]) -> None:
    other = replace(FORMULA, **typed)
    rows = rank(months, FORMULA)
    found = {move.before.unit: move for one in moves(rows, other) for move in one.moves}
    assert {unit: move.before for unit, move in found.items()} == {row.unit: row for row in rows}
    tried = {move.after.unit: move.after for move in found.values()}
    if (other.partly, other.fairly) == (FORMULA.partly, FORMULA.fairly):
        assert tried == {row.unit: row for row in rank(months, other)}
    assert all(0 <= (row.score or 0) <= other.ceiling for row in tried.values())


def test_the_biggest_moves_come_first_and_units_move_within_their_class_alone() -> None:
    fast = [f for case in numbers(9, "f") for f in (received(case), signed(case), fell_due(case))]
    slow = [f for case in numbers(9, "s") for f in (received(case), signed(case, False), replied(case))]
    between = [f for case in numbers(9, "b") for f in (received(case), signed(case, case > "b004"), replied(case))]
    few = [f for case in numbers(3, "w") for f in done(case)]
    months = [unit("fast", fast), unit("slow", slow), unit("between", between), unit("few", few)]
    months.append(unit("town", slow, UnitClass.TOWNSHIP))
    rows = rank(months, FORMULA)
    tried = moves(rows, replace(FORMULA, timeliness=0, fewest_ranked=3))
    departments, towns = tried
    shown = [(one.before.unit, one.before.rank, one.after.rank, one.places) for one in departments.moves]
    assert shown == [("few", None, 1, None), ("slow", 2, 4, -2), ("between", 1, 3, -2), ("fast", 3, 2, 1)]
    assert departments.moved == 4
    assert (towns.moved, towns.moves[0].places) == (0, 0)


def test_counting_by_other_worths_of_answers_needs_no_fact_again() -> None:
    facts = [fact for case in numbers(6) for fact in done(case)]
    generous = replace(FORMULA, partly=90)
    row = rank([Assessed("u", UnitClass.COUNTY, assess_unit(facts, FORMULA))], FORMULA)
    assert (
        moves(row, generous)[0].moves[0].after
        == rank([Assessed("u", UnitClass.COUNTY, assess_unit(facts, generous))], generous)[0]
    )


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.name)
def test_the_least_and_the_most_of_a_number_can_be_taken_and_one_beyond_is_refused_with_both(number: Number) -> None:
    for text, taken in ((number.least, True), (number.most, True), (number.most + 1, False)):
        refused = refusals(**{number.name: str(text)})
        own = [error for error in refused if error.field == number.name and error.code == "formula.between"]
        assert own == ([] if taken else [FieldError(number.name, "formula.between", between(number))])


@pytest.mark.parametrize("text", ["", " ", "12a", "１２", "1.5", "-1", "1000000"])
def test_what_is_no_number_of_the_form_is_named_as_such(text: str) -> None:
    (refused,) = [error for error in refusals(rework=text) if error.field == "rework"]
    assert refused.code == ("formula.not_a_number" if text.strip() else "field.empty")


def test_a_number_that_the_form_leaves_out_is_empty_and_one_of_six_digits_is_out_of_bounds() -> None:
    codes = {error.field: error.code for error in refusals(without="prior", rework="999999")}
    assert codes == {"prior": "field.empty", "rework": "formula.between"}


def test_only_the_classes_that_were_ticked_are_ranked() -> None:
    form = {name: typed for name, typed in form_of(Formula()).items() if not name.startswith("ranked_")}
    assert read_formula(form | {f"ranked_{JUDGED[0]}": "yes"}).ranked == JUDGED[:1]


def between(number: Number) -> tuple[tuple[str, str], ...]:
    """Between what it lies, as the refusal says it."""
    return (("least", str(number.least)), ("most", str(number.most)))


def refusals(without: str = "", **changes: str) -> list[FieldError]:
    """What is refused of the form that is in force, with these changes."""
    form = form_of(Formula(), **changes)
    form.pop(without, None)
    try:
        read_formula(form)
    except Invalid as refused:
        return list(refused.errors)
    return []
