"""Who may do what to a case, where. The one table: the console draws its buttons from it, the desk checks by it."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from chalicelib.domain.agency_rules import goes_back_whole, refers_it
from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotAllowed, NotYours, RuleBroken, WrongState
from chalicelib.domain.events import Actor
from chalicelib.domain.invitations import invited, standing
from chalicelib.domain.inviting import invites_for_its_unit, occasions_of
from chalicelib.domain.order_rules import answers_order, awaits_answer, had_it_inspected, of_its_office, to_inspect
from chalicelib.domain.words import ENDED, UNIT_ROLES, Action, Role, State

S = State
R = Role

BEFORE_REPLY = frozenset(set(State) - ENDED - {S.REPLIED, S.IN_REVIEW})
WITH_A_UNIT = frozenset({S.DISPATCHED, S.IN_HANDLING, S.AWAITING_APPROVAL})
AFTER_A_REPLY = WITH_A_UNIT | {
    S.WAITING,
    S.RETURNED,
    S.IN_CONFERENCE,
    S.WITH_AGENCY,
    S.REPLIED,
    S.CONCLUDED,
}  # others may still wait
AT_WORK = frozenset({S.DISPATCHED, S.IN_HANDLING, S.WAITING})
OPEN_TO_JOIN = frozenset({S.RECEIVED, S.REGISTERED, S.ACCEPTED, S.RETURNED, *WITH_A_UNIT})
ON_THE_DESK = frozenset({S.REGISTERED, S.ACCEPTED, S.RETURNED})
ANSWERED = frozenset({S.REPLIED, S.CONCLUDED})
OPEN_TO_RISKS = BEFORE_REPLY - {S.RECEIVED}  # where it can be said that a risk stands, or none
SUPERVISED = BEFORE_REPLY | ANSWERED | {S.IN_REVIEW}  # where an order or an inspection can be
ONCE_INVITED = frozenset(set(State) - {S.RECEIVED})  # wherever a case can go after its review, conference or call


class Seat(StrEnum):
    """What a unit has to do with a case; its handlers and heads act for it."""

    LEAD = "lead"  # 主办, or who reviews
    ASSISTING = "assisting"  # 协办, and still owing its part
    FIRST_ASKED = "first_asked"  # 首问责任, until another has signed for it
    OFFICE = "office"  # 督办单位: an order on it is, or was, its own
    KEEPER = "keeper"  # 箱主: keeps the mailbox it came to


class Move(Struct, frozen=True):
    """One row: ``action`` may be taken in ``states`` by ``roles``; ``to`` is where the case then stands.

    ``to`` is None where the step changes no state, or where it depends on the case. ``needs``: what must hold besides.
    ``seats``: for which units their handlers and heads may take it. ``direct``: what the clerks do as well where the
    desk handles the matter itself.
    """

    action: Action
    states: frozenset[State]
    roles: frozenset[Role]
    to: State | None = None
    on_sealed: bool = True  # whether it may be taken on a sealed accusation
    needs: "tuple[Need, ...]" = ()
    seats: frozenset[Seat] = frozenset({Seat.LEAD})
    direct: bool = False


class Need(Struct, frozen=True):
    """Something that must hold of a case, of who acts and when; ``rule`` is the key of the message that says so."""

    rule: str
    holds: Callable[[Case, Actor, datetime], bool]


MOST_RETURNS = 2  # after which the clerk arbitrates, and the unit that is named keeps it
NOT_ARBITRATED = Need("return.arbitrated", lambda case, by, at: case.returns < MOST_RETURNS)
WITHIN_TERM = Need("return.too_late", lambda case, by, at: case.return_until is None or at <= case.return_until)
JOINED_BY_OTHERS = Need("split.single", lambda case, by, at: len(case.receipts) > 1)
NOBODY_ANSWERED = Need("join.answered", lambda case, by, at: case.replied_at is None)
ITS_OWN_REFERRAL = Need("referral.not_theirs", lambda case, by, at: refers_it(case, by))
WHOLE = Need("referral.not_referred", lambda case, by, at: goes_back_whole(case))
CONFERENCE_DAY_COME = Need(
    "conference.to_come", lambda case, by, at: case.conference is not None and at >= case.conference.on
)
ASSISTANCE_ASKED = Need("assistance.none", lambda case, by, at: bool(case.assisting))
EXTENSION_ASKED = Need("extension.none", lambda case, by, at: case.extension is not None)
EXTENSION_TO_ENDORSE = Need(
    "extension.none", lambda case, by, at: case.extension is not None and not case.extension.endorsed
)
EXTENSION_ENDORSED = Need(
    "extension.not_endorsed", lambda case, by, at: case.extension is not None and case.extension.endorsed
)
NO_EXTENSION_ASKED = Need("extension.pending", lambda case, by, at: case.extension is None)
NOT_OWN_DRAFT = Need("reply.own_draft", lambda case, by, at: not by.id or case.drafted_by != by.id)
ADVICE_DECIDED = Need("decision.no_advice", lambda case, by, at: case.decision is not None and case.published is None)
PUBLISHABLE = Need("decision.no_consent", lambda case, by, at: bool(case.consenting))
AWAITS_PUBLICATION = Need("decision.settled", lambda case, by, at: case.awaits_publication)
PUBLISHED = Need("decision.none", lambda case, by, at: case.published is not None)
CONSENT_GIVEN = Need("consent.none", lambda case, by, at: bool(case.consenting))
ANSWERED_ONCE = Need("rework.unanswered", lambda case, by, at: case.replied_at is not None and case.unit is not None)
NO_DRILL = Need("transfer.drill", lambda case, by, at: case.counted)
COUNTED = Need("supervision.not_here", lambda case, by, at: case.counted)
NOT_OVER = Need("rework.over", lambda case, by, at: case.counted or not case.ended)  # an exam that is over is over
CALL_DUE = Need("callback.none", lambda case, by, at: case.call_back_due)
ORDER_TO_ANSWER = Need("order.nothing_to_answer", lambda case, by, at: awaits_answer(case))
ORDER_ON_DESK = Need("order.of_a_unit", lambda case, by, at: answers_order(case, by))
ORDER_STANDS = Need("order.none", lambda case, by, at: case.order is not None)
OF_ITS_OFFICE = Need("order.other_office", lambda case, by, at: of_its_office(case, by))
TO_INSPECT = Need("inspection.nothing", lambda case, by, at: to_inspect(case))
NOT_INSPECTED = Need("inspection.ordered", lambda case, by, at: case.inspection is None)
INSPECTED = Need("inspection.none", lambda case, by, at: case.inspection is not None)
OWN_INSPECTION = Need("inspection.others", lambda case, by, at: had_it_inspected(case, by))
SOMETHING_TO_ATTEND = Need("lay.no_occasion", lambda case, by, at: bool(occasions_of(case)))
NOT_THE_REVIEWED = Need("lay.reviewed", lambda case, by, at: invites_for_its_unit(case, by))
SOMEBODY_INVITED = Need("lay.nobody_invited", lambda case, by, at: bool(invited(case.lay)))
INVITED = Need("lay.not_invited", lambda case, by, at: standing(case.lay, by.id) is not None)
WHO_READS_IT = Need("risk.not_the_clerk", lambda case, by, at: case.sealed is (by.role in UNIT_ROLES))
REVIEW_OPEN = Need("review.closed", lambda case, by, at: case.review_until is not None)


def _move(
    action: Action,
    states: frozenset[State] | set[State],
    roles: set[Role],
    to: State | None = None,
    on_sealed: bool = True,
    needs: tuple[Need, ...] = (),
    seats: tuple[Seat, ...] = (Seat.LEAD,),
    direct: bool | None = None,
) -> Move:
    by_handlers = Seat.LEAD in seats and R.HANDLER in roles
    return Move(
        action,
        frozenset(states),
        frozenset(roles),
        to,
        on_sealed,
        needs,
        frozenset(seats),
        by_handlers if direct is None else direct,
    )


MOVES: dict[Action, Move] = {
    move.action: move
    for move in (
        _move(Action.REGISTER, {S.RECEIVED}, {R.DESK, R.CLERK}, S.REGISTERED),
        _move(Action.JOIN, OPEN_TO_JOIN, {R.DESK, R.CLERK}, S.JOINED, on_sealed=False, needs=(NOBODY_ANSWERED,)),
        _move(Action.SPLIT, BEFORE_REPLY, {R.CLERK}, on_sealed=False, needs=(JOINED_BY_OTHERS,)),
        _move(Action.ANSWER_KNOWN, {S.REGISTERED}, {R.DESK, R.CLERK}, S.REPLIED, on_sealed=False),
        _move(Action.ACCEPT, {S.REGISTERED}, {R.DESK, R.CLERK}, S.ACCEPTED),
        _move(Action.DECLINE, {S.REGISTERED}, {R.CLERK}, S.DECLINED, on_sealed=False),
        _move(Action.REFER, ON_THE_DESK, {R.CLERK}, S.REFERRED, on_sealed=False),
        _move(Action.TRANSFER, ON_THE_DESK, {R.CLERK}, S.WITH_AGENCY, on_sealed=False, needs=(NO_DRILL,)),
        _move(Action.REPORT_STATUS, {S.WITH_AGENCY}, {R.AGENCY}, on_sealed=False),
        _move(Action.ANSWER_TRANSFER, {S.WITH_AGENCY}, {R.AGENCY}, S.REPLIED, on_sealed=False),
        _move(Action.RETURN_TRANSFER, {S.WITH_AGENCY}, {R.CLERK, R.AGENCY, R.DESK}, S.RETURNED, on_sealed=False),
        _move(Action.EXTEND_TRANSFER, {S.WITH_AGENCY}, {R.CLERK}, on_sealed=False),
        _move(Action.SET_DEADLINE, BEFORE_REPLY, {R.AGENCY}, needs=(ITS_OWN_REFERRAL,)),
        _move(Action.RETURN_REFERRAL, ON_THE_DESK, {R.CLERK}, S.REFERRAL_RETURNED, on_sealed=False, needs=(WHOLE,)),
        _move(Action.CORRECT_AREA, ON_THE_DESK | WITH_A_UNIT, {R.CLERK}, on_sealed=False),
        _move(Action.DISPATCH, {S.ACCEPTED, S.RETURNED}, {R.DESK, R.CLERK}, S.DISPATCHED),
        _move(Action.DISPATCH_BY_INSTRUCTION, ON_THE_DESK, {R.LEADER}, S.DISPATCHED, on_sealed=False),
        _move(Action.HANDLE_DIRECTLY, {S.ACCEPTED, S.RETURNED}, {R.CLERK}, S.IN_HANDLING, on_sealed=False),
        _move(
            Action.RETURN,
            {S.DISPATCHED, S.IN_HANDLING},
            {R.HANDLER, R.HEAD},
            S.RETURNED,
            on_sealed=False,
            needs=(NOT_ARBITRATED, WITHIN_TERM),
        ),
        _move(Action.SIGN, {S.DISPATCHED}, {R.HANDLER, R.HEAD}, S.IN_HANDLING),
        _move(
            Action.NOTE,
            WITH_A_UNIT | {S.WAITING, S.RETURNED},
            {R.HANDLER, R.HEAD},
            seats=(Seat.LEAD, Seat.FIRST_ASKED),
        ),
        _move(Action.ASK_ASSISTANCE, AT_WORK, {R.CLERK}, on_sealed=False),
        _move(
            Action.CALL_OFF_ASSISTANCE,
            BEFORE_REPLY,
            {R.CLERK},
            on_sealed=False,
            needs=(ASSISTANCE_ASKED,),
        ),
        _move(Action.ASSIST, BEFORE_REPLY, {R.HANDLER, R.HEAD}, on_sealed=False, seats=(Seat.ASSISTING,)),
        _move(
            Action.CALL_CONFERENCE,
            {S.ACCEPTED, S.RETURNED, S.DISPATCHED, S.IN_HANDLING, S.IN_CONFERENCE},
            {R.CLERK},
            S.IN_CONFERENCE,
            on_sealed=False,
        ),
        _move(Action.CALL_OFF_CONFERENCE, {S.IN_CONFERENCE}, {R.CLERK}, on_sealed=False),
        _move(Action.HOLD_CONFERENCE, {S.IN_CONFERENCE}, {R.CLERK}, on_sealed=False, needs=(CONFERENCE_DAY_COME,)),
        _move(
            Action.NAME_OWNER,
            BEFORE_REPLY | {S.REPLIED, S.IN_REVIEW},
            {R.CLERK, R.SUPERVISOR},
            on_sealed=False,
        ),
        _move(Action.ASK, {S.IN_HANDLING}, {R.HANDLER, R.HEAD}, S.WAITING),
        _move(Action.RESUME, {S.WAITING}, {R.HANDLER, R.HEAD}, S.IN_HANDLING),
        _move(Action.ASK_EXTENSION, {S.IN_HANDLING}, {R.HANDLER, R.HEAD}, needs=(NO_EXTENSION_ASKED,)),
        _move(Action.ENDORSE_EXTENSION, {S.IN_HANDLING}, {R.HEAD}, needs=(EXTENSION_TO_ENDORSE,)),
        _move(Action.GRANT_EXTENSION, {S.IN_HANDLING}, {R.CLERK}, needs=(EXTENSION_ENDORSED,)),
        _move(Action.REFUSE_EXTENSION, {S.IN_HANDLING}, {R.HEAD, R.CLERK}, needs=(EXTENSION_ASKED,)),
        _move(Action.DRAFT, {S.IN_HANDLING}, {R.HANDLER, R.HEAD}, S.AWAITING_APPROVAL),
        _move(Action.SEND_BACK, {S.AWAITING_APPROVAL}, {R.HEAD}, S.IN_HANDLING, direct=True),
        _move(Action.REPLY, {S.AWAITING_APPROVAL}, {R.HEAD}, needs=(NOT_OWN_DRAFT,), direct=True),
        _move(Action.CONCLUDE, {S.REPLIED}, {R.DESK, R.CLERK}, S.CONCLUDED),
        _move(Action.PUBLISH_DECISION, ANSWERED, {R.CLERK}, on_sealed=False, needs=(ADVICE_DECIDED, PUBLISHABLE)),
        _move(Action.WITHHOLD_DECISION, ANSWERED, {R.CLERK}, on_sealed=False, needs=(AWAITS_PUBLICATION,)),
        _move(Action.TAKE_DOWN_DECISION, ANSWERED, {R.CLERK}, on_sealed=False, needs=(PUBLISHED,)),
        _move(Action.CALL_BACK, ANSWERED, {R.CLERK, R.SUPERVISOR}, on_sealed=False, needs=(CALL_DUE,)),
        _move(
            Action.REWORK,
            ANSWERED,
            {R.CLERK, R.SUPERVISOR, R.LEADER},
            S.IN_HANDLING,
            on_sealed=False,
            needs=(ANSWERED_ONCE, NOT_OVER),
        ),
        _move(Action.HOLD_HEARING, {S.IN_REVIEW}, {R.HANDLER, R.HEAD}, direct=False),
        _move(Action.DECIDE_REVIEW, {S.IN_REVIEW}, {R.HEAD}),
        _move(
            Action.INVITE_LAY,
            ANSWERED | {S.IN_REVIEW, S.IN_CONFERENCE},
            {R.CLERK, R.SUPERVISOR, R.HANDLER, R.HEAD},
            on_sealed=False,
            needs=(SOMETHING_TO_ATTEND, NOT_THE_REVIEWED),
            direct=False,
        ),
        _move(
            Action.UNINVITE_LAY,
            ONCE_INVITED,
            {R.CLERK, R.SUPERVISOR, R.HANDLER, R.HEAD},
            on_sealed=False,
            needs=(SOMEBODY_INVITED, NOT_THE_REVIEWED),
            direct=False,
        ),
        _move(Action.ANSWER_INVITATION, ONCE_INVITED, {R.LAY_SUPERVISOR}, on_sealed=False, needs=(INVITED,)),
        _move(Action.GIVE_OPINION, ONCE_INVITED, {R.LAY_SUPERVISOR}, on_sealed=False, needs=(INVITED,)),
        _move(Action.REMIND, WITH_A_UNIT, {R.SUPERVISOR, R.CLERK, R.HANDLER, R.HEAD}, seats=(Seat.KEEPER,)),
        _move(Action.SUPERVISE, WITH_A_UNIT, {R.SUPERVISOR}, needs=(COUNTED,)),
        _move(
            Action.ANSWER_ORDER,
            SUPERVISED,
            {R.HANDLER, R.HEAD, R.CLERK},
            needs=(ORDER_TO_ANSWER, ORDER_ON_DESK),
            direct=False,
        ),
        _move(
            Action.INSPECT,
            SUPERVISED,
            {R.SUPERVISOR, R.HANDLER, R.HEAD},
            needs=(TO_INSPECT, OF_ITS_OFFICE),
            seats=(Seat.OFFICE,),
        ),
        _move(
            Action.RELEASE,
            SUPERVISED,
            {R.SUPERVISOR, R.HANDLER, R.HEAD},
            needs=(ORDER_STANDS, OF_ITS_OFFICE),
            seats=(Seat.OFFICE,),
        ),
        _move(
            Action.ORDER_INSPECTION,
            SUPERVISED,
            {R.LEADER, R.HEAD},
            on_sealed=False,
            needs=(COUNTED, NOT_INSPECTED),
            seats=(Seat.OFFICE,),
        ),
        _move(
            Action.END_INSPECTION,
            SUPERVISED,
            {R.LEADER, R.HEAD},
            on_sealed=False,
            needs=(INSPECTED, OWN_INSPECTION),
            seats=(Seat.OFFICE,),
        ),
        _move(Action.INSTRUCT, BEFORE_REPLY, {R.LEADER}, on_sealed=False),
        _move(
            Action.MARK_RISK,
            OPEN_TO_RISKS,
            {R.CLERK, R.HANDLER, R.HEAD},
            needs=(WHO_READS_IT,),
            direct=False,
        ),
        _move(Action.SUPPLEMENT, BEFORE_REPLY | {S.REPLIED}, {R.CITIZEN}),
        _move(Action.RATE, AFTER_A_REPLY, {R.CITIZEN}),
        _move(Action.WITHDRAW, BEFORE_REPLY, {R.CITIZEN, R.AGENCY}, needs=(ITS_OWN_REFERRAL,)),
        _move(
            Action.WITHDRAW_CONSENT,
            BEFORE_REPLY | ANSWERED | {S.IN_REVIEW},
            {R.CITIZEN},
            on_sealed=False,
            needs=(CONSENT_GIVEN,),
        ),
        _move(Action.ASK_REVIEW, ANSWERED, {R.CITIZEN}, S.IN_REVIEW, on_sealed=False, needs=(REVIEW_OPEN,)),
    )
}


def permit(case: Case, action: Action, by: Actor, at: datetime) -> Move:
    """The row by which ``by`` may take ``action`` on ``case``.

    Raises NotAllowed for the role, NotYours for another unit's case, WrongState where the case stands elsewhere,
    RuleBroken where something else is missing.
    """
    move = MOVES[action]
    for_the_desk = by.role is Role.CLERK and case.direct and move.direct
    if (by.role not in move.roles and not for_the_desk) or (case.sealed and not move.on_sealed):
        raise NotAllowed(action=action.value)
    if by.role in UNIT_ROLES and not move.seats & seats_of(case, by.unit):
        raise NotYours()
    if case.state not in move.states:
        raise WrongState(action, case.state)
    for need in move.needs:
        if not need.holds(case, by, at):
            raise RuleBroken(need.rule)
    return move


def seats_of(case: Case, unit: str | None) -> frozenset[Seat]:
    """What ``unit`` has to do with ``case``."""
    holders: dict[Seat, tuple[str | None, ...]] = {
        Seat.LEAD: (case.in_charge,),
        Seat.FIRST_ASKED: (case.first_asked,),
        Seat.ASSISTING: case.assisting,
    }
    if unit != case.in_charge and not case.sealed:  # nobody presses itself, and a sealed matter is shown to its own
        holders |= {Seat.OFFICE: case.overseen_by, Seat.KEEPER: (case.keeper,)}
    return frozenset(seat for seat, units in holders.items() if unit is not None and unit in units)


def open_to(case: Case, by: Actor, at: datetime) -> list[Action]:
    """The actions ``by`` may take on ``case`` at ``at``, in the table's order."""
    return [action for action in MOVES if _permitted(case, action, by, at)]


def _permitted(case: Case, action: Action, by: Actor, at: datetime) -> bool:
    try:
        permit(case, action, by, at)
    except (NotAllowed, NotYours, RuleBroken, WrongState):
        return False
    return True
