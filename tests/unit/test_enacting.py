"""考核办法: who proposes, who puts in force, and which version counts which month."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.enacting import (
    FIRST,
    Draft,
    Enacted,
    drafted,
    dropped,
    enacted,
    in_force,
    may_draft,
    may_enact,
    open_months,
    restored,
)
from chalicelib.domain.errors import Invalid, NotAllowed, RuleBroken
from chalicelib.domain.formula import Formula
from chalicelib.domain.people import Staff
from chalicelib.domain.words import STAFF, Role

NOW = datetime(2026, 4, 9, 2, 0, tzinfo=UTC)
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
OFFICE = "petition-office"
SUPERVISOR, LEADER = Staff("s", "严督", Role.SUPERVISOR, OFFICE), Staff("l", "高远", Role.LEADER)
PEOPLE = [
    *(Staff(role.value, "某", role, OFFICE) for role in sorted(STAFF)),
    Staff("inspector", "某", Role.SUPERVISOR, "city-inspection"),
    Staff("nowhere", "某", Role.SUPERVISOR, None),
]


def version(number: int, since: date) -> Enacted:
    """A version in force from ``since`` on."""
    return Enacted(Formula(version=number), since)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: f"{person.role} of {person.unit}")
def test_supervisors_of_the_petition_office_propose_and_leaders_put_in_force(person: Staff) -> None:
    proposes = person.role is Role.SUPERVISOR and person.unit == OFFICE
    decides = person.role is Role.LEADER
    assert (may_draft(person, OFFICE), may_enact(person)) == (proposes, decides)
    draft = Draft(3, Formula(response=20), "s", "严督", NOW)
    steps: list[tuple[bool, Callable[[], object]]] = [
        (proposes, lambda: drafted(Formula(), None, "", person, NOW, OFFICE)),
        (proposes or decides, lambda: dropped(draft, person, NOW, OFFICE)),
        (decides, lambda: enacted(draft, MAY, FIRST, person, NOW, [MAY])),
        (decides, lambda: restored(FIRST, MAY, version(2, APRIL), person, NOW, [MAY])),
    ]
    for allowed, step in steps:
        if allowed:
            step()
        else:
            with pytest.raises(NotAllowed):
                step()


def test_what_was_proposed_becomes_the_next_version_as_it_stands() -> None:
    draft = drafted(Formula(response=20), None, "签收要快", SUPERVISOR, NOW, OFFICE)
    made = enacted(draft, MAY, version(4, APRIL), LEADER, NOW, [MAY])
    assert made.formula == Formula(version=5, response=20)
    assert (made.since, made.name, made.drafted_by, made.note) == (MAY, "高远", "严督", "签收要快")


def test_an_earlier_version_in_force_again_is_a_new_version() -> None:
    earlier = Enacted(Formula(version=2, exam=10), APRIL)
    made = restored(earlier, MAY, version(3, APRIL), LEADER, NOW, [MAY])
    assert (made.formula, made.restores) == (Formula(version=4, exam=10), 2)


def test_nothing_is_put_in_force_for_a_month_that_has_its_results() -> None:
    draft = Draft(1, Formula(), "s", "严督", NOW)
    with pytest.raises(Invalid) as refused:
        enacted(draft, APRIL, FIRST, LEADER, NOW, [MAY])
    assert refused.value.errors[0].code == "formula.month_closed"


def test_a_draft_that_was_dropped_cannot_be_put_in_force() -> None:
    gone = dropped(Draft(1, Formula(), "s", "严督", NOW), SUPERVISOR, NOW, OFFICE)
    assert gone.lock == 2
    with pytest.raises(RuleBroken, match=r"formula\.no_draft"):
        enacted(gone, MAY, FIRST, LEADER, NOW, [MAY])


def test_a_reason_that_is_too_long_is_refused() -> None:
    with pytest.raises(Invalid):
        drafted(Formula(), None, "长" * 201, SUPERVISOR, NOW, OFFICE)


def test_the_months_that_are_open_are_those_after_the_last_result() -> None:
    assert open_months([], date(2026, 4, 9))[:2] == [date(2026, 3, 1), APRIL]
    months = open_months([date(2026, 2, 1), date(2026, 3, 1)], date(2026, 4, 9))
    assert (months[0], months[-1]) == (APRIL, date(2027, 4, 1))
    assert open_months([], date(2026, 1, 31))[0] == date(2025, 12, 1)


def test_a_month_is_counted_by_the_last_version_that_was_put_in_force_for_it() -> None:
    versions = [version(2, date(2026, 6, 1)), version(3, APRIL)]
    assert in_force([], APRIL).version == 1
    assert in_force(versions, date(2026, 3, 1)).version == 1
    assert in_force(versions, MAY).version == 3
    assert in_force(versions, date(2026, 7, 1)).version == 3, "the last word"


months = st.dates(date(2026, 1, 1), date(2027, 12, 1)).map(lambda day: day.replace(day=1))


@given(st.lists(months, max_size=6), months, months)
def test_a_new_version_changes_no_month_before_the_one_from_which_it_holds(
    since: list[date], new: date, month: date
) -> None:
    versions = [version(number, day) for number, day in enumerate(since, start=2)]
    after = [*versions, version(len(versions) + 2, new)]
    if month < new:
        assert in_force(after, month) == in_force(versions, month)
    else:
        assert in_force(after, month) == after[-1]
    assert in_force(reversed(after), month) == in_force(after, month)
