"""Who may do what to a case, where. The one table: the console draws its buttons from it, the desk checks by it."""

from collections.abc import Callable

from msgspec import Struct

from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotAllowed, NotYours, RuleBroken, WrongState
from chalicelib.domain.events import Actor
from chalicelib.domain.words import ENDED, UNIT_ROLES, Action, Role, State

S = State
R = Role

BEFORE_REPLY = frozenset(set(State) - ENDED - {S.REPLIED, S.IN_REVIEW})
WITH_A_UNIT = frozenset({S.DISPATCHED, S.IN_HANDLING, S.AWAITING_APPROVAL})
AFTER_A_REPLY = WITH_A_UNIT | {S.WAITING, S.RETURNED, S.REPLIED, S.CONCLUDED}  # one may be answered while others wait
ANSWERED = frozenset({S.REPLIED, S.CONCLUDED})


class Move(Struct, frozen=True):
    """One row: ``action`` may be taken in ``states`` by ``roles``; ``to`` is where the case then stands.

    ``to`` is None where the step changes no state, or where it depends on the case. ``needs``: what must hold besides.
    """

    action: Action
    states: frozenset[State]
    roles: frozenset[Role]
    to: State | None = None
    on_sealed: bool = True  # whether it may be taken on a sealed accusation
    needs: "Need | None" = None


class Need(Struct, frozen=True):
    """Something that must hold of a case; ``rule`` is the key of the message that says so."""

    rule: str
    holds: Callable[[Case], bool]


MOST_RETURNS = 2  # after which the clerk arbitrates, and the unit that is named keeps it
NOT_ARBITRATED = Need("return.arbitrated", lambda case: case.returns < MOST_RETURNS)
JOINED_BY_OTHERS = Need("split.single", lambda case: len(case.receipts) > 1)
EXTENSION_ASKED = Need("extension.none", lambda case: case.extension is not None)
EXTENSION_TO_ENDORSE = Need("extension.none", lambda case: case.extension is not None and not case.extension.endorsed)
EXTENSION_ENDORSED = Need("extension.not_endorsed", lambda case: case.extension is not None and case.extension.endorsed)
NO_EXTENSION_ASKED = Need("extension.pending", lambda case: case.extension is None)
ANSWERED_ONCE = Need("rework.unanswered", lambda case: case.replied_at is not None and case.unit is not None)
CALL_DUE = Need("callback.none", lambda case: case.call_back_due)
REVIEW_OPEN = Need("review.closed", lambda case: case.review_until is not None)


def _move(
    action: Action,
    states: frozenset[State] | set[State],
    roles: set[Role],
    to: State | None = None,
    on_sealed: bool = True,
    needs: Need | None = None,
) -> Move:
    return Move(action, frozenset(states), frozenset(roles), to, on_sealed, needs)


