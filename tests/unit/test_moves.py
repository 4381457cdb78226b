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


@pytest.mark.parametrize(("role", "state", "action"), TRIPLES)
def test_the_table_alone_says_who_may_take_which_step_where(role: Role, state: State, action: Action) -> None:
    expected = the_error(role, state, action)
    actor = acting(role, STANDING[state])
    if expected is None:
        assert permit(STANDING[state], action, actor, MONDAY) is MOVES[action]
    else:
        with pytest.raises(expected):
            permit(STANDING[state], action, actor, MONDAY)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_what_is_offered_is_exactly_what_is_permitted(role: Role, state: State) -> None:
    offered = open_to(STANDING[state], acting(role, STANDING[state]), MONDAY)
    assert offered == [action for action in MOVES if the_error(role, state, action) is None]


PERMITTED = [triple for triple in TRIPLES if the_error(*triple) is None]


@pytest.mark.parametrize(("role", "state", "action"), PERMITTED)
def test_a_case_stands_where_the_table_says_it_goes(role: Role, state: State, action: Action) -> None:
    matter = Matter().at(state)
    if action is Action.RATE and state in (
        State.RETURNED,
        State.WAITING,
        State.IN_CONFERENCE,
        State.WITH_AGENCY,
        State.DISPATCHED,
        State.IN_HANDLING,
        State.AWAITING_APPROVAL,
    ):
        return  # only after a partial reply: see test_rating
    if action is Action.HOLD_CONFERENCE:
        matter.later(days=3)
    matter.later(minutes=5).take(action, acting(role, matter.case))
    to = MOVES[action].to
    if to is not None:
        assert matter.case.state is to
    elif action is Action.SUPPLEMENT and state is State.WAITING:
        assert matter.case.state is State.IN_HANDLING  # it was waited for
    elif action is Action.DECIDE_REVIEW:
        assert matter.case.state is State.CONCLUDED  # upheld, for the first time
    elif action in (Action.HOLD_CONFERENCE, Action.CALL_OFF_CONFERENCE):
        assert matter.case.state is State.IN_HANDLING  # the unit had signed for it
    elif action is Action.REPLY:
        assert matter.case.state is State.REPLIED
    elif action is Action.WITHDRAW:
        assert matter.case.state is State.WITHDRAWN
    elif action is Action.RATE:
        assert matter.case.state is State.CONCLUDED  # the only citizen is content
    else:
        assert matter.case.state is state


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
