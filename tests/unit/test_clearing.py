"""一日一清理: where a case stands on the morning's list, and what is never said of a sealed one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.domain.case import Case
from chalicelib.domain.clearing import MOST_SHOWN, Arrivals, Clearing, Collecting, Part, endorsed, of_unit, parts_of
from chalicelib.domain.clocks import Clock
from chalicelib.domain.errors import Invalid, NotAllowed
from chalicelib.domain.order import Order
from chalicelib.domain.people import Staff
from chalicelib.domain.words import STAFF, Channel, ClockName, Kind, Role, State

DAY = date(2026, 10, 17)
NOW = datetime(2026, 10, 16, 16, 10, tzinfo=UTC)  # ten past midnight in Shanghai
NOTHING_CAME = Arrivals(DAY - timedelta(days=1), 0, {}, {})


def case(number: int, state: State, due: datetime | None = None, unit: str | None = "urban-management") -> Case:
    """A case with one clock."""
    clocks = () if due is None else (Clock(ClockName.HANDLE, NOW, NOW, due, None),)
    return Case(
        f"{number:012}", 1, "", state, Kind.APPEAL, Channel.WEB, "hotline", "标题", False, NOW, (), clocks, None, NOW,
        unit=unit,
    )  # fmt: skip


def at(day: int, hour: int) -> datetime:
    """An hour of a day of October, in UTC."""
    return datetime(2026, 10, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "part"),
    [
        (NOW - timedelta(microseconds=1), Part.OVERDUE),
        (NOW, Part.DUE_TODAY),
        (at(17, 16), Part.DUE_TODAY),  # midnight ends the day before it
        (at(17, 16) + timedelta(microseconds=1), Part.DUE_TOMORROW),
        (at(18, 16), Part.DUE_TOMORROW),
        (at(18, 17), None),
        (None, None),
    ],
)
def test_a_term_falls_due_on_its_last_day_in_shanghai(due: datetime | None, part: Part | None) -> None:
    assert parts_of(case(1, State.IN_HANDLING, due), DAY, NOW, None) == ([part] if part else [])


def test_what_waits_for_the_desk_waits_to_be_registered_or_dispatched() -> None:
    for state, part in ((State.RECEIVED, Part.REGISTRATION), (State.REGISTERED, Part.DISPATCH),
                        (State.ACCEPTED, Part.DISPATCH), (State.RETURNED, Part.DISPATCH)):  # fmt: skip
        assert parts_of(case(1, state), DAY, NOW, None) == [part]


def test_an_answer_waits_long_for_approval_after_two_days_whatever_else_happened() -> None:
    waiting = case(1, State.AWAITING_APPROVAL)
    assert parts_of(waiting, DAY, NOW, NOW - timedelta(days=2)) == [Part.APPROVAL]
    assert parts_of(waiting, DAY, NOW, NOW - timedelta(days=2) + timedelta(seconds=1)) == []


def list_of(*cases: Case) -> Clearing:
    """The morning's list of these cases."""
    collecting = Collecting(DAY, NOW)
    for one in cases:
        collecting.add(one)
    return collecting.closed(NOTHING_CAME, ())


def test_the_worst_stands_first_and_all_are_counted_though_only_some_are_shown() -> None:
    late = [case(number, State.IN_HANDLING, NOW - timedelta(hours=number)) for number in range(1, 5 * MOST_SHOWN)]
    other = case(9999, State.IN_HANDLING, NOW - timedelta(minutes=1), unit="city-water")
    clearing = list_of(*late, other)
    shown = clearing.parts[Part.OVERDUE]
    assert (clearing.counts[Part.OVERDUE], len(shown)) == (5 * MOST_SHOWN, MOST_SHOWN)
    assert shown[0].case_id == late[-1].case_id
    assert list(clearing.overdue_by_unit.items()) == [("urban-management", 5 * MOST_SHOWN - 1), ("city-water", 1)]
    assert list_of(other, *late[::-1]) == clearing


def test_a_higher_level_of_supervision_stands_before_an_older_term() -> None:
    first = replace(case(1, State.IN_HANDLING, NOW - timedelta(days=9)), order=Order(1, NOW, None))
    third = replace(case(2, State.IN_HANDLING, NOW - timedelta(days=1)), order=Order(3, NOW, None))
    assert [one.case_id for one in list_of(first, third).parts[Part.SUPERVISED]] == [third.case_id, first.case_id]


def test_of_a_sealed_case_the_number_and_the_unit_are_said_and_it_is_never_cut_off() -> None:
    sealed = replace(case(7, State.IN_HANDLING, NOW - timedelta(minutes=1)), sealed=True, area="990102", category="x")
    late = [case(number, State.IN_HANDLING, NOW - timedelta(days=number)) for number in range(10, 10 + MOST_SHOWN)]
    told = list_of(*late, sealed).parts[Part.OVERDUE][0]
    assert (told.case_id, told.unit, told.sealed) == (sealed.case_id, sealed.unit, True)
    assert (told.state, told.due_at, told.kind, told.area, told.category, told.level) == (None,) * 5 + (0,)


def test_a_unit_s_part_has_nothing_of_another_s() -> None:
    clearing = list_of(
        case(1, State.IN_HANDLING, NOW - timedelta(days=1)),
        case(2, State.IN_HANDLING, NOW - timedelta(days=1), unit="city-water"),
    )
    part = of_unit(clearing, "city-water")
    assert [one.case_id for one in part.parts[Part.OVERDUE]] == ["000000000002"]
    assert (part.counts[Part.OVERDUE], part.overdue_by_unit) == (1, {"city-water": 1})


@pytest.mark.parametrize("role", sorted(STAFF))
def test_leaders_endorse_and_nobody_else(role: Role) -> None:
    staff = Staff("x", "高远", role, office="市长")
    if role is Role.LEADER:
        assert endorsed(staff, " 已阅。 ", NOW).words == "已阅。"
        assert endorsed(staff, "已阅。", NOW).name == "高远（市长）"
    else:
        with pytest.raises(NotAllowed):
            endorsed(staff, "已阅。", NOW)


@pytest.mark.parametrize("words", ["", "   ", "字" * 1001, "a\x00b"])
def test_an_endorsement_says_something_and_not_too_much(words: str) -> None:
    with pytest.raises(Invalid):
        endorsed(Staff("x", "高远", Role.LEADER), words, NOW)
