"""一月一办结: whatever the ledgers hold, totals are the sum of their parts, and say nothing of who is sealed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.city import default_city
from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.facts import CITY, About
from chalicelib.domain.periods import Period, Span, period_of, read_period, shifted
from chalicelib.domain.report_tables import (
    CountyRow,
    added,
    by_class,
    by_group,
    by_level,
    county_table,
)
from chalicelib.domain.reports import Listing, Measure, Table, Tally, Totals, merged
from chalicelib.domain.trends import FEWEST, GROWN, Change, Topic, budding, change, hot, topics
from chalicelib.domain.words import Channel, Kind, Level, Satisfaction, Solved

CITY_SETTINGS = default_city()
FEWER = settings(max_examples=40)  # each is a city's ledgers, of twenty cases
AT = datetime(2026, 10, 5, 2, tzinfo=UTC)
Told = tuple[str, str, About, tuple[Fact, ...]]  # unit, case, about, facts
CITY_KINDS = (
    FactKind.ARRIVED,
    FactKind.JOINED,
    FactKind.DECLINED,
    FactKind.REFERRED,
    FactKind.WITHDRAWN,
    FactKind.TOLD,
)
UNIT_KINDS = tuple(kind for kind in FactKind if kind not in CITY_KINDS)

abouts = st.builds(
    About,
    kind=st.sampled_from(Kind),
    channel=st.sampled_from(Channel),
    mailbox=st.sampled_from([box.id for box in CITY_SETTINGS.mailboxes]),
    area=st.sampled_from([None, "no such place", *(area.code for area in CITY_SETTINGS.areas)]),
    category=st.sampled_from([None, "no such subject", *(one.id for one in CITY_SETTINGS.categories)]),
    people=st.integers(1, 30),
    voices=st.integers(1, 3),
    sealed=st.booleans(),
)


def facts(kinds: tuple[FactKind, ...]) -> st.SearchStrategy[tuple[Fact, ...]]:
    """Any facts of a case that a ledger may hold."""
    made = st.builds(
        Fact,
        kind=st.sampled_from(kinds),
        case_id=st.just(""),
        receipt=st.sampled_from(["r1", "r2", "r3"]),
        at=st.integers(0, 20).map(lambda days: AT + timedelta(days=days)),
        in_time=st.sampled_from([None, True, False]),
        solved=st.sampled_from([None, *Solved]),
        satisfaction=st.sampled_from([None, *Satisfaction]),
        level=st.sampled_from([None, 1, 2, 3]),
        first_petition=st.booleans(),
        again=st.sampled_from([None, True]),
    )
    return st.lists(made, max_size=6).map(tuple)


_units = [unit.id for unit in CITY_SETTINGS.units[:6]]
ledgers = st.dictionaries(
    st.tuples(st.sampled_from([CITY, *_units]), st.integers(1, 12).map(lambda number: f"case-{number:03}")),
    st.tuples(abouts, facts(CITY_KINDS), facts(UNIT_KINDS)),
    max_size=20,
).map(
    lambda told: [
        (unit, case, about, of_city if unit == CITY else of_unit)
        for (unit, case), (about, of_city, of_unit) in told.items()
    ]
)


def counted(told: list[Told]) -> Totals:
    """The totals of what the ledgers say."""
    tally = Tally()
    for one in told:
        tally.add(*one)
    return tally.totals()


@FEWER
@given(ledgers)
def test_each_table_adds_up_to_the_whole(told: list[Told]) -> None:
    totals = counted(told)
    for table in (Table.KIND, Table.CHANNEL, Table.MAILBOX, Table.AREA, Table.CATEGORY):
        assert added(totals.of(table).values()) == totals.all, table
    of_units = counted([one for one in told if one[0] != CITY])
    assert added(totals.of(Table.UNIT).values()) == of_units.all


@FEWER
@given(ledgers, st.randoms())
def test_the_order_in_which_ledgers_are_read_is_nothing_and_a_fact_told_twice_counts_once(
    told: list[Told], chance: object
) -> None:
    mixed = [(unit, case, about, (*found[::-1], *found)) for unit, case, about, found in told]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert counted(mixed) == counted(told)
    assert str(counted(mixed)) == str(counted(told)), "the same to the byte"


@FEWER
@given(ledgers, st.integers(0, 20))
def test_a_city_counted_in_parts_is_the_city(told: list[Told], cut: int) -> None:
    assert merged([counted(told[:cut]), counted(told[cut:])]) == counted(told)
    assert merged([counted(told)]) == counted(told)
    assert merged([]) == Totals()


@FEWER
@given(ledgers)
def test_the_counties_and_what_lies_in_none_are_the_whole_city(told: list[Told]) -> None:
    totals = counted(told)
    rows = county_table(totals, CITY_SETTINGS)
    assert sum(row.received for row in rows) == totals.all.get(Measure.ARRIVED, 0)
    assert sum(row.handled for row in rows) == totals.all.get(Measure.HANDLED, 0)
    assert len({row.area for row in rows}) == len(rows)
    for grouped in (by_level(totals, CITY_SETTINGS, level) for level in Level):
        assert added(grouped.values()) == totals.all
    assert added(by_group(totals, CITY_SETTINGS).values()) == totals.all
    assert added(by_class(totals, CITY_SETTINGS).values()) == added(totals.of(Table.UNIT).values())


@FEWER
@given(ledgers)
def test_nothing_is_told_of_a_sealed_case_but_that_it_counts(told: list[Told]) -> None:
    sealed = [(unit, case, replace(about, sealed=True), found) for unit, case, about, found in told]
    totals = counted(sealed)
    assert totals.all == counted(told).all
    assert totals.lists == {}
    assert totals.of(Table.TOPIC) == {}
    assert set(totals.of(Table.CATEGORY)) <= {""}


@FEWER
@given(ledgers)
def test_the_parts_of_a_figure_never_exceed_it(told: list[Told]) -> None:
    counts = counted(told).all
    number: Callable[[Measure], int] = lambda measure: counts.get(measure, 0)  # noqa: E731
    assert number(Measure.FIRST) + number(Measure.REPEATED) == number(Measure.ARRIVED)
    assert number(Measure.ON_TIME) <= number(Measure.ANSWERED) <= number(Measure.DUE)
    assert number(Measure.OVERDUE) <= number(Measure.DUE)
    assert number(Measure.SATISFIED) + number(Measure.FAIRLY) + number(Measure.UNSATISFIED) <= number(Measure.RATED)
    assert number(Measure.PEOPLE) >= number(Measure.ARRIVED)


def test_handled_is_who_has_an_answer_and_an_answer_after_a_rework_is_not_another() -> None:
    here = About(Kind.APPEAL, Channel.WEB, "hotline", area="990102")

    def fact(kind: FactKind, receipt: str = "", **more: bool) -> Fact:
        return Fact(kind, "", receipt, AT, **more)  # type: ignore[arg-type]

    two = (fact(FactKind.ARRIVED, "b"), fact(FactKind.ARRIVED, "c"))
    told: list[Told] = [
        (CITY, "1", here, (fact(FactKind.ARRIVED, "a"),)),
        ("u", "1", here, (fact(FactKind.REPLIED, "a", in_time=True),)),
        (CITY, "2", replace(here, voices=2), (*two, fact(FactKind.DECLINED))),
        (CITY, "3", here, (fact(FactKind.ARRIVED, "d"), fact(FactKind.TOLD, "d"))),
        (CITY, "4", here, (fact(FactKind.ARRIVED, "e"), fact(FactKind.WITHDRAWN))),
        ("u", "5", here, (fact(FactKind.REPLIED, "f", in_time=True, again=True),)),
    ]  # fmt: skip
    totals = counted(told)
    assert (totals.all[Measure.ARRIVED], totals.all[Measure.HANDLED]) == (5, 4)
    assert totals.all[Measure.ANSWERED] == 2
    row = next(row for row in county_table(totals, CITY_SETTINGS) if row.area == "990102")
    assert (row.received, row.handled, row.rate) == (5, 4, Decimal("80.00"))


@pytest.mark.parametrize(
    ("received", "handled", "rate"),
    [(5464, 5239, "95.88"), (7339, 7273, "99.10"), (9595, 9238, "96.28"), (7654, 7567, "98.86"), (2655, 2655, "100.00"),
     (8, 1, "12.50"), (3, 2, "66.67"), (0, 0, None)],
)  # fmt: skip
def test_a_county_s_rate_has_two_places(received: int, handled: int, rate: str | None) -> None:
    assert CountyRow("x", received, handled).rate == (None if rate is None else Decimal(rate))


@given(st.integers(0, 10**6), st.one_of(st.none(), st.integers(0, 10**6)))
def test_no_comparison_divides_by_nought(now: int, before: int | None) -> None:
    found = change(Measure.ARRIVED, {Measure.ARRIVED: now}, None if before is None else {Measure.ARRIVED: before})
    assert found == Change(now, before)
    assert (found.ratio is None) == (not before)
    if found.ratio is not None and before:
        assert found.ratio == Fraction(now, before) - 1


def _topics(**numbers: int) -> dict[tuple[str, str], Topic]:
    return {(name, ""): Topic(name, "", number, number) for name, number in numbers.items()}


def test_one_that_becomes_two_is_no_trend_and_five_against_none_is_one() -> None:
    now, before = _topics(small=2, wages=FEWEST, roads=30, steady=9), _topics(small=3, roads=15, steady=27)
    found = budding(now, 1, before)
    assert [one.topic.category for one in found] == ["wages", "roads"]
    assert found[0].times is None, "it is new"
    assert found[1].times == 6


def test_a_quarter_s_topics_are_measured_by_the_month() -> None:
    (found,) = budding(_topics(wages=30), 3, _topics(wages=15))
    assert [found.monthly, found.usual, found.times] == [10, 5, GROWN]
    assert budding(_topics(wages=14), 3, _topics(wages=0)) == (), "fewer than five a month"
    assert budding(_topics(wages=300), 3, None) == (), "nothing is known of the months before"


def test_what_most_people_wrote_about_is_hot_and_townships_are_in_their_county() -> None:
    township = next(area for area in CITY_SETTINGS.areas if area.level is Level.TOWNSHIP)
    subject = CITY_SETTINGS.categories[0].id
    here = About(Kind.APPEAL, Channel.WEB, "hotline", area=township.code, category=subject, people=20)
    arrived = (Fact(FactKind.ARRIVED, "", "a", AT),)
    totals = counted([(CITY, "1", here, arrived), (CITY, "2", replace(here, area=township.parent, people=1), arrived)])
    assert topics(totals, CITY_SETTINGS) == {(subject, township.parent): Topic(subject, township.parent or "", 2, 21)}
    assert hot(_topics(a=1, b=3, c=2), most=2) == (Topic("b", "", 3, 3), Topic("c", "", 2, 2))


def test_overdue_and_repeated_matters_are_named_and_the_first_five_hundred_are_kept() -> None:
    about = About(Kind.APPEAL, Channel.WEB, "hotline", first_petition=False)
    late = (Fact(FactKind.DUE, "", "a", AT, in_time=False),)
    told: list[Told] = [("u", f"{number:012}", about, late) for number in range(1200)]
    named = counted(told[::-1]).lists[Listing.OVERDUE]
    assert [one.case_id for one in named] == [f"{number:012}" for number in range(500)]
    assert merged([counted(told[:700]), counted(told[700:])]) == counted(told)


@given(st.dates(date(2000, 1, 1), date(2999, 12, 31)), st.sampled_from(Span))
def test_a_period_is_read_as_it_is_named_and_follows_the_one_before(day: date, span: Span) -> None:
    period = period_of(span, day)
    assert period.first <= day <= period.last
    assert read_period(period.key) == period
    assert shifted(period.before.months[-1], 1) == period.first
    assert period.year_before.first == shifted(period.first, -12)
    assert Period(Span.MONTH, period.months[0]).first == period.first


@pytest.mark.parametrize("text", ["", "2026-1", "2026-13", "2026-Q5", "1999", "26", "２０２６", "2026-10-01", "2026\n"])
def test_what_names_no_period_is_none(text: str) -> None:
    assert read_period(text) is None
