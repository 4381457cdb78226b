"""The office's gazetteer (name, kind, area, aliases) as ``places.json``."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from chalicelib.domain.city import Area
from chalicelib.domain.gazetteer import LONGEST, MOST_PLACES, SHORTEST, Gazetteer, Place, PlaceKind
from infra.lists.sheets import NotTaken, Row, rows_of

COLUMNS = ("name", "kind", "area")
_BETWEEN = re.compile(r"[、;；|,，]")
_KINDS = {
    "小区": PlaceKind.ESTATE,
    "道路": PlaceKind.ROAD,
    "村": PlaceKind.VILLAGE,
    "学校": PlaceKind.SCHOOL,
    "市场": PlaceKind.MARKET,
    "地标": PlaceKind.LANDMARK,
    **{kind.value: kind for kind in PlaceKind},
}
"""The kinds as an office writes them, and as the file does."""


def read_places(path: Path, areas: tuple[Area, ...]) -> Gazetteer:
    """The places in the file ``path``. ``areas``: those of the city; a place names them by code or by name, several of
    them with 、 between. Raises NotTaken naming each line that is wrong.
    """
    by_name: dict[str, list[str]] = {}
    for area in areas:
        for name in {area.code, area.name.zh}:
            by_name.setdefault(name, []).append(area.code)
    rows, faults, places = list(rows_of(path, COLUMNS)), list[str](), dict[tuple[str, tuple[str, ...]], Place]()
    for row in rows:
        said = list(_faults_of(row, by_name))
        faults += [f"line {row.line}: {one}" for one in said]
        if not said:
            place = _place(row, by_name)
            if (place.name, place.areas) in places:
                faults.append(f"line {row.line}: {place.name} is there already in the same area")
            places[place.name, place.areas] = place
    if len(rows) > MOST_PLACES:
        faults.append(f"{path.name}: {len(rows)} places are more than {MOST_PLACES}")
    if faults or not rows:
        raise NotTaken(faults or [f"{path.name}: there is nothing in it"])
    return tuple(places.values())


def _faults_of(row: Row, areas: dict[str, list[str]]) -> Iterator[str]:
    names = [row.get("name"), *_split(row.get("aliases"))]
    yield from (
        f"{name!r} has not {SHORTEST} to {LONGEST} characters" for name in names if not SHORTEST <= len(name) <= LONGEST
    )
    if row.get("kind") not in _KINDS:
        yield f"the kind {row.get('kind')!r} is none of {'、'.join(_KINDS)}"
    if not _split(row.get("area")):
        yield "area is empty"
    for area in _split(row.get("area")):
        found = areas.get(area, [])
        if not found:
            yield f"{area} is none of the areas"
        elif len(found) > 1:
            yield f"{area} is the name of {len(found)} areas; write the code"


def _place(row: Row, areas: dict[str, list[str]]) -> Place:
    codes = tuple(dict.fromkeys(areas[name][0] for name in _split(row.get("area"))))
    return Place(row.get("name"), _KINDS[row.get("kind")], codes, tuple(dict.fromkeys(_split(row.get("aliases")))))


def _split(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def load_areas(folder: Path) -> tuple[Area, ...]:
    """The areas of the folder's city. Raises NotTaken for a file that is missing or cannot be read."""
    path = folder / "areas.json"
    if not path.exists():
        raise NotTaken([f"{path}: there is no such file; the areas come first"])
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Area, ...])
    except msgspec.MsgspecError as error:
        raise NotTaken([f"{path.name}: {error}"]) from error


def lines_of(items: Iterable[object]) -> bytes:
    """``items`` as JSON with one of them a line, so that a person can compare two versions of the file."""
    return b"[\n" + b",\n".join(b"  " + msgspec.json.encode(item) for item in items) + b"\n]\n"
