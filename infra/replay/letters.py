"""The file of letters: what can be replayed, and what cannot with its line and the reason."""

import csv
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.fields import LONGEST
from chalicelib.domain.handling import LONGEST_REPLY

COLUMNS = ("id", "user", "title", "time", "body", "reply", "reply_time")
TIME_SHAPES = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")  # beside ISO 8601
TITLE_OF_UNTITLED = 30  # characters of the text by which a clerk would call it
NO_WORDS = "（来信档案未附答复文字）"
"""What stands for a reply whose time is known and whose words are not: it was given, so it is counted."""


class Unreadable(ValueError):
    """A file that is no table of letters at all."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One row. ``line`` is where it begins in the file; ``cut`` and ``mended`` say that its words were changed."""

    line: int
    user: str
    title: str
    text: str
    filed_at: datetime
    reply: str
    replied_at: datetime | None
    cut: bool = False
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that cannot be replayed."""

    line: int
    reason: str


def read_letters(path: Path) -> Iterator[Letter | Skipped]:
    """Each row of ``path``. Raises OSError, and Unreadable when a column is missing."""
    csv.field_size_limit(sys.maxsize)  # a letter of a megabyte is cut and counted, not a reason to stop
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise Unreadable(f"{path.name}: no column {', '.join(missing)}")
        begins = rows.line_num + 1
        for row in rows:
            yield _read(row, begins)
            begins = rows.line_num + 1


def _read(row: dict[str, str | None], line: int) -> Letter | Skipped:
    if None in row:
        return Skipped(line, "more cells than columns")
    cells = {name: row[name] for name in COLUMNS}
    if any(cell is None for cell in cells.values()):
        return Skipped(line, "fewer cells than columns")
    words = {name: cell or "" for name, cell in cells.items()}
    if any("\ud800" <= char <= "\udfff" for cell in words.values() for char in cell):
        return Skipped(line, "not UTF-8")
    try:
        filed_at = _time(words["time"], "time")
        replied_at = _time(words["reply_time"], "reply_time") if words["reply_time"].strip() else None
    except ValueError as error:
        return Skipped(line, str(error))
    if replied_at is not None and replied_at < filed_at:
        return Skipped(line, "answered before it was written")
    return _letter(line, words, filed_at, replied_at)


def _time(text: str, column: str) -> datetime:
    """The moment that ``text`` names; by Shanghai's clock where it does not say. Raises ValueError."""
    moment = _parsed(text.strip())
    if moment is None:
        raise ValueError(f"{column} is no time: {text.strip()[:30]!r}")
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI)
    if not 1900 < aware.year < 2200:
        raise ValueError(f"{column} is out of range: {text.strip()[:30]!r}")
    return aware.astimezone(UTC)


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass  # other shapes are tried
    for shape in TIME_SHAPES:
        try:
            return datetime.strptime(text, shape).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
    return None


def _letter(line: int, words: dict[str, str], filed_at: datetime, replied_at: datetime | None) -> Letter | Skipped:
    title, text = _readable(words["title"], ""), _readable(words["body"], "\n\t")
    reply = _readable(words["reply"], "\n\t")
    if not title and not text:
        return Skipped(line, "neither title nor text")
    plain = (title, text) == (_plain(words["title"]), _plain(words["body"])) and bool(title and text)
    title, text = title or text[:TITLE_OF_UNTITLED].replace("\n", " ").replace("\t", " ").strip(), text or title
    shorter = title[: LONGEST["title"]].strip(), text[: LONGEST["text"]].strip(), reply[:LONGEST_REPLY].strip()
    return Letter(
        line=line,
        user=_readable(words["user"], "")[: LONGEST["name"]].strip(),
        title=shorter[0],
        text=shorter[1],
        filed_at=filed_at,
        reply=shorter[2] or NO_WORDS,
        replied_at=replied_at,
        cut=shorter != (title, text, reply),
        mended=not plain or (replied_at is not None and not reply),
    )


def _readable(text: str, kept: str) -> str:
    """``text`` as the form takes it: control characters give way to spaces."""
    plain = _plain(text)
    return "".join(" " if unicodedata.category(char) == "Cc" and char not in kept else char for char in plain).strip()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
