"""What may come of each move: the events it records, and where the case may then stand if ``MOVES`` leaves it open.

The walks hold the code to it, and the picture of a case's life (``docs/life.md``) is drawn from it.
"""

from chalicelib.domain import events as happened
from chalicelib.domain.events import Payload
from chalicelib.domain.moves import MOVES
from chalicelib.domain.words import Action, State

S = State
Way = tuple[State, State]  # from, to
Kinds = tuple[type[Payload], ...]

RECORDS: dict[Action, Kinds] = {
    Action.REGISTER: (happened.Registered, happened.RiskMarked),
    Action.JOIN: (happened.Joined,),
    Action.SPLIT: (happened.VoicesSplit,),
    Action.ACCEPT: (happened.Accepted,),
    Action.DECLINE: (happened.Declined,),
    Action.REFER: (happened.Referred,),
    Action.TRANSFER: (happened.Accepted, happened.Transferred),
    Action.REPORT_STATUS: (happened.AgencyReported,),
    Action.ANSWER_TRANSFER: (happened.Replied,),
    Action.RETURN_TRANSFER: (happened.TransferReturned,),
    Action.EXTEND_TRANSFER: (happened.ExtensionGranted,),
    Action.SET_DEADLINE: (happened.DeadlineSet,),
    Action.RETURN_REFERRAL: (happened.ReferralReturned,),
    Action.DISPATCH: (happened.Dispatched,),
    Action.DISPATCH_BY_INSTRUCTION: (happened.Instructed, happened.Accepted, happened.Dispatched),
    Action.HANDLE_DIRECTLY: (happened.HandledDirectly,),
    Action.ANSWER_KNOWN: (happened.Replied,),
    Action.ASK_ASSISTANCE: (happened.AssistanceAsked,),
    Action.CALL_OFF_ASSISTANCE: (happened.AssistanceCalledOff,),
    Action.ASSIST: (happened.Assisted,),
    Action.CALL_CONFERENCE: (happened.ConferenceCalled,),
    Action.CALL_OFF_CONFERENCE: (happened.ConferenceCalledOff,),
    Action.HOLD_CONFERENCE: (happened.ConferenceHeld, happened.Dispatched),
    Action.NAME_OWNER: (happened.OwnerNamed,),
    Action.PUBLISH_DECISION: (happened.DecisionPublished,),
    Action.WITHHOLD_DECISION: (happened.DecisionWithheld,),
    Action.TAKE_DOWN_DECISION: (happened.DecisionTakenDown,),
    Action.RETURN: (happened.Returned,),
    Action.SIGN: (happened.Signed,),
    Action.NOTE: (happened.Noted,),
    Action.ASK: (happened.Asked,),
    Action.RESUME: (happened.Resumed,),
    Action.ASK_EXTENSION: (happened.ExtensionAsked,),
    Action.ENDORSE_EXTENSION: (happened.ExtensionEndorsed,),
    Action.GRANT_EXTENSION: (happened.ExtensionGranted,),
    Action.REFUSE_EXTENSION: (happened.ExtensionRefused,),
    Action.DRAFT: (happened.Drafted,),
    Action.SEND_BACK: (happened.SentBack,),
    Action.REPLY: (happened.Replied,),
    Action.CONCLUDE: (happened.Concluded,),
    Action.CALL_BACK: (happened.CalledBack,),
    Action.REWORK: (happened.DecisionTakenDown, happened.ReworkOrdered, happened.BacklogEntered),
    Action.HOLD_HEARING: (happened.HearingHeld,),
    Action.DECIDE_REVIEW: (
        happened.ReviewDecided,
        happened.ReworkOrdered,
        happened.BacklogEntered,
        happened.Terminated,
    ),
    Action.INVITE_LAY: (happened.LayInvited,),
    Action.UNINVITE_LAY: (happened.LayUninvited,),
    Action.ANSWER_INVITATION: (happened.LayAnswered,),
    Action.GIVE_OPINION: (happened.OpinionGiven,),
    Action.REMIND: (happened.Reminded,),
    Action.SUPERVISE: (happened.Supervised,),
    Action.ANSWER_ORDER: (happened.OrderAnswered,),
    Action.INSPECT: (happened.OrderInspected, happened.OrderReleased, happened.Supervised),
    Action.RELEASE: (happened.OrderReleased,),
    Action.ORDER_INSPECTION: (happened.InspectionOrdered,),
    Action.END_INSPECTION: (happened.InspectionEnded,),
    Action.INSTRUCT: (happened.Instructed,),
    Action.MARK_RISK: (happened.RiskMarked,),
    Action.CORRECT_AREA: (happened.AreaCorrected,),
    Action.SUPPLEMENT: (happened.Supplemented, happened.Resumed),
    Action.RATE: (happened.Rated, happened.Concluded, happened.CallBackDue, happened.Supervised),
    Action.WITHDRAW: (happened.Withdrawn, happened.VoiceWithdrawn),
    Action.WITHDRAW_CONSENT: (happened.ConsentWithdrawn, happened.DecisionTakenDown),
    Action.ASK_REVIEW: (happened.ReviewAsked,),
}

