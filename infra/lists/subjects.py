"""The office's subject list (level1, level2, level3) as ``categories.json``: what stands there already keeps its words
and its competence by name.
"""

import zlib
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.name import Name
from chalicelib.domain.subject_list import Category, Matter, class_id
from chalicelib.domain.words import Level
from infra.lists.sheets import NotTaken, Row, rows_of

COLUMNS = ("level1", "level2", "level3")
LONGEST = 60  # characters of a name


class Listed(Struct, frozen=True):
    """The list as it is to be written. ``without_function``, ``left_out``: names of subjects."""

    categories: tuple[Category, ...]
    without_function: tuple[str, ...]
    left_out: tuple[str, ...]


def read_subjects(path: Path, known: tuple[Category, ...]) -> Listed:
    """The list in the file ``path``, on top of what is ``known``. Raises NotTaken naming each line that is wrong."""
    rows = list(rows_of(path, COLUMNS[:1]))
    faults = [*_faults_of(rows)]
    if faults or not rows:
        raise NotTaken(faults or [f"{path.name}: there is nothing in it"])
    tree: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        first, second, third = (row.get(column) for column in COLUMNS)
        matters = tree.setdefault((first, second) if second else ("", first), [])
        matters += [third] if third else []
    categories = tuple(_category(first, name, matters, known) for (first, name), matters in tree.items())
    _check_ids(categories)
    kept = {one.id for one in categories}
    return Listed(
        categories,
        tuple(one.name.zh for one in categories if not one.function),
        tuple(one.name.zh for one in known if one.id not in kept),
    )


def _faults_of(rows: Iterable[Row]) -> Iterable[str]:
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        names = tuple(row.get(column) for column in COLUMNS)
        where = f"line {row.line}"
        if not names[0]:
            yield f"{where}: level1 is empty"
        if names[2] and not names[1]:
            yield f"{where}: {names[2]} is on the third level, and the second is empty"
        long = (name for name in names if len(name) > LONGEST)
        yield from (f"{where}: {name[:20]}… has more than {LONGEST} characters" for name in long)
        if names in seen:
            yield f"{where}: the same as line {seen[names]}"
        seen.setdefault(names, row.line)


def _category(group: str, name: str, matters: list[str], known: tuple[Category, ...]) -> Category:
    before = next((one for one in known if one.name.zh == name and (one.group.zh if one.group else "") == group), None)
    alike = [one for one in known if one.name.zh == name]
    if before is None and len(alike) == 1:
        before = alike[0]  # under another class so far: it keeps its words, and its figures its new place
    top = next((one for one in known if one.group is not None and one.group.zh == group), None)
    first = class_id(top.id) if top is not None else _made(group)
    made = f"{first}.{_made(name)}" if group else _made(name)
    keeps_id = before is not None and (not group or class_id(before.id) == first)
    one = before if before is not None else Category(made, Name(name, name), "", Level.COUNTY)
    one = one if keeps_id else replace(one, id=made)
    named = top.group if top is not None and top.group is not None else Name(group, group)
    refined = tuple(_matter(one, matter) for matter in matters)
    return replace(one, group=named if group else None, matters=refined)


def _matter(subject: Category, name: str) -> Matter:
    before = next((one for one in subject.matters if one.name.zh == name), None)
    if before is None:
        return Matter(f"{subject.id}.{_made(name)}", Name(name, name))
    return replace(before, id=f"{subject.id}.{before.id.rpartition('.')[2]}")


def _made(name: str) -> str:
    """An id that follows from the name alone, so that the same list gives the same ids."""
    return f"n{zlib.crc32(name.encode()):08x}"


def _check_ids(categories: tuple[Category, ...]) -> None:
    ids = [one.id for one in categories] + [matter.id for one in categories for matter in one.matters]
    twice = sorted({one for one in ids if ids.count(one) > 1}) if len(set(ids)) < len(ids) else []
    if twice:
        raise NotTaken([f"two names come to the same id {one}; call one of them otherwise" for one in twice])


def load_categories(folder: Path) -> tuple[Category, ...]:
    """What stands in the folder so far; nothing in a new one. Raises NotTaken for a file that cannot be read."""
    path = folder / "categories.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Category, ...]) if path.exists() else ()
    except msgspec.MsgspecError as error:
        raise NotTaken([f"{path.name}: {error}"]) from error
