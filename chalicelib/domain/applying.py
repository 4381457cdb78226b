"""How each event of the straight road changes a case."""

from collections.abc import Callable
from datetime import datetime
from functools import singledispatch

from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.case import Assist, Case, Voice
from chalicelib.domain.clocks import Clock, worst_light
from chalicelib.domain.events import Event
from chalicelib.domain.words import DECISIONS, ClockName, Kind, Light, Outcome, State


@singledispatch
def apply(payload: object, case: Case, event: Event) -> Case:
    """The case after ``event``, but for what every event changes. Raises ValueError for one without a rule."""
    raise ValueError(f"no fold for {type(payload).__name__}")


@apply.register
def _(payload: happened.Registered, case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.REGISTERED,
        category=payload.category,
        area=payload.area,
        suggested_unit=payload.suggested_unit,
        urgent=payload.urgent,
        urgent_by_rule=payload.urgent,
        first_petition=payload.first_petition,
        clocks=payload.clocks,
        place=payload.place,
    )


@apply.register
def _(payload: happened.LeftToClerk, case: Case, event: Event) -> Case:
    return replace(case, left_to_clerk=True)


@apply.register
def _(payload: happened.Joined, case: Case, event: Event) -> Case:
    return replace(ended(case, State.JOINED), joined_to=payload.into)


@apply.register
def _(payload: happened.VoiceAdded, case: Case, event: Event) -> Case:
    voice = Voice(
        payload.receipt,
        payload.filed_at,
        payload.own_term_ends_at,
        signers=payload.signers,
        may_publish=payload.may_publish,
        agency=payload.agency,
        bound_by=payload.bound_by,
    )
    waiting = case.waiting
    return replace(
        case,
        voices=(*case.voices, voice),
        clocks=_bound(case.clocks, payload.bound_by),
        waiting=replace(waiting, stopped=_bound(waiting.stopped, payload.bound_by)) if waiting is not None else None,
    )


def _bound(clocks: tuple[Clock, ...], by: datetime | None) -> tuple[Clock, ...]:
    """No light moves by it: who would have to be answered sooner is not joined (``handling.join``)."""
    if by is None:
        return clocks
    return tuple(
        replace(clock, bound_by=min(by, clock.bound_by or by)) if clock.name is ClockName.HANDLE else clock
        for clock in clocks
    )


@apply.register
def _(payload: happened.Accepted, case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.ACCEPTED,
        clocks=payload.clocks,
        backlog_at=payload.backlog_at,
        category=payload.category or case.category,
        suggested_unit=payload.suggested_unit or case.suggested_unit,
    )


@apply.register
def _(payload: happened.Declined, case: Case, event: Event) -> Case:
    return ended(case, State.DECLINED)


@apply.register
def _(payload: happened.Dispatched, case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.DISPATCHED,
        unit=payload.unit,
        category=payload.category or case.category,
        dispatched_at=event.at,
        signed_at=None,
        left_to_clerk=False,
        direct=False,
        return_until=payload.return_until,
        assists=tuple(assist for assist in case.assists if assist.unit != payload.unit),
        draft=None,
        extension=None,
        # the term to answer is the same one; those to dispatch and to sign begin anew
        reminded=tuple(name for name in case.reminded if name is ClockName.HANDLE),
        clocks=payload.clocks,
    )


@apply.register
def _(payload: happened.Returned, case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.RETURNED,
        unit=None,
        suggested_unit=None,
        returns=case.returns + 1,
        first_asked=case.first_asked if case.direct else case.first_asked or payload.unit,
        direct=False,
        return_until=None,
        draft=None,
        extension=None,
        left_to_clerk=True,
        clocks=payload.clocks,
    )


@apply.register
def _(payload: happened.Signed, case: Case, event: Event) -> Case:
    signed = replace(case, state=State.IN_HANDLING, signed_at=event.at, clocks=payload.clocks)
    return replace(signed, first_asked=None)


@apply.register
def _(payload: happened.Drafted, case: Case, event: Event) -> Case:
    return replace(case, state=State.AWAITING_APPROVAL, draft=event.number, drafted_by=event.by.id)


@apply.register
def _(payload: happened.SentBack, case: Case, event: Event) -> Case:
    return replace(case, state=State.IN_HANDLING)


