"""How well the desk joins letters without a person, measured on letters whose matters are known: docs/duplicates.md."""

import csv
import os
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from chalicelib.desk.kinship import LIKELY_FROM, MOST_LIKELY
from chalicelib.domain.duplicates import Kinship, Letter, judge, normalised, trails
from infra.learn.arrivals import Written, arrivals

MARKS = Path(__file__).with_name("marks.csv")
REPEAT, SAME, APART = "repeat", "same", "apart"  # what a person marked a pair


class NoLetters(Exception):
    """The letters of a file of pairs are not to be found."""


class Pair(Struct, frozen=True):
    """Two letters, what the desk makes of them by itself, whether its clerk is shown them, and what they are.

    ``truth``: as a person marked it, or as the file's own columns tell; None where neither does.
    """

    ids: tuple[str, str]
    kinship: Kinship
    likeness: float
    offered: bool
    truth: str | None


class Judged(Struct, frozen=True):
    """All pairs of a file; ``compared``: for how many letters, with how many earlier ones in all."""

    pairs: Sequence[Pair]
    letters: int
    compared: int
    missing: int = 0


def evaluate(file: Path) -> dict[str, object]:
    """Precision and recall of what is joined by no person, and of what the clerk is offered.

    ``file``: pairs (``id_a``, ``id_b``), with their letters in a CSV beside it, or in the file or folder that the
    environment's LETTERS names; or letters (``id``, ``user``, ``title``, ``time``, ``body``), which then arrive at the
    desk one after another. Raises NoLetters, and KeyError naming a column that is not there.
    """
    began = time.perf_counter()
    rows = _read(file)
    judged = _pairs(file, rows) if rows and "id_a" in rows[0] else _letters(file, rows)
    return _figures(judged, time.perf_counter() - began)


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _pairs(file: Path, rows: list[dict[str, str]]) -> Judged:
    marks, pairs, missing = _marks(), [], 0
    sources = _sources(file, rows)
    for row in rows:
        name, letters = sources[row.get("file", "")]
        ids = (row["id_a"], row["id_b"])
        if ids[0] not in letters or ids[1] not in letters:
            missing += 1
            continue
        told = row.get("mark") or marks.get(_key(name, ids))
        pairs.append(_judged(letters[ids[0]], letters[ids[1]], told, row.get("same_problem") == "1"))
    return Judged(pairs, len({one for pair in pairs for one in pair.ids}), len(pairs), missing)


def _sources(file: Path, rows: list[dict[str, str]]) -> dict[str, tuple[str, dict[str, Written]]]:
    """The letters by the name of the file that a pair says it is of; "" where it says none."""
    place = Path(os.environ.get("LETTERS") or file.parent)
    named = {row.get("file", "") for row in rows}
    if named - {""}:
        return {name: (name, _written(_read(place / name))) for name in named}
    ids = {row[side] for row in rows for side in ("id_a", "id_b")}
    beside = [place] if place.is_file() else sorted(one for one in place.glob("*.csv") if one != file)
    found = [(one, rows) for one in beside if (rows := _read(one)) and {"id", "body"} <= rows[0].keys()]
    held = {one.name: (len(ids & {row["id"] for row in rows}), rows) for one, rows in found}
    best = max(held, key=lambda name: held[name][0], default="")
    if not best or not held[best][0]:
        raise NoLetters(f"{file}: no CSV in {place} holds these letters; LETTERS= names it")
    return {"": (best, _written(held[best][1]))}


def _written(rows: list[dict[str, str]]) -> dict[str, Written]:
    return {
        row["id"]: Written(
            row["id"],
            Letter(row["title"], row["body"], None, row.get("user") or None),
            row.get("time", ""),
            row.get("problem", ""),
        )
        for row in rows
    }


