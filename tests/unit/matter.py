"""Builders: a matter on its way through the desk, without any storage. Each step is decided as the desk decides it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from chalicelib.city import default_city
from chalicelib.domain import supervision
from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.case import Case
from chalicelib.domain.events import (
    CITIZEN,
    DESK,
    Actor,
    Drafted,
    Event,
    ExtensionAsked,
    Filed,
    Payload,
    Rated,
    Reason,
    VoiceAdded,
    VoicesSplit,
)
from chalicelib.domain.folding import record
from chalicelib.domain.handling import outcomes_of
from chalicelib.domain.moves import permit
from chalicelib.domain.terms import Terms
from chalicelib.domain.trade import Trade
from chalicelib.domain.words import (
    UNIT_ROLES,
    Action,
    Attitude,
    Channel,
    Kind,
    Outcome,
    Role,
    Satisfaction,
    Solved,
    State,
)
from infra.walk import deciding
from infra.walk.deciding import Form

TRADE = Trade(Terms(), WorkingCalendar(frozenset(), frozenset(), date(2099, 12, 31)))
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
BASIS = Reason("basis.person", {})
CITY = default_city()
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


def salt() -> str:
    """No secret: the same each time."""
    return "5a" * 16


def acting(role: Role, case: Case) -> Actor:
    """Somebody of ``role``; of a unit's people, whoever is in charge of ``case``."""
    known = ACTORS[role]
    return replace(known, unit=case.in_charge) if role in UNIT_ROLES and case.in_charge is not None else known


def reason(code: str) -> Reason:
    """A reason that says ``code``."""
    return Reason(code, {})


@dataclass
class Matter:
    """A case with its record, at a moment of its own clock."""

    now: datetime = MONDAY
    case_id: str = "310000000001"
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
        self._case, written = record(self._case, self.case_id, payloads, by, self.now, salt)
        self.events += written
        return self

    def filed(
        self, receipt: str = FIRST, kind: Kind = Kind.APPEAL, by: Actor = CITIZEN, bound_by: datetime | None = None
    ) -> "Matter":
        """A citizen spoke; or an agency hands on what one said."""
        sealed = kind is Kind.ACCUSATION
        title = "" if sealed else "路灯不亮"
        filed = Filed(
            receipt,
            kind,
            Channel.WEB,
            "hotline",
            title,
            None,
            sealed,
            "d" * 64,
            self.trade.bound(self.trade.to_register(self.now), bound_by),
            bound_by=bound_by,
        )
        return self.happens(filed, by=by)

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
        after = record(self._case, self.case.case_id, due, DESK, self.now, salt)[0] if due else self.case
        permit(after, action, by, self.now)
        decided = decide(after, action, by, self.now, self.trade, receipt)
        if due:
            self.happens(*due)
        return self.happens(*decided, by=by)

    def joined_by(self, receipt: str, agency: str = "", bound_by: datetime | None = None) -> "Matter":
        """Another citizen's submission is joined."""
        added = VoiceAdded(receipt, f"case-of-{receipt}", self.now, None, BASIS, agency=agency, bound_by=bound_by)
        return self.happens(added)

    def at(self, state: State) -> "Matter":
        """Filed, and brought to ``state`` by the shortest road."""
        if not self.events:
            self.filed(by=ACTORS[Role.AGENCY] if state is State.REFERRAL_RETURNED else CITIZEN)
        for action, role in ROADS[state]:
            self.take(action, acting(role, self.case))
        return self


