"""How each event changes a case. The only place that does: the stored case is what folding its events gives."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import singledispatch

from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.case import Case, Order, Voice
from chalicelib.domain.chain import GENESIS, link
from chalicelib.domain.clocks import worst_light
from chalicelib.domain.events import Actor, Event, Payload
from chalicelib.domain.words import ClockName, Light, State


def record(
    case: Case | None, case_id: str, payloads: Iterable[Payload], by: Actor, at: datetime
) -> tuple[Case, list[Event]]:
    """The case after ``payloads`` happened at ``at``, and the events that say so.

    Raises ValueError when there is nothing to record.
    """
    written: list[Event] = []
    for payload in payloads:
        number = 1 if case is None else case.version + 1
        previous = GENESIS if case is None else case.last_hash
        event = link(case_id, number, at, by, payload, previous)
        case = fold_one(case, event)
        written.append(event)
    if case is None:
        raise ValueError("a case begins with an event")
    return case, written


def fold(events: Iterable[Event]) -> Case:
    """The case that ``events``, in their order, tell of. Raises ValueError when there are none."""
    case: Case | None = None
    for event in events:
        case = fold_one(case, event)
    if case is None:
        raise ValueError("a case begins with an event")
    return case


def fold_one(case: Case | None, event: Event) -> Case:
    """The case after one more event."""
    if case is None:
        if not isinstance(event.payload, happened.Filed):
            raise ValueError(f"a case begins with Filed, not {event.kind}")
        changed = _open(event, event.payload)
    else:
        changed = _apply(event.payload, case, event)
    light = worst_light(changed.clocks, event.at)
    return replace(changed, version=event.number, last_hash=event.hash, light=light, moved_at=event.at)


def _open(event: Event, filed: happened.Filed) -> Case:
    handling = next((clock for clock in filed.clocks if clock.name is ClockName.HANDLE), None)
    own_term = handling.due_at if handling is not None else None
    return Case(
        case_id=event.case_id,
        version=event.number,
        last_hash=event.hash,
        state=State.RECEIVED,
        kind=filed.kind,
        channel=filed.channel,
        mailbox=filed.mailbox,
        title=filed.title,
        sealed=filed.sealed,
        opened_at=event.at,
        voices=(Voice(filed.receipt, event.at, own_term_ends_at=own_term),),
        clocks=filed.clocks,
        light=None,
        moved_at=event.at,
        area=filed.area,
    )


@singledispatch
def _apply(payload: object, case: Case, event: Event) -> Case:
    raise ValueError(f"no fold for {type(payload).__name__}")


@_apply.register
def _(payload: happened.Registered, case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.REGISTERED,
        category=payload.category,
        area=payload.area,
        suggested_unit=payload.suggested_unit,
        urgent=payload.urgent,
        first_petition=payload.first_petition,
        clocks=payload.clocks,
    )


@_apply.register
def _(payload: happened.LeftToClerk, case: Case, event: Event) -> Case:
    return replace(case, left_to_clerk=True)


@_apply.register
def _(payload: happened.Joined, case: Case, event: Event) -> Case:
    return replace(_ended(case, State.JOINED), joined_to=payload.into)


@_apply.register
def _(payload: happened.VoiceAdded, case: Case, event: Event) -> Case:
    return replace(case, voices=(*case.voices, Voice(payload.receipt, payload.filed_at, payload.own_term_ends_at)))


@_apply.register
def _(payload: happened.Accepted, case: Case, event: Event) -> Case:
    return replace(case, state=State.ACCEPTED, clocks=payload.clocks)


@_apply.register
def _(payload: happened.Declined, case: Case, event: Event) -> Case:
    return _ended(case, State.DECLINED)


@_apply.register
def _(payload: happened.Dispatched, case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.DISPATCHED,
        unit=payload.unit,
        dispatched_at=event.at,
        signed_at=None,
        left_to_clerk=False,
        # the term to answer is the same one; those to dispatch and to sign begin anew
        reminded=tuple(name for name in case.reminded if name is ClockName.HANDLE),
        clocks=payload.clocks,
    )


@_apply.register
def _(payload: happened.Returned, case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.RETURNED,
        unit=None,
        suggested_unit=None,
        returns=case.returns + 1,
        draft=None,
        left_to_clerk=True,
        clocks=payload.clocks,
    )


@_apply.register
def _(payload: happened.Signed, case: Case, event: Event) -> Case:
    return replace(case, state=State.IN_HANDLING, signed_at=event.at, clocks=payload.clocks)


@_apply.register
def _(payload: happened.Drafted, case: Case, event: Event) -> Case:
    return replace(case, state=State.AWAITING_APPROVAL, draft=event.number)


@_apply.register
def _(payload: happened.SentBack, case: Case, event: Event) -> Case:
    return replace(case, state=State.IN_HANDLING)


@_apply.register
def _(payload: happened.Replied, case: Case, event: Event) -> Case:
    in_time = {answer.receipt: answer.in_time for answer in payload.answers}
    voices = tuple(
        replace(voice, answered_at=event.at, in_time=in_time[voice.receipt]) if voice.receipt in in_time else voice
        for voice in case.voices
    )
    all_answered = all(voice.answered_at or voice.withdrawn for voice in voices)
    still_overdue = worst_light(payload.clocks, event.at) is Light.RED  # for those who wait on
    return replace(
        case,
        state=State.REPLIED if all_answered else State.IN_HANDLING,
        voices=voices,
        clocks=payload.clocks,
        order=case.order if still_overdue else None,
        draft=None,
        replied_at=case.replied_at or event.at,
        ask_rating_at=payload.ask_rating_at,
        window_ends_at=payload.window_ends_at,
    )


@_apply.register
def _(payload: happened.RatingAsked, case: Case, event: Event) -> Case:
    return replace(case, ask_rating_at=None)


@_apply.register
def _(payload: happened.Concluded, case: Case, event: Event) -> Case:
    return _ended(case, State.CONCLUDED)


@_apply.register
def _(payload: happened.Supplemented, case: Case, event: Event) -> Case:
    return replace(case, supplements=case.supplements + 1)


@_apply.register
def _(payload: happened.Rated, case: Case, event: Event) -> Case:
    rated = _with_voice(
        case,
        payload.receipt,
        lambda voice: replace(voice, rated_at=event.at, solved=payload.solved, satisfaction=payload.satisfaction),
    )
    return rated if rated.unrated else replace(rated, ask_rating_at=None)


@_apply.register
def _(payload: happened.VoiceWithdrawn, case: Case, event: Event) -> Case:
    rest = _with_voice(case, payload.receipt, lambda voice: replace(voice, withdrawn=True))
    if rest.replied_at is not None and all(voice.answered_at or voice.withdrawn for voice in rest.voices):
        return replace(rest, state=State.REPLIED, clocks=(), order=None, draft=None)
    return rest


@_apply.register
def _(payload: happened.Withdrawn, case: Case, event: Event) -> Case:
    gone = _with_voice(case, payload.receipt, lambda voice: replace(voice, withdrawn=True))
    return _ended(gone, State.WITHDRAWN)


@_apply.register
def _(payload: happened.Reminded, case: Case, event: Event) -> Case:
    if payload.clock is None or payload.clock in case.reminded:
        return case
    return replace(case, reminded=(*case.reminded, payload.clock))


@_apply.register
def _(payload: happened.Supervised, case: Case, event: Event) -> Case:
    order = Order(payload.level, payload.answer_by, payload.next_level_at)
    return replace(case, order=order, highest_level=max(case.highest_level, payload.level))


@_apply.register(happened.LightChanged)
@_apply.register(happened.Noted)
@_apply.register(happened.Instructed)
@_apply.register(happened.PetitionerSeen)
def _unchanged(payload: object, case: Case, event: Event) -> Case:
    """The light is computed anew with every event; a note and an instruction change nothing else."""
    return case


def _ended(case: Case, state: State) -> Case:
    return replace(case, state=state, clocks=(), order=None, ask_rating_at=None, draft=None)


def _with_voice(case: Case, receipt: str, change: Callable[[Voice], Voice]) -> Case:
    return replace(case, voices=tuple(change(voice) if voice.receipt == receipt else voice for voice in case.voices))
