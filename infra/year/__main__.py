"""``python -m infra.year``: FRACTION (1) of a year by SEED (1), MONTHS (12) of it scored; one JSON object of figures,
told in docs/year.md.
"""

import json
import os
import sys
from fractions import Fraction
from typing import NamedTuple

from infra.apart import desk_apart
from infra.local.engine import NotStarted
from infra.year.plan import MONTHS
from infra.year.running import Year, figures, run

TENTH = Fraction(1, 10)
LEAST = Fraction(1, 200)  # a tenth of it is still a score of letters


class BadSetting(ValueError):
    """FRACTION, SEED or MONTHS cannot be taken."""


class Settings(NamedTuple):
    """What the environment says."""

    fraction: Fraction
    seed: int
    months: int

    @classmethod
    def read(cls) -> "Settings":
        """Raises BadSetting."""
        text, seed = os.environ.get("FRACTION") or "1", os.environ.get("SEED") or "1"
        months = os.environ.get("MONTHS") or str(len(MONTHS))
        try:
            fraction = Fraction(text)
        except (ValueError, ZeroDivisionError) as error:
            raise BadSetting(f"FRACTION={text}: no number") from error
        if not LEAST <= fraction <= 1:
            raise BadSetting(f"FRACTION={text}: a number from {LEAST} to 1")
        if not seed.isdecimal():
            raise BadSetting(f"SEED={seed}: a whole number")
        if not months.isdecimal() or not 1 <= int(months) <= len(MONTHS):
            raise BadSetting(f"MONTHS={months}: a whole number from 1 to {len(MONTHS)}")
        return cls(fraction, int(seed), int(months))


def main() -> int:
    """Run a tenth and then the whole, each on a table of its own; 2 for a setting that cannot be taken."""
    try:
        settings = Settings.read()
    except BadSetting as error:
        print(f"year: {error}", file=sys.stderr)
        return 2
    try:
        tenth = _apart(settings._replace(fraction=settings.fraction * TENTH))
        whole = _apart(settings)
    except NotStarted as error:
        print(f"year: {error}", file=sys.stderr)
        return 1
    print(json.dumps(figures(whole, tenth), ensure_ascii=False, indent=2))
    return 0


def _apart(settings: Settings) -> Year:
    with desk_apart():
        return run(*settings)


if __name__ == "__main__":
    raise SystemExit(main())