@apply.register
def _(payload: happened.Replied, case: Case, event: Event) -> Case:
    in_time = {answer.receipt: answer.in_time for answer in payload.answers}
    voices = tuple(
        replace(voice, answered_at=event.at, in_time=in_time[voice.receipt]) if voice.receipt in in_time else voice
        for voice in case.voices
    )
    all_answered = all(voice.answered_at or voice.withdrawn for voice in voices)
    still_overdue = worst_light(payload.clocks, event.at) is Light.RED  # for those who wait on
    replied = replace(
        case,
        state=State.REPLIED if all_answered else State.IN_HANDLING,
        unit=case.unit or payload.unit,
        left_to_clerk=False,
        voices=voices,
        clocks=payload.clocks,
        order=case.order if still_overdue else None,
        draft=None,
        replied_at=case.replied_at or event.at,
        answered_by=payload.unit,
        known_from=payload.known_from,
        ask_rating_at=payload.ask_rating_at,
        window_ends_at=payload.window_ends_at,
        review_until=payload.review_until,
        done_by=payload.done_by,
        decision=decision_of(payload, case),
        withheld=False,
        assists=_given(case) if all_answered else case.assists,
        extension=None,
    )
    return replied if case.counted else _left_alone(replied)


def _left_alone(replied: Case) -> Case:
    """A test letter's case: nothing follows its answer by itself. It ends with its exam."""
    return replace(replied, ask_rating_at=None, window_ends_at=None, review_until=None, done_by=None)


def decision_of(reply: happened.Replied, case: Case) -> Outcome | None:
    """What ``reply`` decides on a piece of advice; None where it decides nothing, or tells again what was decided."""
    decides = case.kind is Kind.ADVICE and reply.outcome in DECISIONS and not reply.known_from
    return reply.outcome if decides else None


@apply.register
def _(payload: happened.RatingAsked, case: Case, event: Event) -> Case:
    return replace(case, ask_rating_at=None)


@apply.register
def _(payload: happened.Concluded, case: Case, event: Event) -> Case:
    """An order that stands after the reply is about the reply: it stands until its office releases it."""
    return replace(ended(case, State.CONCLUDED), order=case.order, stands_until=payload.stands_until)


@apply.register
def _(payload: happened.Supplemented, case: Case, event: Event) -> Case:
    return replace(case, supplements=case.supplements + 1)


@apply.register
def _(payload: happened.Rated, case: Case, event: Event) -> Case:
    rated = _with_voice(
        case,
        payload.receipt,
        lambda voice: replace(voice, rated_at=event.at, solved=payload.solved, satisfaction=payload.satisfaction),
    )
    return rated if rated.unrated else replace(rated, ask_rating_at=None)


@apply.register
def _(payload: happened.VoiceWithdrawn, case: Case, event: Event) -> Case:
    return without(_with_voice(case, payload.receipt, lambda voice: replace(voice, withdrawn=True)))


@apply.register
def _(payload: happened.Erased, case: Case, event: Event) -> Case:
    return _with_voice(case, payload.receipt, lambda voice: replace(voice, erased=True))


@apply.register
def _(payload: happened.Withdrawn, case: Case, event: Event) -> Case:
    gone = _with_voice(case, payload.receipt, lambda voice: replace(voice, withdrawn=True))
    return ended(gone, State.WITHDRAWN)


@apply.register(happened.LightChanged)
@apply.register(happened.Noted)
@apply.register(happened.Instructed)
@apply.register(happened.PetitionerSeen)
@apply.register(happened.Looked)
def unchanged(payload: object, case: Case, event: Event) -> Case:
    """The light is computed anew with every event; a note and an instruction change nothing else."""
    return case


def without(rest: Case) -> Case:
    """The case when one of its citizens has left it: replied to, if all the others have been answered. Where what was
    left of it had been returned, it is again the unit's that answered.
    """
    if rest.replied_at is None or any(not voice.answered_at and not voice.withdrawn for voice in rest.voices):
        return rest
    return replace(
        rest,
        state=State.REPLIED,
        unit=rest.unit or rest.answered_by,
        clocks=(),
        order=None,
        draft=None,
        waiting=None,
        extension=None,
        conference=None,
        first_asked=None,
        assists=_given(rest),
    )


def _given(case: Case) -> tuple[Assist, ...]:
    """What was added to the lead's answer; nobody owes anything more once it is sent."""
    return tuple(assist for assist in case.assists if assist.given is not None)


def ended(case: Case, state: State) -> Case:
    """The case at an end: nothing about it runs any more."""
    return replace(
        case,
        state=state,
        clocks=(),
        order=None,
        ask_rating_at=None,
        draft=None,
        waiting=None,
        extension=None,
        conference=None,
        first_asked=None,
        assists=_given(case),
        stands_until=None,
        done_by=case.done_by if state is State.CONCLUDED else None,
        inspection=case.inspection if state is State.CONCLUDED else None,
    )


def _with_voice(case: Case, receipt: str, change: Callable[[Voice], Voice]) -> Case:
    return replace(case, voices=tuple(change(voice) if voice.receipt == receipt else voice for voice in case.voices))
