"""How each event of handling a matter together changes a case."""

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.applying import apply
from chalicelib.domain.case import Assist, Case, Conference, Published
from chalicelib.domain.events import Event
from chalicelib.domain.words import ClockName, Role, State


@apply.register
def _(payload: happened.HandledDirectly, case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.IN_HANDLING,
        unit=payload.unit,
        direct=True,
        dispatched_at=event.at,
        signed_at=event.at,
        first_asked=None,
        left_to_clerk=False,
        reminded=tuple(name for name in case.reminded if name is ClockName.HANDLE),
        clocks=payload.clocks,
    )


@apply.register
def _(payload: happened.AssistanceAsked, case: Case, event: Event) -> Case:
    others = tuple(assist for assist in case.assists if assist.unit != payload.unit)
    return replace(case, assists=(*others, Assist(payload.unit, event.number, payload.clock)))


@apply.register
def _(payload: happened.AssistanceCalledOff, case: Case, event: Event) -> Case:
    return replace(case, assists=tuple(assist for assist in case.assists if assist.unit != payload.unit))


@apply.register
def _(payload: happened.AssistanceDue, case: Case, event: Event) -> Case:
    return _with_assist(case, payload.unit, lambda assist: replace(assist, told=payload.light))


@apply.register
def _(payload: happened.Assisted, case: Case, event: Event) -> Case:
    return _with_assist(case, payload.unit, lambda assist: replace(assist, given=event.number))


@apply.register
def _(payload: happened.ConferenceCalled, case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.IN_CONFERENCE,
        conference=Conference(payload.on, payload.members, event.number),
        extension=None,
        left_to_clerk=False,
        reminded=tuple(name for name in case.reminded if name is ClockName.HANDLE),
        clocks=payload.clocks,
    )


@apply.register
def _(payload: happened.ConferenceCalledOff, case: Case, event: Event) -> Case:
    with_its_unit = State.DISPATCHED if case.signed_at is None else State.IN_HANDLING
    state = State.ACCEPTED if case.unit is None else with_its_unit
    return replace(case, state=state, conference=None, left_to_clerk=case.unit is None, clocks=payload.clocks)


@apply.register
def _(payload: happened.ConferenceHeld, case: Case, event: Event) -> Case:
    """A lead that has signed goes on; another one, or one that has not, is dispatched to in the same commit."""
    return replace(case, state=State.IN_HANDLING, conference=None, clocks=payload.clocks)


@apply.register
def _(payload: happened.OwnerNamed, case: Case, event: Event) -> Case:
    return replace(case, owner=payload.login)


@apply.register
def _(payload: happened.BacklogEntered, case: Case, event: Event) -> Case:
    return replace(case, backlog_since=event.at, owner_by=payload.owner_by)


@apply.register
def _(payload: happened.OwnerMissing, case: Case, event: Event) -> Case:
    return replace(case, owner_by=None)


@apply.register
def _(payload: happened.DecisionPublished, case: Case, event: Event) -> Case:
    return replace(case, published=Published(event.at, payload.outcome, payload.quoted), withheld=False)


@apply.register
def _(payload: happened.DecisionTakenDown, case: Case, event: Event) -> Case:
    """What the desk took down is not asked for again."""
    return replace(case, published=None, withheld=event.by.role is Role.CLERK)


@apply.register
def _(payload: happened.DecisionWithheld, case: Case, event: Event) -> Case:
    return replace(case, withheld=True)


@apply.register
def _(payload: happened.ConsentWithdrawn, case: Case, event: Event) -> Case:
    voices = (
        replace(voice, may_publish=voice.may_publish and voice.receipt != payload.receipt) for voice in case.voices
    )
    return replace(case, voices=tuple(voices))


def _with_assist(case: Case, unit: str, change: Callable[[Assist], Assist]) -> Case:
    return replace(case, assists=tuple(change(assist) if assist.unit == unit else assist for assist in case.assists))
