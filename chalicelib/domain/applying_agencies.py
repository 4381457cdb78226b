"""How what happens between our desk and another agency's changes a case."""

from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.applying import apply, ended
from chalicelib.domain.case import Case, Transfer
from chalicelib.domain.clocks import worst_light
from chalicelib.domain.events import Event
from chalicelib.domain.words import ClockName, Light, State


@apply.register
def _(payload: happened.Transferred, case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.WITH_AGENCY,
        unit=payload.desk,
        direct=True,
        transfer=Transfer(payload.agency, payload.name, payload.number, event.at),
        transfers=case.transfers + 1,
        dispatched_at=event.at,
        signed_at=None,
        first_asked=None,
        left_to_clerk=False,
        reminded=tuple(name for name in case.reminded if name is ClockName.HANDLE),
        clocks=payload.clocks,
    )


@apply.register
def _(payload: happened.TransferTaken, case: Case, event: Event) -> Case:
    if case.transfer is None:
        return case
    return replace(case, transfer=replace(case.transfer, their_number=payload.their_number))


@apply.register
def _(payload: happened.AgencyReported, case: Case, event: Event) -> Case:
    """What overtook a later word stands in the record; how the matter stands there is what was so last."""
    known = case.transfer
    if known is None or (known.told_at is not None and payload.reported_at < known.told_at):
        return case
    told = replace(
        known,
        state=payload.state,
        told_at=payload.reported_at,
        unit_name=payload.unit_name or known.unit_name,
        their_number=payload.their_number or known.their_number,
    )
    return replace(case, transfer=told)


@apply.register
def _(payload: happened.TransferReturned, case: Case, event: Event) -> Case:
    return replace(
        case,
        state=State.RETURNED,
        unit=None,
        suggested_unit=None,
        direct=False,
        transfer=None,
        left_to_clerk=True,
        clocks=payload.clocks,
    )


@apply.register
def _(payload: happened.DeadlineSet, case: Case, event: Event) -> Case:
    light = worst_light(payload.clocks, event.at)  # whoever is not in the green again has been reminded already
    overdue_no_more = worst_light(case.clocks, event.at) is Light.RED and light is not Light.RED
    waiting = case.waiting
    return replace(
        case,
        voices=tuple(
            replace(voice, bound_by=payload.bound_by) if voice.receipt == payload.receipt else voice
            for voice in case.voices
        ),
        clocks=payload.clocks,
        waiting=replace(waiting, stopped=payload.stopped) if waiting is not None else None,
        order=None if overdue_no_more else case.order,
        reminded=tuple(name for name in case.reminded if name is not ClockName.HANDLE or light is not Light.GREEN),
    )


@apply.register
def _(payload: happened.ReferralReturned, case: Case, event: Event) -> Case:
    return ended(case, State.REFERRAL_RETURNED)
