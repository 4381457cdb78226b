"""What is public and may be the matter of somebody who is about to write: she says whether it is."""

from collections.abc import Iterable

from chalicelib.domain.deciding import Matter
from chalicelib.domain.duplicates import Letter, normalised
from chalicelib.domain.elsewhere import places_named

MOST_OFFERED = 3
OFFERED_FROM = 0.2  # of the pairs of characters in the shorter text; one in two hundred pairs of strangers has as many
OFFERED_OF_A_PLACE_FROM = 0.12  # where both name the same place


def offered(title: str, text: str, area: str | None, matters: Iterable[Matter]) -> list[Matter]:
    """The public matters that are nearest to a letter, the nearest first: at most three, of the same area if both say
    one.
    """
    near = [(nearness(title, text, one), one) for one in matters if not (area and one.area and area != one.area)]
    wanted = [(share, one) for share, one in near if share > 0]
    return [one for _, one in sorted(wanted, key=lambda pair: -pair[0])[:MOST_OFFERED]]


def nearness(title: str, text: str, matter: Matter) -> float:
    """How much of what is public of ``matter`` a letter says too: 0 where it is too little to be shown."""
    decision = matter.decision
    here = _pairs(normalised(Letter(title, text, None, None)))
    there = _pairs(normalised(Letter(decision.title, decision.text, None, None)))
    if not here or not there:
        return 0.0
    share = len(here & there) / min(len(here), len(there))
    one_place = not set(places_named(title, text)).isdisjoint(places_named(decision.title, decision.text))
    return share if share >= (OFFERED_OF_A_PLACE_FROM if one_place else OFFERED_FROM) else 0.0


def _pairs(text: str) -> set[str]:
    return {text[start : start + 2] for start in range(len(text) - 1)}
