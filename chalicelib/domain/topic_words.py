"""What a letter says, made comparable: the weighted character grams of its title and opening, and the places it names.

No word list and no model: what is common and what is telling is read from the desk's own letters (``Commons``).
"""

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from chalicelib.domain.plain import plain

GRAMS = (2, 3)  # characters
OPENING = 300  # characters of the text: what it is about is said early, what follows is how long it has lasted
NAMING = 150  # characters of the text in which its place is named
TITLE = 3  # how often a gram of the title counts
RARE = 0.003  # share of the letters: rarer grams weigh as much as one of this share
STEM = 2  # characters of a name by which it is known: 万科双槐城 and 双槐城 are one place
NAME_UPTO = 0.15  # a stem in more of the letters than this is no name; the hottest matter names its place often
MOST_WEIGHTS = 400  # of what is kept of several letters together
FEWEST_LETTERS = 100  # below it a share says little: as if there were so many
ELSEWHERE = (
    0.05  # of a likeness where each names a place that the other never mentions: below the cut for the same words
)
OTHER_DISTRICT = 0.5
_RUN = re.compile(r"[^\W_]+")
_STEM = r"[^\W_\d在我本该个是的们到从对前各这那此整全每某和与及]{2}"
_NAME = re.compile(
    f"{_STEM}"
    "(?:小区|家园|花园|新村|新城|之城|公寓|广场|大道|公园|学校|小学|中学|幼儿园|医院|社区|街道|国际|大厦|学院|大学"
    "|春天|华府|半岛|名城|公馆|(?<![家法])庭|[路街巷镇乡村苑湾园城郡])"
)
_CODE = re.compile(r"[a-z]\d{1,2}[区县市]")


class Written(Struct, frozen=True):
    """``grams``: how often each stands there, the title's more, by the gram's hash. ``names``: what looks like the name
    of a place, its last two characters and its kind (双槐小区). ``districts``: codes of the districts it lies in.
    """

    grams: dict[int, int]
    names: tuple[str, ...]
    districts: tuple[str, ...]


def read(title: str, text: str, districts: Iterable[str] = ()) -> Written:
    """What is compared of a letter. ``districts``: codes known otherwise; those that stand masked in it are added."""
    heading, opening = plain(title), plain(text[: 2 * OPENING])[:OPENING]
    grams: Counter[int] = Counter()
    for passage, times in ((heading, TITLE), (opening, 1)):
        for run in _RUN.findall(passage):
            for gram in grams_in(run):
                grams[hash_of(gram)] += times
    naming = f"{heading}\n{opening[:NAMING]}"
    names = tuple(dict.fromkeys(found[0] for found in _NAME.finditer(naming)))
    codes = tuple(dict.fromkeys((*districts, *_CODE.findall(naming))))
    return Written(dict(grams), names, codes)


def grams_in(run: str) -> list[str]:
    """The grams of letters and figures that stand together."""
    return [run[at : at + size] for size in GRAMS for at in range(len(run) - size + 1)]


def hash_of(gram: str) -> int:
    """The same in every process and release: it is stored."""
    return zlib.crc32(gram.encode())


class Commons(Struct, frozen=True):
    """In which share of ``letters`` a gram stands; those rarer than ``RARE`` are left out."""

    letters: int
    shares: dict[int, float]

    def telling(self, gram: int) -> float:
        """How much a gram tells: nothing if it stands in every letter; the idf of information retrieval."""
        return -math.log(max(self.shares.get(gram, 0.0), RARE))


def commons_of(letters: Iterable[Written]) -> Commons:
    """What is common among ``letters``."""
    seen: Counter[int] = Counter()
    number = 0
    for letter in letters:
        number += 1
        seen.update(letter.grams.keys())
    of = max(number, FEWEST_LETTERS)
    return Commons(number, {gram: times / of for gram, times in seen.items() if times > RARE * of})


class Profile(Struct, frozen=True):
    """A letter, or a topic as the mean of its letters, ready to be compared. ``size``: letters."""

    weights: dict[int, float]
    names: frozenset[int]  # hashes of the stems that are telling
    districts: frozenset[str]
    size: int = 1


def profile_of(letter: Written, commons: Commons) -> Profile:
    """``letter`` weighed: of length 1, so that the product of two is their cosine."""
    weights = {gram: (1 + math.log(times)) * commons.telling(gram) for gram, times in letter.grams.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return Profile(
        {gram: weight / length for gram, weight in weights.items() if weight > 0},
        frozenset(hash_of(name[:STEM]) for name in telling_names(letter, commons)),
        frozenset(letter.districts),
    )


def telling_names(letter: Written, commons: Commons) -> list[str]:
    """The names of ``letter`` that are none of the words every second one has (我市人民医院)."""
    return [name for name in letter.names if commons.shares.get(hash_of(name[:STEM]), 0.0) <= NAME_UPTO]


def mean_of(profiles: Sequence[Profile], most: int = MOST_WEIGHTS) -> Profile:
    """Several as one: its likeness to another is the mean of theirs, but for what weighs least and is left out.

    It stands at a place if a third of its letters do.
    """
    size = sum(one.size for one in profiles)
    weights: dict[int, float] = {}
    names: Counter[int] = Counter()
    districts: Counter[str] = Counter()
    for one in profiles:
        for gram, weight in one.weights.items():
            weights[gram] = weights.get(gram, 0.0) + weight * one.size
        names.update(dict.fromkeys(one.names, one.size))
        districts.update(dict.fromkeys(one.districts, one.size))
    heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:most]
    return Profile(
        {gram: weight / size for gram, weight in heaviest},
        frozenset(name for name, times in names.items() if times * 3 >= size),
        frozenset(code for code, times in districts.items() if times * 3 >= size),
        size,
    )


def likeness(here: Profile, there: Profile) -> float:
    """The mean likeness of the letters of one to those of the other, 0 to 1, less where they name other places."""
    return product(here.weights, there.weights) * place_factor(here, there)


def product(here: Mapping[int, float], there: Mapping[int, float]) -> float:
    """The sum of what both weigh."""
    if len(there) < len(here):
        here, there = there, here
    return sum(weight * there[gram] for gram, weight in here.items() if gram in there)


def place_factor(here: Profile, there: Profile) -> float:
    """1, or less where the two speak of different places. A name counts as shared wherever it stands in the other."""
    factor = 1.0
    if here.names and there.names and not _mentions(here, there) and not _mentions(there, here):
        factor = ELSEWHERE
    if here.districts and there.districts and not here.districts & there.districts:
        factor *= OTHER_DISTRICT
    return factor


def _mentions(here: Profile, there: Profile) -> bool:
    return any(name in there.weights for name in here.names)
