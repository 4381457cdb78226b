"""Names of places that the gazetteer does not know, learnt from what clerks correct.

A clerk says where a matter lies that nobody could read out of its letter. What in that letter looks like the name of a
place is remembered for that area; once the letters of several people agree, it is proposed to a person.
"""

import re
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.lexicon import Lexicon
from chalicelib.domain.places import Sense

FEWEST_CHOICES = range(2, 21)  # how many people's letters an office may ask for
MOST_HINTS = 20  # names remembered of one letter
MOST_PEOPLE = 20  # remembered of one name: enough to propose it

_ENDS = (
    "小区|花园|家园|新村|新城|公寓|广场|市场|菜场|小学|中学|幼儿园|医院|公园|大道|社区|大厦"
    "|苑|庭|府|湾|路|街|巷|村|桥|弄"
)
_NO_PART = "我你他她它们的了在到是住从和与于去往至及对请把被这那个有没不也都就向因为或即每各该"
_LETTER = f"[^\\W\\d_a-zA-Z{_NO_PART}]"
_NAME = re.compile(f"(?=({_LETTER}{{1,6}}(?:{_ENDS})))")
_SHORTEST, _LONGEST = 3, 8


class State(StrEnum):
    """What a person made of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Witness(Struct, frozen=True):
    """A letter in which a name stands. ``person``: a keyed digest of who wrote it."""

    person: str
    case_id: str


class Sighting(Struct, frozen=True):
    """A name, and the letters in which it stands that clerks put into one area."""

    name: str
    area: str
    seen: tuple[Witness, ...]

    def with_one(self, witness: Witness) -> "Sighting":
        """With one letter more; of one person the latest counts."""
        others = tuple(one for one in self.seen if one.person != witness.person)
        return replace(self, seen=(witness, *others)[:MOST_PEOPLE])


class Proposal(Struct, frozen=True):
    """A name that the letters of several people agree upon. ``place``: what it was accepted for, "" for itself."""

    name: str
    area: str
    cases: tuple[str, ...]
    at: datetime
    state: State = State.OPEN
    by: str = ""
    place: str = ""
    place_areas: tuple[str, ...] = ()


def hints_in(passages: tuple[str, ...], known: Lexicon[Sense]) -> tuple[str, ...]:
    """What in ``passages`` looks like the name of a place, and is none that is known: at most ``MOST_HINTS``."""
    unknown = (_without(passage, known) for passage in passages)
    found = dict.fromkeys(match[1] for passage in unknown for match in _NAME.finditer(passage))
    return tuple(name for name in found if _SHORTEST <= len(name) <= _LONGEST)[:MOST_HINTS]


def _without(passage: str, known: Lexicon[Sense]) -> str:
    """``passage`` with a stop where a known name stands."""
    rest, end = [], 0
    folded = passage.casefold()
    for at, found in known.find_at(passage):
        rest.append(folded[end:at])
        end = at + len(found.word)
    return "，".join([*rest, folded[end:]])


def agreed(sightings: list[Sighting], fewest: int) -> list[Sighting]:
    """Those that enough people wrote; of one inside another that the same people wrote, the longer."""
    enough = [one for one in sightings if len({witness.person for witness in one.seen}) >= fewest]
    return [one for one in enough if not any(_says_more(other, one) for other in enough)]


def _says_more(other: Sighting, one: Sighting) -> bool:
    people = {witness.person for witness in one.seen}
    return one.name != other.name and one.name in other.name and people <= {witness.person for witness in other.seen}
