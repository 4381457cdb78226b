"""``python -m infra.lists subjects|places FILE.csv FOLDER``: an office's own list, written into its city's folder."""

import argparse
import sys
from pathlib import Path

from infra.lists.places import lines_of, load_areas, read_places
from infra.lists.sheets import NotTaken
from infra.lists.subjects import load_categories, read_subjects

SHOWN = 20


def main() -> int:
    """Write the file; 0 when it was written."""
    parser = argparse.ArgumentParser(prog="python -m infra.lists", description=__doc__)
    parser.add_argument("list", choices=("subjects", "places"))
    parser.add_argument("file", type=Path)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    try:
        write = write_subjects if asked.list == "subjects" else write_places
        print(write(asked.file, asked.folder))
    except (NotTaken, OSError) as error:
        print(f"nothing was written:\n  {error}", file=sys.stderr)
        return 1
    return 0


def write_subjects(file: Path, folder: Path) -> str:
    """Write ``categories.json``; gives what was written and is still to be filled in. Raises NotTaken, OSError."""
    listed = read_subjects(file, load_categories(folder))
    (folder / "categories.json").write_bytes(lines_of(listed.categories))
    matters = sum(len(one.matters) for one in listed.categories)
    told = [f"categories.json: {len(listed.categories)} subjects, {matters} matters"]
    if listed.without_function:
        told.append(f"no function yet (nobody is competent until it is filled in): {_some(listed.without_function)}")
    if listed.left_out:
        told.append(f"no longer in the list, and left out: {_some(listed.left_out)}")
    return "\n".join(told)


def _some(names: tuple[str, ...]) -> str:
    more = f" … and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{'、'.join(names[:SHOWN])}{more}"


def write_places(file: Path, folder: Path) -> str:
    """Write ``places.json``; gives what was written. Raises NotTaken, OSError."""
    places = read_places(file, load_areas(folder))
    (folder / "places.json").write_bytes(lines_of(places))
    return f"places.json: {len(places)} places"


if __name__ == "__main__":
    sys.exit(main())
