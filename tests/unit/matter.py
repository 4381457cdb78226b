"""Builders: a matter on its way through the desk, without any storage. Each step is decided as the desk decides it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from chalicelib.domain import handling, rating, supervision
from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.case import Case
from chalicelib.domain.events import (
    CITIZEN,
    DESK,
    Actor,
    Event,
    Filed,
    Payload,
    Rated,
    Reason,
    Registered,
    Supplemented,
    VoiceAdded,
)
from chalicelib.domain.folding import record
from chalicelib.domain.moves import permit
from chalicelib.domain.terms import Terms
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import (
    Action,
    Attitude,
    Channel,
    DeclineGround,
    Kind,
    Outcome,
    Role,
    Satisfaction,
    Solved,
    State,
)

TRADE = Trade(Terms(), WorkingCalendar(frozenset(), frozenset(), date(2099, 12, 31)))
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
BASIS = Reason("basis.person", {})
UNIT, OTHER_UNIT = "urban-management", "health"
FIRST, SECOND, THIRD = "100000000001", "200000000002", "300000000003"

ACTORS: dict[Role, Actor] = {
    role: CITIZEN
    if role is Role.CITIZEN
    else DESK
    if role is Role.DESK
    else Actor(role, role.value, UNIT if role in (Role.HANDLER, Role.HEAD) else None, role.value)
    for role in Role
}


def reason(code: str) -> Reason:
    """A reason that says ``code``."""
    return Reason(code, {})


@dataclass
class Matter:
    """A case with its record, at a moment of its own clock."""

    now: datetime = MONDAY
    trade: Trade = TRADE
    events: list[Event] = field(default_factory=list)
    _case: Case | None = None

    @property
    def case(self) -> Case:
        """The case as it stands."""
        assert self._case is not None
        return self._case

    def happens(self, *payloads: Payload, by: Actor = DESK) -> "Matter":
        """What is recorded as it is, whether or not it may be."""
        self._case, written = record(self._case, "310000000001", payloads, by, self.now)
        self.events += written
        return self

    def filed(self, receipt: str = FIRST, kind: Kind = Kind.APPEAL) -> "Matter":
        """A citizen spoke."""
        sealed = kind is Kind.ACCUSATION
        title = "" if sealed else "路灯不亮"
        filed = Filed(
            receipt, kind, Channel.WEB, "hotline", title, None, sealed, "d" * 64, self.trade.to_register(self.now)
        )
        return self.happens(filed, by=CITIZEN)

    def later(self, **by: float) -> "Matter":
        """Let time pass, e.g. ``later(days=3)``."""
        self.now += timedelta(**by)
        return self

    def swept(self) -> list[Payload]:
        """What the sweep records now."""
        due = supervision.due_now(self.case, self.now, self.trade)
        if due:
            self.happens(*due)
        return due

    def take(self, action: Action, by: Actor, receipt: str = FIRST) -> "Matter":
        """``by`` takes ``action`` as the desk does it: what fell due, then the table, then the step's own rule."""
        due = supervision.due_now(self.case, self.now, self.trade)
        after = record(self._case, self.case.case_id, due, DESK, self.now)[0] if due else self.case
        permit(after, action, by)
        decided = decide(after, action, self.now, self.trade, receipt)
        if due:
            self.happens(*due)
        return self.happens(*decided, by=by)

    def joined_by(self, receipt: str) -> "Matter":
        """Another citizen's submission is joined."""
        return self.happens(VoiceAdded(receipt, f"case-of-{receipt}", self.now, None, BASIS))

    def at(self, state: State) -> "Matter":
        """Filed, and brought to ``state`` by the shortest road."""
        if not self.events:
            self.filed()
        for action, role in ROADS[state]:
            self.take(action, ACTORS[role])
        return self


