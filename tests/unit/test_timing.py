"""A clock stands still while the citizen owes an answer, and runs longer when the desk grants it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import asking, extending
from chalicelib.domain.clocks import Clock
from chalicelib.domain.errors import Invalid, RuleBroken
from chalicelib.domain.events import LightChanged, Resumed
from chalicelib.domain.words import Action, ClockName, Light, Role, State
from tests.unit.matter import ACTORS, FIRST, MONDAY, TRADE, Matter

HANDLER, HEAD, CLERK = ACTORS[Role.HANDLER], ACTORS[Role.HEAD], ACTORS[Role.CLERK]


def term(matter: Matter) -> Clock:
    """The term to answer, as it runs."""
    return next(clock for clock in matter.case.clocks if clock.name is ClockName.HANDLE)


def test_while_the_citizen_is_asked_the_light_is_grey_and_nobody_is_late() -> None:
    matter = Matter().at(State.IN_HANDLING).take(Action.ASK, HANDLER)
    assert matter.case.light is Light.GREY
    assert matter.case.next_due_at(matter.now) == matter.case.waiting.until if matter.case.waiting else None
    matter.later(days=14)
    assert matter.swept() == []


@given(st.integers(0, 14 * 24))
def test_a_term_is_put_off_by_the_whole_days_that_it_stood(hours: int) -> None:
    matter = Matter().at(State.IN_HANDLING)
    before = term(matter)
    matter.take(Action.ASK, HANDLER).later(hours=hours).take(Action.SUPPLEMENT, ACTORS[Role.CITIZEN], FIRST)
    after = term(matter)
    assert matter.case.state is State.IN_HANDLING
    put_off = after.due_at - before.due_at
    assert put_off == timedelta(days=-(-hours // 24))
    assert after.lawful_by is not None
    assert before.lawful_by is not None
    assert after.lawful_by - before.lawful_by == put_off


@given(st.integers(0, 60))
def test_silence_ends_the_waiting_at_its_term_however_late_the_sweep_comes(days: int) -> None:
    late, punctual = (Matter().at(State.IN_HANDLING).take(Action.ASK, HANDLER) for _ in range(2))
    assert punctual.case.waiting is not None
    until = punctual.case.waiting.until
    punctual.now, late.now = until, until + timedelta(days=days)
    assert isinstance(punctual.swept()[0], Resumed)
    assert isinstance(late.swept()[0], Resumed)
    assert term(late) == term(punctual)
    punctual.later(days=days)
    for _ in range(days):
        punctual.swept()
    assert late.case.light == punctual.case.light or any(isinstance(e.payload, LightChanged) for e in late.events)


def test_the_unit_may_go_on_without_the_answer() -> None:
    matter = Matter().at(State.IN_HANDLING)
    before = term(matter)
    for _ in range(3):
        matter.take(Action.ASK, HANDLER).later(hours=1).take(Action.RESUME, HANDLER)
    assert matter.case.light is Light.GREEN
    assert term(matter).due_at == before.due_at  # no day is won by asking and not waiting
    matter.take(Action.ASK, HANDLER).later(hours=47).take(Action.RESUME, HANDLER)
    assert term(matter).due_at == before.due_at + timedelta(days=1)


def test_an_extension_needs_the_head_and_the_desk_and_moves_both_ends() -> None:
    matter = Matter().at(State.IN_HANDLING)
    before = term(matter)
    matter.take(Action.ASK_EXTENSION, HANDLER)
    with pytest.raises(RuleBroken, match="not_endorsed"):
        matter.take(Action.GRANT_EXTENSION, CLERK)
    matter.take(Action.ENDORSE_EXTENSION, HEAD).take(Action.GRANT_EXTENSION, CLERK)
    assert term(matter).due_at - before.due_at == timedelta(days=10)
    assert matter.case.extended == 10
    assert matter.case.extension is None


def test_what_the_head_asks_is_endorsed() -> None:
    matter = Matter().at(State.IN_HANDLING)
    asked = extending.ask_extension(matter.case, "要请专家鉴定。", 5, HEAD, matter.now, TRADE)
    assert asked.endorsed


def test_a_refused_extension_changes_no_term_and_may_be_asked_again() -> None:
    matter = Matter().at(State.IN_HANDLING)
    before = term(matter)
    matter.take(Action.ASK_EXTENSION, HANDLER).take(Action.REFUSE_EXTENSION, HEAD)
    assert term(matter) == before
    matter.take(Action.ASK_EXTENSION, HANDLER)


@pytest.mark.parametrize("days", [0, -1, 31])
def test_no_matter_is_extended_by_more_than_the_law_gives(days: int) -> None:
    matter = Matter().at(State.IN_HANDLING)
    with pytest.raises(Invalid) as refused:
        extending.ask_extension(matter.case, "要请专家鉴定。", days, HANDLER, matter.now, TRADE)
    assert [error.field for error in refused.value.errors] == ["days"]


def test_the_law_s_thirty_days_are_of_all_extensions_together() -> None:
    matter = Matter().at(State.IN_HANDLING)
    for _ in range(3):
        matter.take(Action.ASK_EXTENSION, HANDLER).take(Action.ENDORSE_EXTENSION, HEAD)
        matter.take(Action.GRANT_EXTENSION, CLERK)
    assert matter.case.extended == 30
    with pytest.raises(Invalid):
        matter.take(Action.ASK_EXTENSION, HANDLER)


def test_an_extension_is_asked_for_in_time_or_not_at_all() -> None:
    matter = Matter().at(State.IN_HANDLING)
    matter.now = term(matter).due_at + timedelta(seconds=1)
    with pytest.raises(RuleBroken, match="too_late"):
        matter.take(Action.ASK_EXTENSION, HANDLER)


def test_clocks_that_run_cannot_be_let_go_on() -> None:
    with pytest.raises(ValueError, match="running"):
        asking.resume(Matter().at(State.IN_HANDLING).case, MONDAY, asking.BY_THE_UNIT)