_TO_DISPATCHED = (
    (Action.REGISTER, Role.CLERK),
    (Action.ACCEPT, Role.CLERK),
    (Action.DISPATCH, Role.CLERK),
)
_TO_DRAFTED = (*_TO_DISPATCHED, (Action.SIGN, Role.HANDLER), (Action.DRAFT, Role.HANDLER))
_TO_REPLIED = (*_TO_DRAFTED, (Action.REPLY, Role.HEAD))
ROADS: dict[State, tuple[tuple[Action, Role], ...]] = {
    State.RECEIVED: (),
    State.REGISTERED: _TO_DISPATCHED[:1],
    State.ACCEPTED: _TO_DISPATCHED[:2],
    State.DISPATCHED: _TO_DISPATCHED,
    State.RETURNED: (*_TO_DISPATCHED, (Action.RETURN, Role.HEAD)),
    State.IN_HANDLING: _TO_DRAFTED[:4],
    State.AWAITING_APPROVAL: _TO_DRAFTED,
    State.WAITING: (*_TO_DRAFTED[:4], (Action.ASK, Role.HANDLER)),
    State.IN_CONFERENCE: (*_TO_DRAFTED[:4], (Action.CALL_CONFERENCE, Role.CLERK)),
    State.REPLIED: _TO_REPLIED,
    State.IN_REVIEW: (*_TO_REPLIED, (Action.ASK_REVIEW, Role.CITIZEN)),
    State.TERMINATED: (
        *_TO_REPLIED,
        *((Action.ASK_REVIEW, Role.CITIZEN), (Action.DECIDE_REVIEW, Role.HEAD)) * 2,
    ),
    State.REFERRED: (*_TO_DISPATCHED[:1], (Action.REFER, Role.CLERK)),
    State.REFERRAL_RETURNED: (*_TO_DISPATCHED[:1], (Action.RETURN_REFERRAL, Role.CLERK)),
    State.WITH_AGENCY: (*_TO_DISPATCHED[:1], (Action.TRANSFER, Role.CLERK)),
    State.CONCLUDED: (*_TO_DRAFTED, (Action.REPLY, Role.HEAD), (Action.CONCLUDE, Role.CLERK)),
    State.DECLINED: (*_TO_DISPATCHED[:1], (Action.DECLINE, Role.CLERK)),
    State.JOINED: (*_TO_DISPATCHED[:1], (Action.JOIN, Role.CLERK)),
    State.WITHDRAWN: ((Action.WITHDRAW, Role.CITIZEN),),
}


OTHERS = {Action.JOIN: State.IN_HANDLING, Action.ANSWER_KNOWN: State.CONCLUDED}  # what the other case must be


def another_case(state: State = State.IN_HANDLING) -> Case:
    """Somebody else's matter, which came a day earlier."""
    return Matter(now=MONDAY - timedelta(days=1), case_id="320000000002").filed(THIRD).at(state).case


def decide(
    case: Case, action: Action, by: Actor, at: datetime, trade: Trade, receipt: str = FIRST
) -> Iterable[Payload]:
    """What ``action``, permitted, records on ``case``. Raises what the step's own rule refuses."""
    if action is Action.SPLIT:  # ``joined_by`` leaves no other case behind to be split from
        return [VoicesSplit((case.receipts[-1],), "case-of-another", "说的是另一件事。")]
    form = Form(
        by=by,
        receipt=receipt,
        unit=OTHER_UNIT if action is Action.ASK_ASSISTANCE else UNIT,
        city=CITY,
        other=another_case(OTHERS[action]) if action in OTHERS else case,
        receipts=None if receipt == FIRST else (receipt,),  # answered are all, or one of several
        drafted=Drafted("您好，路灯已经修好。", Outcome.SOLVED),
        asked=ExtensionAsked("要请专家鉴定。", 10, True),
        outcome=outcomes_of(case.kind)[0],
        members=(UNIT, OTHER_UNIT),
    )
    return deciding.decide(case, action, form, at, trade)


def content(receipt: str = FIRST) -> Rated:
    """A citizen is content."""
    return Rated(receipt, Solved.YES, Attitude.GOOD, Satisfaction.SATISFIED, "谢谢")


def unhappy(receipt: str = FIRST) -> Rated:
    """A citizen is not."""
    return Rated(receipt, Solved.NO, Attitude.FAIR, Satisfaction.NOT, "没有解决")
