"""The letters that persons have decided, as a file to train from."""

import csv
import os
from collections import Counter
from datetime import datetime
from pathlib import Path

from infra.learn_office.gathering import DecidedLetter, Gathered

COLUMNS = ("id", "title", "body", "category", "decided_by")
BY_PERSON, BY_RULE = "person", "rule"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a command


def export(file: Path, at: datetime, classes: bool = False) -> str:
    """Write ``file`` whole or not at all, readable by its owner alone; gives what to say of it.

    ``classes``: by top class rather than by category. Raises OSError.
    """
    gathered, counted = Gathered(at), Counter[str]()
    draft = file.with_name(f"{file.name}.part")
    for_its_owner = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(for_its_owner, "w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        for letter in gathered:
            row = _row(letter, classes)
            counted[row[-1]] += 1
            table.writerow(row)
    draft.replace(file)
    left = ", ".join(f"{number} {why}" for why, number in sorted(gathered.left_out.items())) or "none"
    return (
        f"{file}: {counted.total()} letters ({counted[BY_PERSON]} that a person decided otherwise than was proposed, "
        f"{counted[BY_RULE]} confirmed); left out: {left}\n"
        "names, numbers and addresses are masked by rule, which knows not every name: keep the file as you keep letters"
    )


def _row(letter: DecidedLetter, classes: bool) -> tuple[str, str, str, str, str]:
    title, body = letter.masked()
    group = letter.category.group if classes else None
    name = group.zh if group is not None else letter.category.name.zh
    decided_by = BY_PERSON if letter.decided.by_person_alone else BY_RULE
    return letter.decided.case_id, _plain(title), _plain(body), name, decided_by


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
