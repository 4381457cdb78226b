"""How each event beyond the straight road changes a case."""

from msgspec.structs import replace

from chalicelib.domain import events as happened
from chalicelib.domain.applying import apply, ended, without
from chalicelib.domain.applying_lay import attended
from chalicelib.domain.case import Case, Extension, Review, Waiting
from chalicelib.domain.clocks import worst_light
from chalicelib.domain.events import Event
from chalicelib.domain.words import ClockName, Light, State


@apply.register
def _(payload: happened.VoicesSplit, case: Case, event: Event) -> Case:
    return without(replace(case, voices=tuple(voice for voice in case.voices if voice.receipt not in payload.receipts)))


@apply.register
def _(payload: happened.SplitOff, case: Case, event: Event) -> Case:
    """Whoever withdrew from the case they were joined to, or took back a consent there, has done so here."""
    voices = tuple(
        replace(
            voice,
            withdrawn=voice.receipt not in payload.receipts,
            may_publish=voice.receipt in payload.consenting,
        )
        for voice in case.voices
    )
    return replace(
        case,
        state=State.REGISTERED,
        voices=voices,
        joined_to=None,
        left_to_clerk=True,
        unit=None,
        direct=False,
        reminded=(),
        clocks=payload.clocks,
    )


@apply.register
def _(payload: happened.Referred, case: Case, event: Event) -> Case:
    return ended(case, State.REFERRED)


@apply.register
def _(payload: happened.Asked, case: Case, event: Event) -> Case:
    waiting = Waiting(event.at, payload.until, payload.stopped)
    return replace(case, state=State.WAITING, waiting=waiting, clocks=payload.clocks)


@apply.register
def _(payload: happened.Resumed, case: Case, event: Event) -> Case:
    return replace(case, state=State.IN_HANDLING, waiting=None, clocks=payload.clocks)


@apply.register
def _(payload: happened.ExtensionAsked, case: Case, event: Event) -> Case:
    return replace(case, extension=Extension(event.number, payload.days, payload.endorsed))


@apply.register
def _(payload: happened.ExtensionEndorsed, case: Case, event: Event) -> Case:
    asked = case.extension
    return case if asked is None else replace(case, extension=replace(asked, endorsed=True))


@apply.register
def _(payload: happened.ExtensionRefused, case: Case, event: Event) -> Case:
    return replace(case, extension=None)


@apply.register
def _(payload: happened.ExtensionGranted, case: Case, event: Event) -> Case:
    light = worst_light(payload.clocks, event.at)  # whoever is not in the green again has been reminded already
    return replace(
        case,
        extension=None,
        extended=case.extended + payload.days,
        clocks=payload.clocks,
        order=case.order if light is Light.RED else None,
        reminded=tuple(name for name in case.reminded if name is not ClockName.HANDLE or light is not Light.GREEN),
    )


@apply.register
def _(payload: happened.ClocksRecounted, case: Case, event: Event) -> Case:
    """Whoever is in the green again is reminded again."""
    green = {clock.name for clock in payload.clocks if clock.light_at(event.at) is Light.GREEN}
    waiting = case.waiting
    if waiting is not None:
        waiting = replace(waiting, until=payload.until or waiting.until, stopped=payload.stopped)
    return replace(
        case,
        clocks=payload.clocks,
        waiting=waiting,
        reminded=tuple(name for name in case.reminded if name not in green),
    )


@apply.register
def _(payload: happened.CallBackDue, case: Case, event: Event) -> Case:
    kept = case.done_by is not None and event.at < case.done_by  # else it is the promise that is called about
    return replace(case, call_back_due=True, done_by=case.done_by if kept else None)


@apply.register
def _(payload: happened.CalledBack, case: Case, event: Event) -> Case:
    return replace(case, call_back_due=False) if payload.reached else case


@apply.register
def _(payload: happened.ReworkOrdered, case: Case, event: Event) -> Case:
    """Whoever was answered waits again; what she said of the first answer stands in the record. An order about that
    answer goes on.
    """
    voices = tuple(
        replace(
            voice,
            own_term_ends_at=None,
            answered_at=None,
            in_time=None,
            rated_at=None,
            solved=None,
            satisfaction=None,
            # a date that is over was kept, or missed, by the first answer
            bound_by=voice.bound_by if voice.bound_by is not None and voice.bound_by > event.at else None,
            unsatisfied_before=voice.unsatisfied_before or voice.receipt in payload.unsatisfied,
        )
        for voice in case.voices
    )
    return replace(
        case,
        state=State.IN_HANDLING,
        voices=voices,
        clocks=payload.clocks,
        reworks=case.reworks + 1,
        call_back_due=False,
        reminded=(),
        review=None,
        review_until=None,
        ask_rating_at=None,
        window_ends_at=None,
        done_by=None,
        known_from="",
        decision=None,
        withheld=False,
        return_until=None,
        stands_until=None,
        transfer=None,
    )


@apply.register
def _(payload: happened.ReviewAsked, case: Case, event: Event) -> Case:
    review = Review(payload.level, payload.reviewer, event.number, payload.receipt)
    return replace(
        case,
        state=State.IN_REVIEW,
        review=review,
        clocks=payload.clocks,
        reminded=(),
        order=None,
        ask_rating_at=None,
        stands_until=None,
        supplements=case.supplements + 1,
    )


@apply.register(happened.StoodSettled)
@apply.register(happened.CameAgain)
def _(payload: object, case: Case, event: Event) -> Case:
    return replace(case, stands_until=None)


@apply.register
def _(payload: happened.HearingHeld, case: Case, event: Event) -> Case:
    there = attended(case, payload.lay)
    return there if there.review is None else replace(there, review=replace(there.review, heard=True))


@apply.register
def _(payload: happened.ReviewDecided, case: Case, event: Event) -> Case:
    decided = replace(ended(case, State.CONCLUDED), reviewed=payload.level, review_until=payload.review_until)
    return replace(decided, review=None)


@apply.register
def _(payload: happened.Terminated, case: Case, event: Event) -> Case:
    return ended(case, State.TERMINATED)
