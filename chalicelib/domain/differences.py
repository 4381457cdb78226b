"""Where two texts differ: by phrases, as a person would mark them, not by single characters."""

import re
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

SHORTEST_COMMON = 3  # characters: fewer in common between two changes are chance, and belong to the change
MOST_CELLS = 30_000_000  # of an alignment by characters (20 ms, 8 MB); longer texts are aligned by their clauses

_CLAUSES = re.compile(r"[^，。！？；：、,.!?;:\n]*[，。！？；：、,.!?;:\n]*")


class Side(StrEnum):
    """In which of two texts a piece stands."""

    BOTH = "both"
    HERE = "here"
    THERE = "there"


class Piece(Struct, frozen=True):
    """A stretch of text, and where it stands."""

    side: Side
    text: str


class Change(Struct, frozen=True):
    """What stands in one text where the other has something else; ``gone`` or ``come`` may be empty.

    ``before`` and ``after``: what both have around it.
    """

    before: str
    gone: str
    come: str
    after: str


def compared(here: str, there: str) -> tuple[Piece, ...]:
    """Both texts in one, in order: what is only in ``here`` stands before what replaces it in ``there``."""
    start = _common(here, there)
    end = _common(here[start:][::-1], there[start:][::-1])
    middle = (here[start : len(here) - end], there[start : len(there) - end])
    pieces = [Piece(Side.BOTH, here[:start]), *_aligned(*middle), Piece(Side.BOTH, here[len(here) - end :])]
    return _smoothed([piece for piece in pieces if piece.text])


def _common(here: str, there: str) -> int:
    """How many characters both begin with."""
    shorter = min(len(here), len(there))
    return next((place for place in range(shorter) if here[place] != there[place]), shorter)


def _aligned(here: str, there: str) -> list[Piece]:
    if len(here) * len(there) <= MOST_CELLS:
        return _opposed(here, there)
    return _opposed(_clauses(here), _clauses(there))


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSES.findall(text) if clause]


def _opposed(here: str | list[str], there: str | list[str]) -> list[Piece]:
    from rapidfuzz.distance import Indel  # 40 ms to import, and only who compares needs it

    found = []
    for step in Indel.opcodes(here, there):
        gone = "".join(here[step.src_start : step.src_end])
        come = "".join(there[step.dest_start : step.dest_end])
        if step.tag == "equal":
            found.append(Piece(Side.BOTH, gone))
        else:
            found += [Piece(Side.HERE, gone), Piece(Side.THERE, come)]
    return found


def _smoothed(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Without the few characters that two changes have in common by chance between them."""
    smooth: list[Piece] = []
    gone = come = ""
    for number, piece in enumerate(pieces):
        between = (gone or come) and number < len(pieces) - 1
        if piece.side is Side.BOTH and between and len(piece.text) < SHORTEST_COMMON:
            gone, come = gone + piece.text, come + piece.text
        elif piece.side is Side.BOTH:
            smooth += [*_change(gone, come), piece]
            gone = come = ""
        elif piece.side is Side.HERE:
            gone += piece.text
        else:
            come += piece.text
    return _united([*smooth, *_change(gone, come)])


def _change(gone: str, come: str) -> list[Piece]:
    """A change without what both sides of it begin or end with."""
    start = _common(gone, come)
    end = _common(gone[start:][::-1], come[start:][::-1])
    sides = (
        Piece(Side.BOTH, gone[:start]),
        Piece(Side.HERE, gone[start : len(gone) - end]),
        Piece(Side.THERE, come[start : len(come) - end]),
        Piece(Side.BOTH, gone[len(gone) - end :]),
    )
    return [piece for piece in sides if piece.text]


def _united(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Neighbours of one side as one piece."""
    united: list[Piece] = []
    for piece in pieces:
        if united and united[-1].side is piece.side:
            united[-1] = Piece(piece.side, united[-1].text + piece.text)
        else:
            united.append(piece)
    return tuple(united)


def changes(pieces: Sequence[Piece], context: int = 4) -> list[Change]:
    """What is replaced, left out or added in ``pieces``, each with ``context`` characters that both have around it."""
    found: list[Change] = []
    before, place = "", 0
    while place < len(pieces):
        piece, place = pieces[place], place + 1
        if piece.side is Side.BOTH:
            before = piece.text
            continue
        gone = piece.text if piece.side is Side.HERE else ""
        come = piece.text if piece.side is Side.THERE else ""
        if gone and place < len(pieces) and pieces[place].side is Side.THERE:
            come, place = pieces[place].text, place + 1
        after = pieces[place].text if place < len(pieces) else ""
        found.append(Change(before[-context:], gone, come, after[:context]))
    return found


def held(pieces: Sequence[Piece], least: int = 4) -> float:
    """How much of the shorter text stands in the other in stretches of ``least`` characters or more: 0 to 1."""
    lengths = [sum(len(piece.text) for piece in pieces if piece.side is not side) for side in (Side.HERE, Side.THERE)]
    common = sum(len(piece.text) for piece in pieces if piece.side is Side.BOTH and len(piece.text) >= least)
    return common / min(lengths) if min(lengths) else 0.0
