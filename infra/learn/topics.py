"""Measures the finding of topics on a file of letters: `make evaluate FILE=…csv TASK=topics`."""

import csv
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from chalicelib.domain.topics import Told, Topic, find

NEEDED = ("id", "title", "body")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})|(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")  # how a spreadsheet keeps a day: since the end of 1899
_SERIAL_FROM = date(1899, 12, 30)


class UnfitFile(Exception):
    """The file is no table of letters; its words say what is missing."""


def evaluate(file: Path) -> dict[str, object]:
    """What is found in ``file`` (UTF-8 CSV: id, title, body; user, time, favour, problem where there are) and how long
    it took, on one core. ``problem`` is looked at only to measure.

    Raises UnfitFile, and OSError where it cannot be read.
    """
    rows = rows_of(file)
    letters = [_told(row) for row in rows]
    print(f"{len(letters)} letters", file=sys.stderr)
    began = time.perf_counter()
    topics = find(letters)
    seconds = time.perf_counter() - began
    print(f"{len(topics)} topics in {seconds:.1f} s", file=sys.stderr)
    result: dict[str, object] = {
        "seconds": round(seconds, 3),
        "letters": len(letters),
        "topics": [_shown(topic) for topic in topics],
    }
    if rows and "problem" in rows[0]:
        matched = best_match_f1(problems_of(rows), [topic.ids for topic in topics])
        result["best_match_f1"] = matched
        result["best_match_f1_mean"] = round(sum(matched.values()) / len(matched), 4) if matched else None
    return result


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of ``file``, every missing cell empty. Raises UnfitFile."""
    csv.field_size_limit(10_000_000)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            columns = [column.strip() for column in reader.fieldnames or ()]
            missing = [column for column in NEEDED if column not in columns]
            if missing:
                raise UnfitFile(
                    f"{file.name} has no column {', '.join(missing)}; it has {', '.join(columns) or 'none'}"
                )
            reader.fieldnames = columns
            rows = [{key: value or "" for key, value in row.items() if isinstance(key, str)} for row in reader]
    except UnicodeDecodeError as error:
        raise UnfitFile(f"{file.name} is not UTF-8") from error
    except csv.Error as error:
        raise UnfitFile(f"{file.name} is no CSV: {error}") from error
    return rows


def _told(row: Mapping[str, str]) -> Told:
    return Told(
        id=row["id"].strip(),
        person=row.get("user", "").strip(),
        title=row["title"].strip(),
        text=row["body"].strip(),
        on=day_of(row.get("time", "")),
        votes=_number(row.get("favour", "")),
    )


def day_of(text: str) -> date | None:
    """The day in ``text``, however it is written (2019-11-02 10:18:00, 2019/11/2, 2019年11月2日, 20191102, or a
    spreadsheet's number); None where there is none.
    """
    said = text.strip()
    if _SERIAL.fullmatch(said):
        return _SERIAL_FROM + timedelta(days=int(float(said)))
    found = _DAY.search(said)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return datetime(year, month, day).date()  # noqa: DTZ001 - a day, whatever the clock there
    except ValueError:
        return None


def _number(text: str) -> int:
    said = text.strip().partition(".")[0]
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def _shown(topic: Topic) -> dict[str, object]:
    return {
        "title": topic.title,
        "heat": topic.heat,
        "people": topic.people,
        "from": topic.first.isoformat() if topic.first else None,
        "to": topic.last.isoformat() if topic.last else None,
        "place": topic.place,
        "ids": list(topic.ids),
    }


def problems_of(rows: Iterable[Mapping[str, str]]) -> dict[str, frozenset[str]]:
    """The ids of the letters of each known matter."""
    known: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.get("problem", "").strip():
            known[row["problem"].strip()].add(row["id"].strip())
    return {problem: frozenset(ids) for problem, ids in sorted(known.items())}


def best_match_f1(known: Mapping[str, frozenset[str]], topics: Sequence[Sequence[str]]) -> dict[str, float]:
    """For each known matter the F1 of the topic that meets it best; 0 where none does."""
    found = [frozenset(ids) for ids in topics]
    return {
        problem: round(max((2 * len(ids & topic) / (len(ids) + len(topic)) for topic in found), default=0.0), 4)
        for problem, ids in known.items()
    }
