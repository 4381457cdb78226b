"""``N=10000 SEED=1 python -m infra.walk``: so many random walks through the life of cases; one JSON object of figures.

``stuck`` … ``two_in_charge`` count what is wrong; each fault is told on standard error with the number of its walk,
which walks the same way whenever it is walked with the same seed.
"""

import json
import os
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field

from tqdm import tqdm

from chalicelib.domain.moves import MOVES
from infra.walk.judging import Wrong
from infra.walk.walking import Walk

MOST_TOLD = 20


class BadSetting(ValueError):
    """A setting that cannot be taken, with its name."""


@dataclass(slots=True)
class Figures:
    """What many walks came to. ``taken``: each move of the table, and how often it was taken."""

    walks: int = 0
    moves: int = 0
    refused: int = 0
    wrong: Counter[Wrong] = field(default_factory=Counter)
    taken: dict[str, int] = field(default_factory=lambda: {action.value: 0 for action in MOVES})

    def add(self, walk: Walk) -> None:
        """Count one walk in."""
        self.walks += 1
        self.moves += walk.taken.total()
        self.refused += walk.refused
        self.wrong.update(fault.wrong for fault in walk.faults)
        for action, times in walk.taken.items():
            self.taken[action.value] += times

    @property
    def never(self) -> list[str]:
        """The moves that no walk took."""
        return [action for action, times in self.taken.items() if not times]

    def as_json(self) -> str:
        """The one JSON object."""
        counted = {key: value for key, value in asdict(self).items() if key not in ("wrong", "taken")}
        wrong = {wrong.value: self.wrong[wrong] for wrong in Wrong}
        return json.dumps({**counted, **wrong, "taken": self.taken}, indent=2)


def main() -> int:
    """Walk and print. The exit code is 1 when anything is wrong or a move was never taken, 2 for a bad setting."""
    try:
        walks, seed = _number("N", "10000"), _number("SEED", "1")
    except BadSetting as error:
        print(f"walk: {error}", file=sys.stderr)
        return 2
    figures = walk(walks, seed)
    print(figures.as_json())
    if figures.never:
        print(f"walk: never taken, so nothing is known of {', '.join(figures.never)}", file=sys.stderr)
    return 1 if figures.wrong or figures.never else 0


def _number(name: str, default: str) -> int:
    given = os.environ.get(name, "") or default
    if not (given.isascii() and given.isdigit() and len(given) <= 9):
        raise BadSetting(f"{name}={given}: a number of up to nine digits")
    return int(given)


def walk(walks: int, seed: int) -> Figures:
    """So many walks from ``seed``; the first faults are told on standard error."""
    figures, told = Figures(), 0
    for number in tqdm(range(walks), desc="walks", unit="", file=sys.stderr, dynamic_ncols=True, mininterval=0.5):
        try:
            gone = Walk(seed, number).go()
        except Exception as error:
            error.add_note(f"in walk {number} of seed {seed}")
            raise
        figures.add(gone)
        for fault in gone.faults[: MOST_TOLD - told]:
            told += 1
            tqdm.write(f"walk {number} of seed {seed}: {fault.wrong.value}: {fault.told}", file=sys.stderr)
    return figures


if __name__ == "__main__":
    raise SystemExit(main())