# where the last citizen still to be answered can leave a case (withdraw, be split off) whose others were answered
_PARTLY_ANSWERED = (
    S.RETURNED,
    S.DISPATCHED,
    S.IN_HANDLING,
    S.WAITING,
    S.AWAITING_APPROVAL,
    S.IN_CONFERENCE,
    S.WITH_AGENCY,
)

OPEN_WAYS: dict[Action, frozenset[Way]] = {
    Action.REPLY: frozenset({(S.AWAITING_APPROVAL, S.REPLIED), (S.AWAITING_APPROVAL, S.IN_HANDLING)}),
    Action.RATE: frozenset({(S.REPLIED, S.CONCLUDED)}),
    Action.SPLIT: frozenset((state, S.REPLIED) for state in _PARTLY_ANSWERED),
    Action.CALL_OFF_CONFERENCE: frozenset(
        (S.IN_CONFERENCE, state) for state in (S.ACCEPTED, S.DISPATCHED, S.IN_HANDLING)
    ),
    Action.HOLD_CONFERENCE: frozenset((S.IN_CONFERENCE, state) for state in (S.DISPATCHED, S.IN_HANDLING)),
    Action.SUPPLEMENT: frozenset({(S.WAITING, S.IN_HANDLING)}),
    Action.DECIDE_REVIEW: frozenset(
        {(S.IN_REVIEW, S.CONCLUDED), (S.IN_REVIEW, S.IN_HANDLING), (S.IN_REVIEW, S.TERMINATED)}
    ),
    Action.WITHDRAW: frozenset(
        {(state, S.WITHDRAWN) for state in MOVES[Action.WITHDRAW].states}
        | {(state, S.REPLIED) for state in _PARTLY_ANSWERED}
    ),
}

# which leave a case where it stands as often as they take an open way
STAYS = frozenset({Action.RATE, Action.SPLIT, Action.SUPPLEMENT, Action.WITHDRAW})

BY_TIME: dict[Way, type[Payload]] = {
    (S.WAITING, S.IN_HANDLING): happened.Resumed,  # the citizen's time to answer is over
    (S.REPLIED, S.CONCLUDED): happened.Concluded,  # her time to rate is over
}


BESIDE: dict[Action, tuple[Way, type[Payload]]] = {  # what a move brings about on another case
    Action.SPLIT: ((S.JOINED, S.REGISTERED), happened.SplitOff),
}


def ways_of(action: Action) -> frozenset[Way]:
    """Every change of state that ``action`` can bring; empty for one that brings none."""
    move = MOVES[action]
    if move.to is not None:
        return frozenset((state, move.to) for state in move.states)
    return OPEN_WAYS.get(action, frozenset())


def leads(action: Action, before: State, after: State) -> bool:
    """Whether a case in ``before`` may stand in ``after`` once ``action`` was taken."""
    stays = MOVES[action].to is None and (action not in OPEN_WAYS or action in STAYS)
    return (before, after) in ways_of(action) or (stays and before is after)
