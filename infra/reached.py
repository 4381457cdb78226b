"""How much of ``domain/`` and ``desk/`` the tests reached, lines and branches apart: ``python -m infra.reached``.

Reads what ``make coverage`` measured. 0: both floors are over the bar in both. 1: one is not, or was not measured.
"""

import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec
from coverage import Coverage
from coverage.exceptions import NoDataError
from msgspec import Struct

BAR = 95  # per cent
FLOORS = ("chalicelib/domain", "chalicelib/desk")


class Counted(Struct, frozen=True):
    """What coverage.py counts of one file. Of an ``if``, each of its two ways on is a branch."""

    num_statements: int
    covered_lines: int
    num_branches: int
    covered_branches: int


class Module(Struct, frozen=True):
    """One file. ``missing_branches``: from line to line; a negative one is the way out of the function."""

    summary: Counted
    missing_lines: tuple[int, ...]
    missing_branches: tuple[tuple[int, int], ...]

    @property
    def whole(self) -> bool:
        """Whether nothing of it was left out."""
        return not self.missing_lines and not self.missing_branches

    @property
    def left_out(self) -> str:
        """Its lines that were not reached, then the branches between lines that were."""
        gone = set(self.missing_lines)
        ways = [one for one in self.missing_branches if gone.isdisjoint(one)]
        return ", ".join([*map(str, self.missing_lines), *(f"{start}→{_there(end)}" for start, end in ways)])


def _there(line: int) -> str:
    return str(line) if line > 0 else "out"


class Measured(Struct, frozen=True):
    """What coverage.py's JSON report says, by the file's path."""

    files: dict[str, Module]


def main() -> int:
    """Print what was not reached and the totals, and say by the exit code whether that is enough."""
    try:
        measured = _read()
    except NoDataError:
        print("coverage: nothing was measured", file=sys.stderr)
        return 1
    enough = True
    for floor in FLOORS:
        modules = {path: one for path, one in measured.items() if PurePosixPath(path).is_relative_to(floor)}
        for path, one in sorted(modules.items()):
            if not one.whole:
                print(f"{path}: {one.left_out}")
        totals = totals_of(modules.values())
        print(f"{floor}: {told('lines', *totals[0])}, {told('branches', *totals[1])}")
        enough &= all(reaches(*total) for total in totals)
    if not enough:
        print(f"coverage: less than {BAR} %", file=sys.stderr)
    return 0 if enough else 1


def _read() -> Mapping[str, Module]:
    """Raises NoDataError where no measurement lies."""
    data = Coverage()
    data.load()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.json"
        data.json_report(outfile=str(path), include=[f"{floor}/*" for floor in FLOORS])
        return msgspec.convert(json.loads(path.read_bytes()), Measured).files


def totals_of(modules: Iterable[Module]) -> Sequence[tuple[int, int]]:
    """How many were reached and how many there are: of lines, then of branches."""
    counts = [one.summary for one in modules]
    lines = sum(one.covered_lines for one in counts), sum(one.num_statements for one in counts)
    branches = sum(one.covered_branches for one in counts), sum(one.num_branches for one in counts)
    return lines, branches


def told(what: str, reached: int, of: int) -> str:
    """One total; rounded down, so that it never says more than there is."""
    percent = f"{reached * 10000 // of / 100:.2f} %" if of else "none"
    return f"{what} {reached:,} of {of:,} ({percent})"


def reaches(reached: int, of: int) -> bool:
    """Whether it is over the bar; of nothing at all it is not."""
    return of > 0 and reached * 100 >= of * BAR


if __name__ == "__main__":
    raise SystemExit(main())
