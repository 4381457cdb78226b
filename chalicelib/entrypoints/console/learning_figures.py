"""The figures of the model's page: how often persons agreed with it, by category and month, and where they did not."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.domain.learning import Count, MonthSum
from chalicelib.domain.opinions import name_of
from chalicelib.web.sparks import shares_line

MOST_CONFUSIONS = 10


class Row(Struct, frozen=True):
    """A category: how many letters persons decided to be about it, in how many the model had said so, and a picture of
    the share by month. ``months``: the same as figures, "7/8", "" where there was no letter.
    """

    name: str
    letters: int
    agreed: int
    picture: str
    months: tuple[str, ...]

    @property
    def share(self) -> str:
        """In per cent, rounded down."""
        return percent(self.agreed, self.letters)


class Confusion(Struct, frozen=True):
    """So many letters of which the model said ``said`` and persons ``was``: the labels, and their names."""

    said: str
    was: str
    said_name: str
    was_name: str
    letters: int


def percent(part: int, whole: int) -> str:
    """A share rounded down: what is not all of them is never called 100 %."""
    return f"{part * 100 // whole}%" if whole else "—"


def rows_of(months: Sequence[MonthSum], language: str) -> list[Row]:
    """A line for each category, the most frequent first."""
    letters = Counter[str]()
    for one in _counts(months):
        letters[one.was] += one.letters
    return [_row(was, months, language) for was, _ in letters.most_common()]


def total_of(months: Sequence[MonthSum], label: str) -> Row:
    """All categories in one line."""
    return _as_row(label, [_agreed(month.counts) for month in months])


def confusions_of(months: Sequence[MonthSum], language: str) -> list[Confusion]:
    """What the model took for what, the commonest first."""
    counted = Counter[tuple[str, str]]()
    for one in _counts(months):
        if one.said != one.was:
            counted[one.said, one.was] += one.letters
    return [
        Confusion(said, was, _name(said, language), _name(was, language), letters)
        for (said, was), letters in counted.most_common(MOST_CONFUSIONS)
    ]


def _counts(months: Sequence[MonthSum]) -> Iterable[Count]:
    return (one for month in months for one in month.counts)


def _row(was: str, months: Sequence[MonthSum], language: str) -> Row:
    return _as_row(_name(was, language), [_agreed([one for one in month.counts if one.was == was]) for month in months])


def _agreed(counts: Iterable[Count]) -> tuple[int, int]:
    known = list(counts)
    return sum(one.letters for one in known if one.said == one.was), sum(one.letters for one in known)


def _as_row(name: str, months: list[tuple[int, int]]) -> Row:
    shares = [part / whole if whole else None for part, whole in months]
    said = tuple(f"{part}/{whole}" if whole else "" for part, whole in months)
    parts, wholes = sum(part for part, _ in months), sum(whole for _, whole in months)
    return Row(name, wholes, parts, shares_line(shares, f"{name} {percent(parts, wholes)}"), said)


def _name(label: str, language: str) -> str:
    return name_of(label, cities.current()).within(language)
