"""A spreadsheet's rows, each with the line on which it stands."""

import csv
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct


class NotTaken(Exception):
    """Nothing was written. Each fault in one line, with where it is."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n  ".join(faults))
        self.faults = faults


class Row(Struct, frozen=True):
    """One row. ``line``: of the file, the heading being the first."""

    line: int
    fields: dict[str, str]

    def get(self, name: str) -> str:
        """The field ``name`` without spaces around it; "" where there is none."""
        return self.fields.get(name, "").strip()


def rows_of(path: Path, needed: tuple[str, ...]) -> Iterator[Row]:
    """The rows of the CSV file ``path`` that are not empty. UTF-8, as spreadsheets save it ("CSV UTF-8").

    Raises NotTaken for another encoding, and without the columns ``needed``; OSError for a file that cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotTaken([f"{path.name}: this is no UTF-8; save it as “CSV UTF-8”"]) from error
    reader = csv.DictReader(text.splitlines(), restkey="")
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise NotTaken([f"line 1: the column {name} is missing" for name in missing])
    for found in reader:
        fields = {name: value or "" for name, value in found.items() if name}
        if any(value.strip() for value in fields.values()):
            yield Row(reader.line_num, fields)
