"""判重: whether two letters speak of one matter. Precision first: what is joined by no person must be one matter."""

import re
import unicodedata
import zlib
from enum import StrEnum

from msgspec import Struct

GRAM = 3  # characters
BINS = 64
ROWS = 4  # of a band; 16 bands notice four in five pairs at a Jaccard similarity of 0.55, nearly all at 0.7
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
_CLAUSES = re.compile(r"[,.!?;:，。、！？；：\n]+")
_NAMED = r"[^\W_在我本该个是的们到从对前各这那此整全每]{2}"  # 我小区, 在小区 name no place
_PLACES = re.compile(
    _NAMED + "(?:小区|家园|花园|新村|新城|之城|公寓|广场|大道|公园|学校|小学|中学|幼儿园|医院|社区|街道|国际"
    "|[路街巷镇乡村区县苑湾庭])"
)
_NUMBERED = re.compile(r"(?:\d+|[一二三四五六七八九十]+)(?:号线|号楼|号院|号门|栋|幢|座|单元|期|组|队|中|村|标段)")
_LANDMARKS = re.compile(_NAMED + "[桥站寺庙塔坪岭湖山厂里]")  # of many words too: heeded between two people only
_NUMBERS = re.compile(r"[A-Za-z]*\d{2,}|[A-Za-z]+\d+")
_POINTERS = frozenset("东南西北上下左右前后甲乙丙丁一二三四五六七八九十0123456789")


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

    Nearly the same words about another place are another matter: where each letter names a place that the other does
    not, they stay apart whatever their likeness.
    """
    here, there = normalised(new), normalised(old)
    alike = similarity(here, there)
    one_person = new.person is not None and new.person == old.person
    if alike < _enough(min(len(here), len(there)), one_person) or _elsewhere(new, old):
        return Verdict(Kinship.APART, alike)
    if one_person:
        return Verdict(Kinship.REPEAT, alike)
    differ = _each_has_own(_LANDMARKS, new, old) or _each_has_own(_NUMBERS, new, old) or _pointed_elsewhere(here, there)
    return Verdict(Kinship.APART if differ else Kinship.SAME_MATTER, alike)


def says_nothing_new(new: Letter, old: Letter) -> bool:
    """Whether ``new`` only says again what ``old`` said: a letter long enough to tell, nearly the same on the whole,
    and each of its clauses word for word in the other. One clause more ("it is still dark") is something new.
    """
    here, there = normalised(new), normalised(old)
    if len(here) < SHORTEST_MATTER or new.area != old.area or similarity(here, there) < SAME_LETTER_FROM:
        return False
    return _clauses(new) <= _clauses(old)


def _clauses(letter: Letter) -> set[str]:
    bare = _COURTESIES.sub("", _plain(f"{letter.title}\n{letter.text}"))
    return {"".join(char for char in clause if char.isalnum()) for clause in _CLAUSES.split(bare)} - {""}


def similarity(here: str, there: str) -> float:
    """How alike two normalised texts are: 1 for equal, by the characters to be inserted and removed."""
    from rapidfuzz.distance import Indel  # 40 ms to import, and only routing compares

    return float(Indel.normalized_similarity(here, there))


def _enough(length: int, one_person: bool) -> float:
    """The likeness from which two letters are joined, the shorter of ``length`` characters; above 1: never."""
    if one_person:
        if length < SHORTEST_REPEAT:
            return NEVER
        return SAME_MATTER_FROM if length < SHORT_REPEAT else REPEAT_FROM
    return SAME_MATTER_FROM if length >= SHORTEST_MATTER else NEVER


def _elsewhere(new: Letter, old: Letter) -> bool:
    """Whether the letters speak of two places, whoever wrote them."""
    if new.area and old.area and new.area != old.area:
        return True
    return _each_has_own(_PLACES, new, old) or _each_has_own(_NUMBERED, new, old)


def _each_has_own(pattern: re.Pattern[str], new: Letter, old: Letter) -> bool:
    here = set(pattern.findall(_plain(f"{new.title}\n{new.text}")))
    there = set(pattern.findall(_plain(f"{old.title}\n{old.text}")))
    return bool(here - there) and bool(there - here)


def _pointed_elsewhere(here: str, there: str) -> bool:
    """Whether the texts differ by one pointer put for another: the north gate for the south gate, line 3 for line 5."""
    from rapidfuzz.distance import Levenshtein  # imported late like Indel

    changed = (step for step in Levenshtein.opcodes(here, there) if step.tag == "replace")
    return any(
        _POINTERS.issuperset(here[step.src_start : step.src_end])
        and _POINTERS.issuperset(there[step.dest_start : step.dest_end])
        for step in changed
    )


def normalised(letter: Letter) -> str:
    """Title and text without courtesies, punctuation and spaces: what the letter says."""
    bare = _COURTESIES.sub("", _plain(f"{letter.title}\n{letter.text}"))
    return "".join(char for char in bare if char.isalnum())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def bands(letter: Letter) -> tuple[str, ...]:
    """Keys of which two alike letters share at least one: MinHash (Broder 1997) by one permutation, its empty bins
    filled from their neighbours (Shrivastava and Li 2014).
    """
    bins = _filled(_minima(normalised(letter)))
    if not bins:
        return ()
    rows = [bins[start : start + ROWS] for start in range(0, BINS, ROWS)]
    return tuple(f"{number:02}.{zlib.crc32(repr(row).encode()):08x}" for number, row in enumerate(rows))


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
