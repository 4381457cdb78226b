"""The year's plan: published figures that fit together, and fractions of them that still do."""

from collections import Counter
from datetime import UTC
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.city_faults import faults_of
from chalicelib.domain.words import Kind, Level
from chalicelib.storage.records import pack
from infra.year.city import PLACES, SECRETARY_BOX, city_of_the_year, county_code
from infra.year.marginals import CASES, COUNTIES, DISTRICT, MAILBOXES, hamilton, places, scaled
from infra.year.plan import BEGINS, COUNTS_FOR, ENDS, YEAR, Box, Fate, Letter, plan
from infra.year.writing import write

ITEM = 400 * 1024  # bytes that DynamoDB takes as one item
FRACTIONS = st.fractions(min_value=Fraction(20, CASES), max_value=1, max_denominator=CASES)
SEEDS = st.integers(min_value=0, max_value=9_999)
SMALL = st.integers(min_value=20, max_value=400).map(lambda cases: Fraction(cases, CASES))


def received(letters: list[Letter]) -> Counter[str]:
    return Counter(letter.place for letter in letters)


def handled(letters: list[Letter]) -> Counter[str]:
    return Counter(letter.place for letter in letters if letter.fate is not Fate.UNANSWERED)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_whole_year_has_the_published_figures_to_the_last_letter(seed: int) -> None:
    letters = plan(Fraction(1), seed)
    assert len(letters) == 42_565
    boxes, fates = Counter(letter.box for letter in letters), Counter(letter.fate for letter in letters)
    assert (boxes[Box.SECRETARY] + boxes[Box.CITY], boxes[Box.COUNTY], boxes[Box.TOWNSHIP]) == (21_661, 20_004, 900)
    assert boxes[Box.SECRETARY] == 14_512
    assert fates[Fate.ON_TIME] == 40_540
    answered = fates[Fate.ON_TIME] + fates[Fate.LATE]
    assert round(100 * answered / len(letters), 2) == 98.02
    assert sum(letter.kind is Kind.ADVICE for letter in letters) == 11_477
    secretary = [letter for letter in letters if letter.box is Box.SECRETARY]
    assert sum(letter.kind is Kind.ADVICE for letter in secretary) == 6_015
    assert sum(letter.in_person for letter in secretary) == sum(letter.in_person for letter in letters) == 6_415
    assert {place: (received(letters)[place], handled(letters)[place]) for place in COUNTIES} == COUNTIES
    assert received(letters)[DISTRICT] == 42_565 - 32_707


def test_the_five_counties_table_leaves_the_citys_own_district_a_possible_rest() -> None:
    received, handled = places()[DISTRICT]
    assert 0 < handled < received


@given(FRACTIONS)
@settings(max_examples=200, deadline=None)
def test_the_figures_of_any_fraction_add_up_and_none_is_off_by_more_than_a_letter(fraction: Fraction) -> None:
    figures = scaled(fraction)
    answered = figures.on_time + figures.late
    assert sum(figures.received(place) for place in PLACES) == figures.cases
    assert sum(figures.handled.values()) == answered
    assert figures.secretary + figures.city_other + figures.county + figures.township == figures.cases
    assert abs(figures.cases - fraction * CASES) <= Fraction(1, 2)
    share = Fraction(figures.cases, CASES)
    for place, (came, done) in places().items():
        assert abs(figures.handled[place] - done * share) < 1
        assert abs(figures.unhandled[place] - (came - done) * share) < 1
    assert figures.unhandled["Lianping"] == 0


@given(SMALL, SEEDS)
@settings(max_examples=60, deadline=None)
def test_the_plan_of_any_fraction_and_seed_deals_out_exactly_those_figures(fraction: Fraction, seed: int) -> None:
    figures, letters = scaled(fraction), plan(fraction, seed)
    fates = Counter(letter.fate for letter in letters)
    assert (fates[Fate.ON_TIME], fates[Fate.LATE]) == (figures.on_time, figures.late)
    for place in PLACES:
        assert received(letters)[place] == figures.received(place)
        assert handled(letters)[place] == figures.handled[place]
    boxes = Counter(letter.box for letter in letters)
    assert (boxes[Box.SECRETARY], boxes[Box.TOWNSHIP]) == (figures.secretary, figures.township)
    assert sum(letter.kind is Kind.ADVICE for letter in letters) == figures.advice
    chosen = [letter for letter in letters if letter.in_person]
    assert len(chosen) == figures.in_person
    assert all(letter.box is Box.SECRETARY and letter.fate is not Fate.UNANSWERED for letter in chosen)


@given(SMALL, SEEDS)
@settings(max_examples=30, deadline=None)
def test_letters_come_in_their_order_within_the_year_and_who_comes_again_soon_is_no_first_petition(
    fraction: Fraction, seed: int
) -> None:
    letters = plan(fraction, seed)
    assert [letter.filed_at for letter in letters] == sorted(letter.filed_at for letter in letters)
    assert {letter.filed_at.astimezone(SHANGHAI).year for letter in letters} == {YEAR}
    assert all(BEGINS <= letter.filed_at < ENDS and letter.filed_at.tzinfo is UTC for letter in letters)
    latest: dict[int, Letter] = {}
    for letter in letters:
        before = latest.get(letter.person)
        assert letter.first == (before is None or letter.filed_at - before.filed_at > COUNTS_FOR)
        latest[letter.person] = letter


def test_the_same_seed_gives_the_same_letters_and_another_gives_others() -> None:
    fraction = Fraction(1, 200)
    one, again, other = ([write(letter, seed) for letter in plan(fraction, seed)] for seed in (7, 7, 8))
    assert one == again
    assert one != other


def test_a_letter_lies_in_its_place_and_goes_to_a_mailbox_of_its_level() -> None:
    city = city_of_the_year()
    levels = {Box.SECRETARY: Level.CITY, Box.CITY: Level.CITY, Box.COUNTY: Level.COUNTY, Box.TOWNSHIP: Level.TOWNSHIP}
    for letter in plan(Fraction(1, 100), 1):
        form = write(letter, 1).form
        box = city.mailbox(form.mailbox)
        assert box is not None
        keeper = city.unit(box.keeper)
        assert keeper is not None
        assert keeper.level is levels[letter.box]
        assert (box.id == SECRETARY_BOX) == (letter.box is Box.SECRETARY)
        code = county_code(letter.place)
        assert city.within(str(form.area), code)
        if keeper.level is not Level.CITY:
            assert city.within(keeper.area, code)


def test_the_city_of_the_year_holds_together_has_its_mailboxes_and_fits_one_item() -> None:
    city = city_of_the_year()
    assert faults_of(city) == []
    assert len(city.mailboxes) == len({box.name.zh for box in city.mailboxes}) == MAILBOXES
    assert {unit.level for unit in city.units} == set(Level)
    assert len(pack(city).encode()) < ITEM


@given(st.lists(st.integers(min_value=0, max_value=500), min_size=1, max_size=9).filter(any), st.integers(0, 5_000))
def test_shares_by_the_largest_remainder_are_the_whole_and_near_what_is_due(weights: list[int], total: int) -> None:
    shares = hamilton(weights, total)
    assert sum(shares) == total
    for weight, share in zip(weights, shares, strict=True):
        assert abs(share - Fraction(weight * total, sum(weights))) < 1
        assert share == 0 or weight > 0