def _letters(file: Path, rows: list[dict[str, str]]) -> Judged:
    """As they come to the desk, each with those earlier ones that it would bring up."""
    marks, pairs, compared = _marks(), [], 0
    for new, candidates in arrivals(_written(rows).values()):
        compared += len(candidates)
        found = [_judged(new, old, marks.get(_key(file.name, (new.id, old.id)))) for old in candidates]
        likely = sorted((pair for pair in found if pair.offered), key=lambda pair: -pair.likeness)[:MOST_LIKELY]
        joined = next((pair for pair in found if pair.kinship is not Kinship.APART), None)
        pairs += [
            Pair(
                pair.ids,
                pair.kinship if pair is joined else Kinship.APART,
                pair.likeness,
                pair in likely,
                pair.truth,
            )
            for pair in found
            if joined is None or pair is joined  # what is joined once is looked at no further
        ]
    return Judged(pairs, len(rows), compared)


def _judged(new: Written, old: Written, mark: str | None, one_problem: bool = False) -> Pair:
    verdict = judge(new.letter, old.letter)
    one_person = new.letter.person is not None and new.letter.person == old.letter.person
    met = one_person or not set(trails(new.letter)).isdisjoint(trails(old.letter))
    truth = mark or _told(new, old, one_person, one_problem)
    return Pair((new.id, old.id), verdict.kinship, verdict.similarity, met and verdict.similarity >= LIKELY_FROM, truth)


def _told(new: Written, old: Written, one_person: bool, one_problem: bool) -> str | None:
    """What the columns tell: one known matter, two of them, or the very same words. No key does not mean no matter."""
    one_problem = one_problem or bool(new.problem and new.problem == old.problem)
    if one_problem or normalised(new.letter) == normalised(old.letter):
        return REPEAT if one_person else SAME
    return APART if new.problem and old.problem else None


def _marks() -> dict[tuple[str, str, str], str]:
    return {_key(row["file"], (row["id_a"], row["id_b"])): row["mark"] for row in _read(MARKS)}


def _key(name: str, ids: tuple[str, str]) -> tuple[str, str, str]:
    return name, min(ids), max(ids)


def _figures(judged: Judged, seconds: float) -> dict[str, object]:
    known = [pair for pair in judged.pairs if pair.truth is not None]
    joined = [pair for pair in judged.pairs if pair.kinship is not Kinship.APART]
    wrong = [pair for pair in known if pair.kinship is not Kinship.APART and not _right(pair)]
    return {
        "pairs": len(judged.pairs),
        "known": len(known),
        "missing": judged.missing,
        "joined": len(joined),
        "joined_unknown": sum(pair.truth is None for pair in joined),
        **_shares(known, (Kinship.REPEAT, Kinship.SAME_MATTER), (REPEAT, SAME)),
        "repeats": _shares(known, (Kinship.REPEAT,), (REPEAT,)),
        "same_matter": _shares(known, (Kinship.SAME_MATTER,), (SAME,)),
        "offered": _offered(known),
        "wrongly_joined": [pair.ids for pair in wrong],
        "letters": judged.letters,
        "compared_per_letter": round(judged.compared / judged.letters, 2) if judged.letters else 0.0,
        "seconds": round(seconds, 2),
    }


def _right(pair: Pair) -> bool:
    return pair.truth == (REPEAT if pair.kinship is Kinship.REPEAT else SAME)


def _shares(known: Sequence[Pair], kinds: tuple[Kinship, ...], marks: tuple[str, ...]) -> dict[str, object]:
    """Of what was joined as ``kinds``, how much is so; of what is marked so, how much was joined."""
    joined = [pair for pair in known if pair.kinship in kinds]
    meant = [pair for pair in known if pair.truth in marks]
    return {
        "precision": _share(sum(map(_right, joined)), len(joined)),
        "recall": _share(sum(_right(pair) for pair in meant if pair.kinship in kinds), len(meant)),
        "of": len(meant),
    }


def _offered(known: Sequence[Pair]) -> dict[str, object]:
    """What is not joined and shown to the clerk. ``recall``: of all that is one matter and alike enough to be shown,
    how much she sees joined or offered.
    """
    shown = [pair for pair in known if pair.offered and pair.kinship is Kinship.APART]
    alike = [pair for pair in known if pair.truth != APART and pair.likeness >= LIKELY_FROM]
    return {
        "pairs": len(shown),
        "precision": _share(sum(pair.truth != APART for pair in shown), len(shown)),
        "recall": _share(sum(pair.offered or pair.kinship is not Kinship.APART for pair in alike), len(alike)),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
