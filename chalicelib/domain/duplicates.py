"""判重: whether two letters speak of one matter. Precision first: what is joined by no person must be one matter."""

import re
import zlib
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.differences import Piece, changes, compared, held
from chalicelib.domain.elsewhere import elsewhere, places_named
from chalicelib.domain.plain import plain

GRAM = 3  # characters
BINS = 64
ROWS = 4  # of a band; 16 bands notice four in five pairs at a Jaccard similarity of 0.55, nearly all at 0.7
MOST_NAMES = 4  # of places, by which letters in other words find each other
SAME_MATTER_FROM = 0.85  # of letters by different people
REPEAT_FROM = 0.70  # of letters by one person
SHORTEST_MATTER = 40  # characters: shorter letters of different people are alike too easily
SHORTEST_REPEAT = 12
SAME_LETTER_FROM = 0.95  # of one person's letters: below it she says something new, whatever it is
SHORT_REPEAT = 60  # below it a person's own letters must be as alike as two people's: how one asks outweighs what
NEVER = 2.0  # no likeness reaches it

_COURTESIES = re.compile(
    r"尊敬的?[^，。！：:,\s]{0,12}(领导|书记|市长|县长|区长|局长)(们)?|您好|你好|谢谢|此致|敬礼|领导"
)
_LISTED = re.compile(r"https?://\S+|(?<![\d第])\d{1,2}\s*[、.．)）](?!\d)")
_CLAUSES = re.compile(r"[,.!?;:，。、！？；：\n]+")


class Within(Struct, frozen=True):
    """Word for word the one in the other: from what likeness on the whole, what share of the shorter, of how many
    characters. Who says the same and more is below the likeness of the whole.
    """

    similarity: float
    share: float
    length: int


MATTER_WITHIN = Within(0.5, 0.85, 60)
REPEAT_WITHIN = Within(0.35, 0.70, 60)
HEADED_ALIKE = Within(0.35, 0.85, 10)  # one person's titles; she words the rest anew


class Kinship(StrEnum):
    """What two letters have to do with each other."""

    REPEAT = "repeat"  # the same person, the same matter
    SAME_MATTER = "same_matter"  # another person, in nearly the same words, of the same place
    APART = "apart"


class Letter(Struct, frozen=True):
    """What is compared. ``person``: a keyed digest of who wrote it, None when nobody can tell."""

    title: str
    text: str
    area: str | None
    person: str | None


class Verdict(Struct, frozen=True):
    """``similarity``: 0 to 1, of the words without courtesies."""

    kinship: Kinship
    similarity: float


def judge(new: Letter, old: Letter) -> Verdict:
    """Whether ``new`` speaks of the matter of ``old``.

    Nearly the same words about another place are another matter, whatever their likeness: ``elsewhere`` says.
    """
    first, second = sorted((_unlisted(new), _unlisted(old)), key=normalised)  # the verdict is the same either way round
    here, there = normalised(first), normalised(second)
    alike = similarity(here, there)
    one_person = new.person is not None and new.person == old.person
    if alike < _least(one_person):
        return Verdict(Kinship.APART, alike)
    pieces = compared(here, there)
    heads = (normalised(replace(first, text="")), normalised(replace(second, text="")))
    shorter = min(len(here), len(there))
    enough = alike >= _enough(shorter, one_person) or _within(pieces, alike, shorter, one_person)
    if not enough and not (one_person and _headed_alike(heads, alike)):
        return Verdict(Kinship.APART, alike)
    if _areas_differ(new, old) or elsewhere(changes(pieces), here, there, heads, one_person):
        return Verdict(Kinship.APART, alike)
    return Verdict(Kinship.REPEAT if one_person else Kinship.SAME_MATTER, alike)


def _unlisted(letter: Letter) -> Letter:
    """Without addresses of the net and the numbers of its points: they count, and say nothing."""
    return replace(letter, text=_LISTED.sub(" ", letter.text))


def _least(one_person: bool) -> float:
    return min(REPEAT_WITHIN.similarity, HEADED_ALIKE.similarity) if one_person else MATTER_WITHIN.similarity


