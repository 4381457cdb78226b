"""The facts that assessment and reports count: each follows from one event, and is written in the same commit."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from msgspec import Struct

from chalicelib.domain import events as happened
from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case
from chalicelib.domain.events import Event
from chalicelib.domain.words import Channel, ClockName, Found, Kind, Light, Outcome, State

CITY = "*"
"""The ledger in which every arrival stands, whichever unit it goes to, and what ended without a unit's answer."""


class About(Struct, frozen=True, omit_defaults=True):
    """What a case is about, as reports divide it. ``sealed``: it is counted, and told of in no list."""

    kind: Kind
    channel: Channel
    mailbox: str
    area: str | None = None
    category: str | None = None
    urgent: bool = False
    first_petition: bool = True
    people: int = 1
    voices: int = 1
    sealed: bool = False


class Entry(Struct, frozen=True):
    """What one step of a case adds to a month's ledger (by Shanghai's calendar), of a unit or of the city."""

    unit: str
    month: date
    case_id: str
    about: About
    facts: tuple[Fact, ...]


def entries_of(before: Case | None, after: Case, events: Iterable[Event]) -> list[Entry]:
    """What a step means: one entry a unit and month. ``before``: the case as the command found it."""
    if not after.counted:
        return []
    told: dict[tuple[str, date], list[Fact]] = {}
    for event in events:
        month = month_of(event.at)
        for fact in _city_facts(before, after, event):
            told.setdefault((CITY, month), []).append(fact)
        unit = _unit(before, after, event)
        if unit is not None:
            for fact in _unit_facts(before, after, event):
                told.setdefault((unit, month), []).append(fact)
    return [Entry(unit, month, after.case_id, about(after), tuple(facts)) for (unit, month), facts in told.items()]


def month_of(at: datetime) -> date:
    """The first day of the month in which ``at`` lies, by Shanghai's calendar."""
    return at.astimezone(SHANGHAI).date().replace(day=1)


def about(case: Case) -> About:
    """What ``case`` is about now."""
    return About(
        kind=case.kind,
        channel=case.channel,
        mailbox=case.mailbox,
        area=case.area,
        category=case.category,
        urgent=case.urgent,
        first_petition=case.first_petition,
        people=case.people,
        voices=len(case.receipts),
        sealed=case.sealed,
    )


def _unit(before: Case | None, after: Case, event: Event) -> str | None:
    """The unit whose doing it was: a case that is being returned still counts for who had it."""
    own = getattr(event.payload, "unit", None)
    if own is not None:
        return str(own)
    if isinstance(event.payload, happened.ReviewAsked):
        return after.unit  # whose answer it is about
    return after.in_charge or (before.in_charge if before is not None else None)


def _city_facts(before: Case | None, after: Case, event: Event) -> Iterator[Fact]:
    """A submission arrives when it leaves the post: registered, joined to its matter, or withdrawn before."""
    case_id, at, first = event.case_id, event.at, after.first_petition
    in_the_post = before is None or before.state is State.RECEIVED
    ends = {
        happened.Declined: FactKind.DECLINED,
        happened.Referred: FactKind.REFERRED,
        happened.ReferralReturned: FactKind.REFERRED,
        happened.Withdrawn: FactKind.WITHDRAWN,
        happened.Joined: FactKind.JOINED,
    }
    arrives = isinstance(event.payload, happened.Registered)
    arrives |= in_the_post and isinstance(event.payload, happened.Joined | happened.Withdrawn)
    if arrives:
        for voice in after.voices:
            yield Fact(FactKind.ARRIVED, case_id, voice.receipt, at, first_petition=first)
    if type(event.payload) in ends:
        yield Fact(ends[type(event.payload)], case_id, "", at)
    if isinstance(event.payload, happened.Replied) and event.payload.known_from:
        for answer in event.payload.answers:
            yield Fact(FactKind.TOLD, case_id, answer.receipt, at)


def _unit_facts(before: Case | None, after: Case, event: Event) -> Iterator[Fact]:
    case_id, at, first = event.case_id, event.at, after.first_petition
    match event.payload:
        case happened.Dispatched() | happened.HandledDirectly() | happened.Transferred():
            for receipt in after.receipts:
                yield Fact(FactKind.RECEIVED, case_id, receipt, at, first_petition=first)
        case happened.VoiceAdded(receipt):
            yield Fact(FactKind.RECEIVED, case_id, receipt, at, first_petition=first)
        case happened.Returned():
            yield Fact(FactKind.RETURNED, case_id, "", at)
        case happened.Signed():
            yield Fact(FactKind.SIGNED, case_id, "", at, in_time=_signed_in_time(before, event))
        case happened.ExtensionGranted():
            yield Fact(FactKind.EXTENDED, case_id, "", at)
        case happened.Replied(answers=answers, outcome=outcome, known_from="", check=check):
            # what was known already is nobody's new merit
            again = True if before is not None and before.reworks else None
            for receipt, in_time in ((answer.receipt, answer.in_time) for answer in answers):
                yield Fact(FactKind.REPLIED, case_id, receipt, at, in_time=in_time, first_petition=first, again=again)
            if outcome is Outcome.ADOPTED:
                yield Fact(FactKind.ADOPTED, case_id, "", at)
            if check is not None:
                yield Fact(FactKind.CHECKED, case_id, "", at, points=check.total)
        case happened.LightChanged(light=Light.RED, clock=ClockName.HANDLE):
            for voice in after.voices:
                if voice.answered_at is None and not voice.withdrawn:
                    yield Fact(FactKind.DUE, case_id, voice.receipt, at, in_time=False)
        case happened.Rated(receipt, solved, _, satisfaction) if not after.known_from:
            yield Fact(FactKind.RATED, case_id, receipt, at, solved=solved, satisfaction=satisfaction)
        case happened.Supervised(level):
            yield Fact(FactKind.SUPERVISED, case_id, "", at, level=level)
        case happened.OrderInspected(found=Found.FALSE_REPLY):
            yield Fact(FactKind.FALSE_REPLY, case_id, "", at)
        case happened.ReworkOrdered():
            yield Fact(FactKind.REWORKED, case_id, "", at)
        case happened.Concluded() if not after.known_from:
            yield Fact(FactKind.CONCLUDED, case_id, "", at, first_petition=first)
        case happened.StoodSettled() | happened.CameAgain():
            yield Fact(FactKind.SETTLED, case_id, "", at, in_time=isinstance(event.payload, happened.StoodSettled))
        case happened.ReviewAsked() if before is not None and before.stands_until is not None:
            yield Fact(FactKind.SETTLED, case_id, "", at, in_time=False)
        case _:
            return


def _signed_in_time(before: Case | None, event: Event) -> bool:
    signing = next((clock for clock in before.clocks if clock.name is ClockName.SIGN), None) if before else None
    return signing is None or event.at <= signing.due_at