_TO_DISPATCHED = (
    (Action.REGISTER, Role.CLERK),
    (Action.ACCEPT, Role.CLERK),
    (Action.DISPATCH, Role.CLERK),
)
_TO_DRAFTED = (*_TO_DISPATCHED, (Action.SIGN, Role.HANDLER), (Action.DRAFT, Role.HANDLER))
ROADS: dict[State, tuple[tuple[Action, Role], ...]] = {
    State.RECEIVED: (),
    State.REGISTERED: _TO_DISPATCHED[:1],
    State.ACCEPTED: _TO_DISPATCHED[:2],
    State.DISPATCHED: _TO_DISPATCHED,
    State.RETURNED: (*_TO_DISPATCHED, (Action.RETURN, Role.HEAD)),
    State.IN_HANDLING: _TO_DRAFTED[:4],
    State.AWAITING_APPROVAL: _TO_DRAFTED,
    State.REPLIED: (*_TO_DRAFTED, (Action.REPLY, Role.HEAD)),
    State.CONCLUDED: (*_TO_DRAFTED, (Action.REPLY, Role.HEAD), (Action.CONCLUDE, Role.CLERK)),
    State.DECLINED: (*_TO_DISPATCHED[:1], (Action.DECLINE, Role.CLERK)),
    State.JOINED: (*_TO_DISPATCHED[:1], (Action.JOIN, Role.CLERK)),
    State.WITHDRAWN: ((Action.WITHDRAW, Role.CITIZEN),),
}


def another_case() -> Case:
    """Somebody else's matter, in handling."""
    other = Matter()
    other._case, _ = record(
        None,
        "320000000002",
        [Filed(THIRD, Kind.APPEAL, Channel.WEB, "hotline", "路灯", None, False, "e" * 64, TRADE.to_register(MONDAY))],
        CITIZEN,
        MONDAY,
    )
    return other.case


def decide(case: Case, action: Action, at: datetime, trade: Trade, receipt: str = FIRST) -> Iterable[Payload]:
    """What ``action``, permitted, records on ``case``. Raises what the step's own rule refuses."""
    match action:
        case Action.REGISTER:
            clocks = trade.to_accept(case.clocks, at)
            return [Registered(None, None, None, False, True, (BASIS,), clocks)]
        case Action.JOIN:
            return [handling.join(case, another_case(), BASIS)[0]]
        case Action.ACCEPT:
            return [handling.accept(case, at, BASIS, trade)]
        case Action.DECLINE:
            return [handling.decline(DeclineGround.COURT, "请向人民法院提出。")]
        case Action.DISPATCH:
            return [handling.dispatch(case, UNIT, at, BASIS, "", trade)]
        case Action.RETURN:
            return [handling.return_to_desk(case, at, "不属于本单位职责。", trade)]
        case Action.SIGN:
            return [handling.sign(case, trade)]
        case Action.NOTE:
            return [handling.note("已到现场查看。", True)]
        case Action.DRAFT:
            return [handling.draft("您好，路灯已经修好。", Outcome.SOLVED)]
        case Action.SEND_BACK:
            return [handling.send_back("请写明何时修好。")]
        case Action.REPLY:
            receipts = None if receipt == FIRST else (receipt,)  # to all, or to one of several
            return [handling.reply(case, "您好，路灯已经修好。", Outcome.SOLVED, at, trade, receipts)]
        case Action.CONCLUDE:
            return [handling.conclude(BASIS)]
        case Action.REMIND:
            return [supervision.remind_by_hand("请尽快办理。")]
        case Action.SUPERVISE:
            return [supervision.supervise_by_hand(case, "请说明原因。", at, trade)]
        case Action.INSTRUCT:
            return [handling.instruct("请认真办理。")]
        case Action.SUPPLEMENT:
            return [Supplemented(receipt, case.supplements + 1, "f" * 64)]
        case Action.RATE:
            return rating.rate(case, content(receipt), at)
        case Action.WITHDRAW:
            return [rating.withdraw(case, receipt, "已经解决")]


def content(receipt: str = FIRST) -> Rated:
    """A citizen is content."""
    return Rated(receipt, Solved.YES, Attitude.GOOD, Satisfaction.SATISFIED, "谢谢")


def unhappy(receipt: str = FIRST) -> Rated:
    """A citizen is not."""
    return Rated(receipt, Solved.NO, Attitude.FAIR, Satisfaction.NOT, "没有解决")
