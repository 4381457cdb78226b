"""The file of letters that a model is trained on or measured by: what it must hold, and what is said if it does not."""

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("title", "body", "category")
ENCODINGS = ("utf-8-sig", "gb18030")  # the second is what spreadsheets in China write


class Unreadable(ValueError):
    """A file that no letters can be taken from; the message names the file and says why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One row: ``category`` is the name that a person gave it."""

    title: str
    body: str
    category: str


def read_letters(path: Path) -> list[Letter]:
    """The rows of ``path`` that have words and a category, in their order; other columns are not looked at.

    Raises OSError, and Unreadable where a column is missing, no letter is left, or the bytes are no text.
    """
    csv.field_size_limit(sys.maxsize)  # a letter of a megabyte is no reason to stop
    rows = csv.DictReader(io.StringIO(_text(path), newline=""))
    try:
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise Unreadable(f"{path.name}: no column {', '.join(missing)}")
        cells = [[(row[name] or "").strip() for name in COLUMNS] for row in rows]
    except csv.Error as error:
        raise Unreadable(f"{path.name}: line {rows.line_num}: {error}") from error
    letters = [Letter(title, body, category) for title, body, category in cells if category and (title or body)]
    if not letters:
        raise Unreadable(f"{path.name}: no letter with words and a category")
    return letters


def _text(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{path.name}: neither UTF-8 nor GB18030")
