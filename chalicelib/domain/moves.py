"""Who may do what to a case, where. The one table: the console draws its buttons from it, the desk checks by it."""

from msgspec import Struct

from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotAllowed, NotYours, WrongState
from chalicelib.domain.events import Actor
from chalicelib.domain.words import ENDED, UNIT_ROLES, Action, Role, State

S = State
R = Role

BEFORE_REPLY = frozenset(set(State) - ENDED - {S.REPLIED})
WITH_A_UNIT = frozenset({S.DISPATCHED, S.IN_HANDLING, S.AWAITING_APPROVAL})
AFTER_A_REPLY = WITH_A_UNIT | {S.RETURNED, S.REPLIED, S.CONCLUDED}  # one may be answered while others still wait


class Move(Struct, frozen=True):
    """One row: ``action`` may be taken in ``states`` by ``roles``; ``to`` is where the case then stands.

    ``to`` is None where the step changes no state, or where it depends on the case.
    """

    action: Action
    states: frozenset[State]
    roles: frozenset[Role]
    to: State | None = None
    on_sealed: bool = True  # whether it may be taken on a sealed accusation


def _move(
    action: Action,
    states: frozenset[State] | set[State],
    roles: set[Role],
    to: State | None = None,
    on_sealed: bool = True,
) -> Move:
    return Move(action, frozenset(states), frozenset(roles), to, on_sealed)


MOVES: dict[Action, Move] = {
    move.action: move
    for move in (
        _move(Action.REGISTER, {S.RECEIVED}, {R.DESK, R.CLERK}, S.REGISTERED),
        _move(Action.JOIN, {S.RECEIVED, S.REGISTERED}, {R.DESK, R.CLERK}, S.JOINED, on_sealed=False),
        _move(Action.ACCEPT, {S.REGISTERED}, {R.DESK, R.CLERK}, S.ACCEPTED),
        _move(Action.DECLINE, {S.REGISTERED}, {R.CLERK}, S.DECLINED, on_sealed=False),
        _move(Action.DISPATCH, {S.ACCEPTED, S.RETURNED}, {R.DESK, R.CLERK}, S.DISPATCHED),
        _move(Action.RETURN, {S.DISPATCHED, S.IN_HANDLING}, {R.HANDLER, R.HEAD}, S.RETURNED, on_sealed=False),
        _move(Action.SIGN, {S.DISPATCHED}, {R.HANDLER, R.HEAD}, S.IN_HANDLING),
        _move(Action.NOTE, WITH_A_UNIT, {R.HANDLER, R.HEAD}),
        _move(Action.DRAFT, {S.IN_HANDLING}, {R.HANDLER, R.HEAD}, S.AWAITING_APPROVAL),
        _move(Action.SEND_BACK, {S.AWAITING_APPROVAL}, {R.HEAD}, S.IN_HANDLING),
        _move(Action.REPLY, {S.AWAITING_APPROVAL}, {R.HEAD}),
        _move(Action.CONCLUDE, {S.REPLIED}, {R.DESK, R.CLERK}, S.CONCLUDED),
        _move(Action.REMIND, WITH_A_UNIT, {R.SUPERVISOR, R.CLERK}),
        _move(Action.SUPERVISE, WITH_A_UNIT, {R.SUPERVISOR}),
        _move(Action.INSTRUCT, BEFORE_REPLY, {R.LEADER}, on_sealed=False),
        _move(Action.SUPPLEMENT, BEFORE_REPLY | {S.REPLIED}, {R.CITIZEN}),
        _move(Action.RATE, AFTER_A_REPLY, {R.CITIZEN}),
        _move(Action.WITHDRAW, BEFORE_REPLY, {R.CITIZEN}),
    )
}


def permit(case: Case, action: Action, by: Actor) -> Move:
    """The row by which ``by`` may take ``action`` on ``case``.

    Raises NotAllowed for the role, NotYours for another unit's case, WrongState where the case stands elsewhere.
    """
    move = MOVES[action]
    if by.role not in move.roles or (case.sealed and not move.on_sealed):
        raise NotAllowed(action=action.value)
    if by.role in UNIT_ROLES and (case.unit is None or by.unit != case.unit):
        raise NotYours()
    if case.state not in move.states:
        raise WrongState(action, case.state)
    return move


def open_to(case: Case, by: Actor) -> list[Action]:
    """The actions ``by`` may take on ``case`` now, in the table's order."""
    return [action for action in MOVES if _permitted(case, action, by)]


def _permitted(case: Case, action: Action, by: Actor) -> bool:
    try:
        permit(case, action, by)
    except (NotAllowed, NotYours, WrongState):
        return False
    return True