def _enough(length: int, one_person: bool) -> float:
    """The likeness from which two letters are joined, the shorter of ``length`` characters; above 1: never."""
    if one_person:
        if length < SHORTEST_REPEAT:
            return NEVER
        return SAME_MATTER_FROM if length < SHORT_REPEAT else REPEAT_FROM
    return SAME_MATTER_FROM if length >= SHORTEST_MATTER else NEVER


def _within(pieces: tuple[Piece, ...], alike: float, length: int, one_person: bool) -> bool:
    """Whether the shorter letter stands in the other, word for word, long enough to tell."""
    bar = REPEAT_WITHIN if one_person else MATTER_WITHIN
    return alike >= bar.similarity and length >= bar.length and held(pieces) >= bar.share


def _headed_alike(heads: tuple[str, str], alike: float) -> bool:
    """Whether two titles are nearly the same, and long enough to name a matter."""
    bar = HEADED_ALIKE
    return alike >= bar.similarity and min(map(len, heads)) >= bar.length and similarity(*heads) >= bar.share


def _areas_differ(new: Letter, old: Letter) -> bool:
    return bool(new.area and old.area and new.area != old.area)


def says_nothing_new(new: Letter, old: Letter) -> bool:
    """Whether ``new`` only says again what ``old`` said: a letter long enough to tell, nearly the same on the whole,
    and each of its clauses word for word in the other. One clause more ("it is still dark") is something new.
    """
    here, there = normalised(new), normalised(old)
    if len(here) < SHORTEST_MATTER or new.area != old.area or similarity(here, there) < SAME_LETTER_FROM:
        return False
    return _clauses(new) <= _clauses(old)


def _clauses(letter: Letter) -> set[str]:
    bare = _COURTESIES.sub("", plain(f"{letter.title}\n{letter.text}"))
    return {"".join(char for char in clause if char.isalnum()) for clause in _CLAUSES.split(bare)} - {""}


def similarity(here: str, there: str) -> float:
    """How alike two normalised texts are: 1 for equal, by the characters to be inserted and removed."""
    from rapidfuzz.distance import Indel  # 40 ms to import, and only routing compares

    return float(Indel.normalized_similarity(here, there))


def normalised(letter: Letter) -> str:
    """Title and text without courtesies, punctuation and spaces: what the letter says."""
    bare = _COURTESIES.sub("", plain(f"{letter.title}\n{letter.text}"))
    return "".join(char for char in bare if char.isalnum())


def bands(letter: Letter) -> tuple[str, ...]:
    """Keys of which two alike letters share at least one: MinHash (Broder 1997) by one permutation, its empty bins
    filled from their neighbours (Shrivastava and Li 2014).
    """
    bins = _filled(_minima(normalised(letter)))
    if not bins:
        return ()
    rows = [bins[start : start + ROWS] for start in range(0, BINS, ROWS)]
    return tuple(f"{number:02}.{zlib.crc32(repr(row).encode()):08x}" for number, row in enumerate(rows))


def trails(letter: Letter) -> tuple[str, ...]:
    """Keys under which a letter is found by later ones: its bands, and the places that it names most."""
    names = places_named(plain(letter.title), plain(letter.text))[:MOST_NAMES]
    return (*bands(letter), *(f"n.{zlib.crc32(name.encode()):08x}" for name in names))


def _minima(text: str) -> list[int | None]:
    """The least hash of the text's grams in each bin; None where no gram fell."""
    minima: list[int | None] = [None] * BINS
    for gram in {text[start : start + GRAM] for start in range(max(1, len(text) - GRAM + 1))} - {""}:
        spread = zlib.crc32(gram.encode()) * 0x9E3779B1 & 0xFFFFFFFF  # Fibonacci hashing: crc32 alone is linear
        place, value = spread % BINS, spread // BINS
        known = minima[place]
        if known is None or value < known:
            minima[place] = value
    return minima


def _filled(minima: list[int | None]) -> list[int]:
    """Each empty bin takes the next full one's value, with its distance: two texts fill theirs alike."""
    if all(value is None for value in minima):
        return []
    filled: list[int] = []
    for place in range(BINS):
        distance = next(step for step in range(BINS) if minima[(place + step) % BINS] is not None)
        value = minima[(place + distance) % BINS]
        assert value is not None
        filled.append(value + distance * 0x4000000)
    return filled
