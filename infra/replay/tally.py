"""What a replay came to, read back from the cases and their records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.case import Case, Voice
from chalicelib.domain.events import Event, LeftToClerk, LightChanged, Supervised
from chalicelib.domain.folding import fold
from chalicelib.domain.words import Light
from chalicelib.storage import cases


class BrokenRecord(AssertionError):
    """A stored case is not what folding its events gives: a defect of the desk, and no figure can be trusted."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One submission as its case knows it. ``in_time`` is None for who still waits."""

    unit: str | None
    filed_at: datetime
    answered_at: datetime | None
    in_time: bool | None

    @property
    def days(self) -> float | None:
        """Days from filing to the reply."""
        return None if self.answered_at is None else (self.answered_at - self.filed_at).total_seconds() / 86_400


@dataclass(frozen=True, slots=True)
class Told:
    """One case, and what its record tells of it."""

    case: Case
    worst: Light  # the darkest light it ever showed
    levels: frozenset[int]  # of supervision that it reached
    by_rule: bool  # dispatched without the clerk

    @property
    def submissions(self) -> tuple[Answered, ...]:
        """The submissions of the case."""
        return tuple(self._answered(voice) for voice in self.case.voices)

    def _answered(self, voice: Voice) -> Answered:
        return Answered(self.case.unit, voice.filed_at, voice.answered_at, voice.in_time)


def read_back(case_ids: Iterable[str]) -> list[Told]:
    """Every case that stands for itself, with its record checked. Raises BrokenRecord."""
    told = []
    for case_id in case_ids:
        case, record = cases.load(case_id), cases.record_of(case_id)
        if fold(record) != case:
            raise BrokenRecord(f"case {case_id} is not what its {len(record)} events give")
        if case.joined_to is None:
            told.append(_told(case, record))
    return told


def _told(case: Case, record: list[Event]) -> Told:
    payloads = [event.payload for event in record]
    return Told(
        case=case,
        worst=_darkest(payload.light for payload in payloads if isinstance(payload, LightChanged)),
        levels=frozenset(payload.level for payload in payloads if isinstance(payload, Supervised)),
        by_rule=not any(isinstance(payload, LeftToClerk) for payload in payloads),
    )


def _darkest(lights: Iterable[Light]) -> Light:
    """A case that turned red between two sweeps was yellow on the way."""
    seen = set(lights)
    return next((light for light in (Light.RED, Light.YELLOW) if light in seen), Light.GREEN)
