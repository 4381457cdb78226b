"""Who may do what to a case, where: every role, state and action against the one table."""

import pytest

from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotAllowed, NotYours, RuleBroken, WrongState
from chalicelib.domain.events import Actor
from chalicelib.domain.moves import MOVES, Move, Seat, open_to, permit
from chalicelib.domain.words import ENDED, UNIT_ROLES, Action, Kind, Role, State
from tests.unit.matter import ACTORS, MONDAY, OTHER_UNIT, ROADS, Matter, acting

STANDING = {state: Matter().at(state).case for state in State}
TRIPLES = [(role, state, action) for role in Role for state in State for action in Action]


def the_error(role: Role, state: State, action: Action) -> type[Exception] | None:
    """What the table promises; None where the step is permitted."""
    move = MOVES[action]
    for_the_desk = role is Role.CLERK and STANDING[state].direct and move.direct
    if role not in move.roles and not for_the_desk:
        return NotAllowed
    if role in UNIT_ROLES and not theirs(STANDING[state], move, acting(role, STANDING[state]).unit):
        return NotYours
    if state not in move.states:
        return WrongState
    broken = any(not need.holds(STANDING[state], acting(role, STANDING[state]), MONDAY) for need in move.needs)
    return RuleBroken if broken else None


def theirs(case: Case, move: Move, unit: str | None) -> bool:
    """Whether the people of ``unit`` may take the step at all."""
    holders: dict[Seat, set[str | None]] = {
        Seat.LEAD: {case.in_charge},
        Seat.FIRST_ASKED: {case.first_asked},
        Seat.ASSISTING: set(case.assisting),
        Seat.OFFICE: {office for office in case.overseen_by if office != case.in_charge},
        Seat.KEEPER: {case.keeper} - {case.in_charge},
    }
    return any(unit is not None and unit in holders[seat] for seat in move.seats)


def test_every_action_has_its_row_and_every_state_its_road() -> None:
    assert set(MOVES) == set(Action)
    assert set(ROADS) == set(State)
    assert {state: case.state for state, case in STANDING.items()} == {state: state for state in State}


def what_comes(role: Role, state: State, action: Action) -> object:
    """The row of the table by which the step is permitted, or the error's type."""
    try:
        return permit(STANDING[state], action, acting(role, STANDING[state]), MONDAY)
    except Exception as error:
        return type(error)


@pytest.mark.parametrize("role", Role)
def test_the_table_alone_says_who_may_take_which_step_where(role: Role) -> None:
    rows = [triple for triple in TRIPLES if triple[0] is role]
    assert len(rows) == len(State) * len(Action)
    expected = {row: the_error(*row) or MOVES[row[2]] for row in rows}
    assert {row: what_comes(*row) for row in rows} == expected


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_what_is_offered_is_exactly_what_is_permitted(role: Role, state: State) -> None:
    offered = open_to(STANDING[state], acting(role, STANDING[state]), MONDAY)
    assert offered == [action for action in MOVES if the_error(role, state, action) is None]


PERMITTED = [triple for triple in TRIPLES if the_error(*triple) is None]
AFTER_A_PARTIAL_REPLY = (
    State.RETURNED,
    State.WAITING,
    State.IN_CONFERENCE,
    State.WITH_AGENCY,
    State.DISPATCHED,
    State.IN_HANDLING,
    State.AWAITING_APPROVAL,
)
"""Where a rating is possible only after one: see test_rating."""


def where_it_goes(state: State, action: Action) -> State:
    """Where a case stands after a step."""
    to = MOVES[action].to
    if to is not None:
        return to
    if action is Action.SUPPLEMENT and state is State.WAITING:
        return State.IN_HANDLING  # it was waited for
    if action in (Action.HOLD_CONFERENCE, Action.CALL_OFF_CONFERENCE):
        return State.IN_HANDLING  # the unit had signed for it
    if action is Action.REPLY:
        return State.REPLIED
    if action is Action.WITHDRAW:
        return State.WITHDRAWN
    if action in (Action.DECIDE_REVIEW, Action.RATE):
        return State.CONCLUDED  # upheld, for the first time; the only citizen is content
    return state


def where_it_went(role: Role, state: State, action: Action) -> object:
    """Where a case stands once the step was taken, or the error instead."""
    matter = Matter().at(state)
    if action is Action.HOLD_CONFERENCE:
        matter.later(days=3)
    try:
        matter.later(minutes=5).take(action, acting(role, matter.case))
    except Exception as error:
        return error
    return matter.case.state


@pytest.mark.parametrize("role", sorted({role for role, _, _ in PERMITTED}))
def test_a_case_stands_where_the_table_says_it_goes(role: Role) -> None:
    rows = [
        (role, state, action)
        for actor, state, action in PERMITTED
        if actor is role and not (action is Action.RATE and state in AFTER_A_PARTIAL_REPLY)
    ]
    assert rows
    assert {row: where_it_went(*row) for row in rows} == {row: where_it_goes(*row[1:]) for row in rows}


@pytest.mark.parametrize("action", [action for action, move in MOVES.items() if move.roles & UNIT_ROLES])
def test_a_unit_never_moves_another_units_case(action: Action) -> None:
    for state in State:
        for role in MOVES[action].roles & UNIT_ROLES:
            with pytest.raises(NotYours):
                permit(STANDING[state], action, Actor(role, "someone", OTHER_UNIT), MONDAY)


@pytest.mark.parametrize("role", sorted(UNIT_ROLES))
def test_who_belongs_to_no_unit_moves_no_case_that_has_none(role: Role) -> None:
    nobody = Actor(role, "someone", None)
    for action in Action:
        with pytest.raises((NotAllowed, NotYours)):
            permit(STANDING[State.RETURNED], action, nobody, MONDAY)


@pytest.mark.parametrize("role", Role)
def test_an_ended_case_is_moved_by_nobody_unless_it_was_answered_and_may_be_looked_at_again(role: Role) -> None:
    after = {
        Role.CITIZEN: {Action.RATE, Action.ASK_REVIEW},
        Role.CLERK: {Action.REWORK},
        Role.SUPERVISOR: {Action.REWORK},
        Role.LEADER: {Action.REWORK, Action.ORDER_INSPECTION},
    }
    for state in ENDED:
        allowed = after.get(role, set()) if state is State.CONCLUDED else set()
        assert set(open_to(STANDING[state], acting(role, STANDING[state]), MONDAY)) == allowed


@pytest.mark.parametrize("action", [action for action, move in MOVES.items() if not move.on_sealed])
def test_an_accusation_is_neither_joined_nor_declined_nor_returned_nor_instructed(action: Action) -> None:
    for state in MOVES[action].states:
        if any(not MOVES[step].on_sealed for step, _ in ROADS[state]):
            continue
        matter = Matter().filed(kind=Kind.ACCUSATION).at(state)
        for role in Role:
            with pytest.raises(NotAllowed):
                permit(matter.case, action, ACTORS[role], MONDAY)


def test_an_administrator_never_moves_a_case() -> None:
    assert all(Role.ADMINISTRATOR not in move.roles for move in MOVES.values())


def test_another_agency_moves_only_what_it_has_or_what_it_referred() -> None:
    own = {action for action, move in MOVES.items() if Role.AGENCY in move.roles}
    there = {Action.REPORT_STATUS, Action.ANSWER_TRANSFER, Action.RETURN_TRANSFER}
    assert own == there | {Action.SET_DEADLINE, Action.WITHDRAW}
    assert all(MOVES[action].states == {State.WITH_AGENCY} for action in there)
    assert not any(MOVES[action].on_sealed for action in there), "an accusation goes to no other agency"
