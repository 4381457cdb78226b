"""What a city calls a risk, and by which words a letter shows it. Data of the city (``risks.json``)."""

from enum import StrEnum

from msgspec import Struct

from chalicelib.domain.name import Name


class Procedure(StrEnum):
    """What the clerk is shown to do next."""

    NONE = ""
    SUICIDE = "suicide"  # 有人轻生: call at once
    DANGER = "danger"  # 危及生命: have it secured at once


class Pair(Struct, frozen=True, omit_defaults=True):
    """One of ``first`` with one of ``second`` after it, at most ``within`` characters between them."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    within: int = 12


class Count(Struct, frozen=True, omit_defaults=True):
    """A number of people: "三百多户业主". ``units``: what is counted (户, 名业主); ``least``: how many it takes;
    ``near``: words of which one must stand at most ``within`` characters away, none for any.
    """

    units: tuple[str, ...]
    least: int
    near: tuple[str, ...] = ()
    within: int = 20


class Risk(Struct, frozen=True, omit_defaults=True):
    """风险. ``words`` show it, or one of ``pairs`` or ``counts`` does. ``harmless``: longer words in which they mean
    nothing (跳楼价); ``not_after``: words right before that take it back (不会, 防止).
    """

    id: str
    name: Name
    words: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    counts: tuple[Count, ...] = ()
    harmless: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    urgent: bool = False  # the case is handled by the urgent term
    alarm: bool = False  # life may be in danger: leaders are told at once, and may read it
    procedure: Procedure = Procedure.NONE

    @property
    def all_words(self) -> tuple[str, ...]:
        """Whatever is looked for in a letter because of it."""
        paired = (word for pair in self.pairs for word in (*pair.first, *pair.second))
        return (*self.words, *paired, *(word for count in self.counts for word in count.near), *self.harmless)
