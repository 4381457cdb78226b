"""Which letters are near copies of each other: they must not stand on both sides when a model is measured."""

from chalicelib.domain.duplicates import Letter as Compared
from chalicelib.domain.duplicates import bands
from infra.learn.letters import Letter


def groups_of(letters: list[Letter]) -> list[int]:
    """A number for each letter, the same for those that share a band (see ``duplicates.bands``), and for theirs."""
    leaders = list(range(len(letters)))

    def leader(one: int) -> int:
        while leaders[one] != one:
            leaders[one] = leaders[leaders[one]]
            one = leaders[one]
        return one

    first: dict[str, int] = {}
    for number, letter in enumerate(letters):
        for band in bands(Compared(letter.title, letter.body, None, None)):
            leaders[leader(number)] = leader(first.setdefault(band, number))
    return [leader(number) for number in range(len(letters))]
