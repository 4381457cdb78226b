"""``python -m infra.year``: FRACTION (1) of a year by SEED (1); one JSON object of figures, told in docs/year.md."""

import json
import os
import sys
from fractions import Fraction
from typing import NamedTuple

from infra.apart import desk_apart
from infra.local.engine import NotStarted
from infra.year.running import Year, figures, run

TENTH = Fraction(1, 10)
LEAST = Fraction(1, 200)  # a tenth of it is still a score of letters


class BadSetting(ValueError):
    """FRACTION or SEED cannot be taken."""


class Settings(NamedTuple):
    """What the environment says."""

    fraction: Fraction
    seed: int

    @classmethod
    def read(cls) -> "Settings":
        """Raises BadSetting."""
        text, seed = os.environ.get("FRACTION") or "1", os.environ.get("SEED") or "1"
        try:
            fraction = Fraction(text)
        except (ValueError, ZeroDivisionError) as error:
            raise BadSetting(f"FRACTION={text}: no number") from error
        if not LEAST <= fraction <= 1:
            raise BadSetting(f"FRACTION={text}: a number from {LEAST} to 1")
        if not seed.isdecimal():
            raise BadSetting(f"SEED={seed}: a whole number")
        return cls(fraction, int(seed))


def main() -> int:
    """Run a tenth and then the whole, each on a table of its own; 2 for a setting that cannot be taken."""
    try:
        settings = Settings.read()
    except BadSetting as error:
        print(f"year: {error}", file=sys.stderr)
        return 2
    try:
        tenth = _apart(settings.fraction * TENTH, settings.seed)
        whole = _apart(settings.fraction, settings.seed)
    except NotStarted as error:
        print(f"year: {error}", file=sys.stderr)
        return 1
    print(json.dumps(figures(whole, tenth), ensure_ascii=False, indent=2))
    return 0


def _apart(fraction: Fraction, seed: int) -> Year:
    with desk_apart():
        return run(fraction, seed)


if __name__ == "__main__":
    raise SystemExit(main())