MOVES: dict[Action, Move] = {
    move.action: move
    for move in (
        _move(Action.REGISTER, {S.RECEIVED}, {R.DESK, R.CLERK}, S.REGISTERED),
        _move(Action.JOIN, {S.RECEIVED, S.REGISTERED}, {R.DESK, R.CLERK}, S.JOINED, on_sealed=False),
        _move(Action.SPLIT, BEFORE_REPLY, {R.CLERK}, on_sealed=False, needs=JOINED_BY_OTHERS),
        _move(Action.ACCEPT, {S.REGISTERED}, {R.DESK, R.CLERK}, S.ACCEPTED),
        _move(Action.DECLINE, {S.REGISTERED}, {R.CLERK}, S.DECLINED, on_sealed=False),
        _move(Action.REFER, {S.REGISTERED, S.ACCEPTED, S.RETURNED}, {R.CLERK}, S.REFERRED, on_sealed=False),
        _move(Action.DISPATCH, {S.ACCEPTED, S.RETURNED}, {R.DESK, R.CLERK}, S.DISPATCHED),
        _move(
            Action.RETURN,
            {S.DISPATCHED, S.IN_HANDLING},
            {R.HANDLER, R.HEAD},
            S.RETURNED,
            on_sealed=False,
            needs=NOT_ARBITRATED,
        ),
        _move(Action.SIGN, {S.DISPATCHED}, {R.HANDLER, R.HEAD}, S.IN_HANDLING),
        _move(Action.NOTE, WITH_A_UNIT | {S.WAITING}, {R.HANDLER, R.HEAD}),
        _move(Action.ASK, {S.IN_HANDLING}, {R.HANDLER, R.HEAD}, S.WAITING),
        _move(Action.RESUME, {S.WAITING}, {R.HANDLER, R.HEAD}, S.IN_HANDLING),
        _move(Action.ASK_EXTENSION, {S.IN_HANDLING}, {R.HANDLER, R.HEAD}, needs=NO_EXTENSION_ASKED),
        _move(Action.ENDORSE_EXTENSION, {S.IN_HANDLING}, {R.HEAD}, needs=EXTENSION_TO_ENDORSE),
        _move(Action.GRANT_EXTENSION, {S.IN_HANDLING}, {R.CLERK}, needs=EXTENSION_ENDORSED),
        _move(Action.REFUSE_EXTENSION, {S.IN_HANDLING}, {R.HEAD, R.CLERK}, needs=EXTENSION_ASKED),
        _move(Action.DRAFT, {S.IN_HANDLING}, {R.HANDLER, R.HEAD}, S.AWAITING_APPROVAL),
        _move(Action.SEND_BACK, {S.AWAITING_APPROVAL}, {R.HEAD}, S.IN_HANDLING),
        _move(Action.REPLY, {S.AWAITING_APPROVAL}, {R.HEAD}),
        _move(Action.CONCLUDE, {S.REPLIED}, {R.DESK, R.CLERK}, S.CONCLUDED),
        _move(Action.CALL_BACK, ANSWERED, {R.CLERK, R.SUPERVISOR}, on_sealed=False, needs=CALL_DUE),
        _move(Action.REWORK, ANSWERED, {R.CLERK, R.SUPERVISOR}, S.IN_HANDLING, on_sealed=False, needs=ANSWERED_ONCE),
        _move(Action.HOLD_HEARING, {S.IN_REVIEW}, {R.HANDLER, R.HEAD}),
        _move(Action.DECIDE_REVIEW, {S.IN_REVIEW}, {R.HEAD}),
        _move(Action.REMIND, WITH_A_UNIT, {R.SUPERVISOR, R.CLERK}),
        _move(Action.SUPERVISE, WITH_A_UNIT, {R.SUPERVISOR}),
        _move(Action.INSTRUCT, BEFORE_REPLY, {R.LEADER}, on_sealed=False),
        _move(Action.SUPPLEMENT, BEFORE_REPLY | {S.REPLIED}, {R.CITIZEN}),
        _move(Action.RATE, AFTER_A_REPLY, {R.CITIZEN}),
        _move(Action.WITHDRAW, BEFORE_REPLY, {R.CITIZEN}),
        _move(Action.ASK_REVIEW, ANSWERED, {R.CITIZEN}, S.IN_REVIEW, on_sealed=False, needs=REVIEW_OPEN),
    )
}


def permit(case: Case, action: Action, by: Actor) -> Move:
    """The row by which ``by`` may take ``action`` on ``case``.

    Raises NotAllowed for the role, NotYours for another unit's case, WrongState where the case stands elsewhere,
    RuleBroken where something else is missing.
    """
    move = MOVES[action]
    if by.role not in move.roles or (case.sealed and not move.on_sealed):
        raise NotAllowed(action=action.value)
    if by.role in UNIT_ROLES and (case.in_charge is None or by.unit != case.in_charge):
        raise NotYours()
    if case.state not in move.states:
        raise WrongState(action, case.state)
    if move.needs is not None and not move.needs.holds(case):
        raise RuleBroken(move.needs.rule)
    return move


def open_to(case: Case, by: Actor) -> list[Action]:
    """The actions ``by`` may take on ``case`` now, in the table's order."""
    return [action for action in MOVES if _permitted(case, action, by)]


def _permitted(case: Case, action: Action, by: Actor) -> bool:
    try:
        permit(case, action, by)
    except (NotAllowed, NotYours, RuleBroken, WrongState):
        return False
    return True
