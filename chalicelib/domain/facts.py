"""The facts that the assessment counts: each follows from one event, and is written in the same commit."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from chalicelib.domain import events as happened
from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case
from chalicelib.domain.events import Event
from chalicelib.domain.words import ClockName, Light


class UnitFact(Struct, frozen=True):
    """A fact, whose it is, and the month (by Shanghai's calendar) in which it counts."""

    unit: str
    month: date
    fact: Fact


def facts_of(before: Case | None, after: Case, event: Event) -> Iterator[UnitFact]:
    """What ``event`` means for its unit's assessment. ``before``: the case as the command found it."""
    unit = _unit(before, after, event)
    if unit is None:
        return
    month = event.at.astimezone(SHANGHAI).date().replace(day=1)
    for fact in _facts(before, after, event):
        yield UnitFact(unit, month, fact)


def _unit(before: Case | None, after: Case, event: Event) -> str | None:
    """The unit whose doing it was: a case that is being returned still counts for who had it."""
    own = getattr(event.payload, "unit", None)
    if own is not None:
        return str(own)
    return after.in_charge or (before.in_charge if before is not None else None)


def _facts(before: Case | None, after: Case, event: Event) -> Iterator[Fact]:
    case_id, at, first = event.case_id, event.at, after.first_petition
    match event.payload:
        case happened.Dispatched() | happened.HandledDirectly():
            for receipt in after.receipts:
                yield Fact(FactKind.RECEIVED, case_id, receipt, at, first_petition=first)
        case happened.VoiceAdded(receipt):
            yield Fact(FactKind.RECEIVED, case_id, receipt, at, first_petition=first)
        case happened.Signed():
            yield Fact(FactKind.SIGNED, case_id, "", at, in_time=_signed_in_time(before, event))
        case happened.Replied(answers=answers, known_from=""):  # what was known already is nobody's new merit
            for answer in answers:
                yield Fact(FactKind.REPLIED, case_id, answer.receipt, at, in_time=answer.in_time, first_petition=first)
        case happened.LightChanged(light=Light.RED, clock=ClockName.HANDLE):
            for voice in after.voices:
                if voice.answered_at is None and not voice.withdrawn:
                    yield Fact(FactKind.DUE, case_id, voice.receipt, at, in_time=False)
        case happened.Rated(receipt, solved, _, satisfaction) if not after.known_from:
            yield Fact(FactKind.RATED, case_id, receipt, at, solved=solved, satisfaction=satisfaction)
        case happened.Supervised(level):
            yield Fact(FactKind.SUPERVISED, case_id, "", at, level=level)
        case _:
            return


def _signed_in_time(before: Case | None, event: Event) -> bool:
    signing = next((clock for clock in before.clocks if clock.name is ClockName.SIGN), None) if before else None
    return signing is None or event.at <= signing.due_at
