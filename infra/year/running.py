"""A fraction of the year from the empty table to its figures, and what is printed of two of them."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

from msgspec import Struct, convert, to_builtins

from chalicelib.desk import cities
from infra.package import ROOT
from infra.year.counties import Counted, count
from infra.year.loading import WORKERS, Loaded, load
from infra.year.measuring import Measured
from infra.year.plan import MONTHS, plan

DIGITS = 3  # of a ratio


class Year(Struct, frozen=True):
    """What one fraction of the year came to."""

    fraction: Fraction
    mailboxes: int
    units: int
    loaded: Loaded
    measured: Measured
    counted: Counted

    @property
    def grows(self) -> dict[str, float]:
        """The figures whose growth is told."""
        return {
            "reads_per_due": self.measured.reads_per_due,
            "reads_per_scored_case": self.measured.scoring.items_read / max(1, self.counted.unit_month_cases),
            "peak_mb": self.measured.peak_mb,
        }


def apart(months: int) -> Measured:
    """Sweep and score in a process of its own. Raises CalledProcessError; its words are on standard error."""
    command = [sys.executable, "-m", "infra.year.measuring", str(months)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return convert(json.loads(done.stdout), Measured)


def run(
    fraction: Fraction, seed: int, months: int, measure: Callable[[int], Measured] = apart, workers: int = WORKERS
) -> Year:
    """Load, sweep, score ``months`` of the twelve and count, on the desk of this process, whose table is empty.

    Raises ValueError for a fraction that is no case.
    """
    letters = plan(fraction, seed)
    loaded = load(letters, seed, workers)
    measured = measure(months)
    city = cities.current()
    return Year(fraction, len(city.mailboxes), len(city.units), loaded, measured, count(MONTHS[:months]))


def figures(whole: Year, tenth: Year) -> dict[str, object]:
    """What is printed: the whole, how it grew from its tenth, and what the tenth came to."""
    counted: dict[str, object] = to_builtins(whole.counted)
    del counted["unit_month_cases"]  # they stand with the scoring
    growth = {name: round(value / tenth.grows[name], DIGITS) for name, value in whole.grows.items()}
    return {
        "fraction": float(whole.fraction),
        "cases": counted.pop("cases"),
        "mailboxes": whole.mailboxes,
        "units": whole.units,
        "counties": counted.pop("counties"),
        **_measures(whole),
        "growth": growth,
        **counted,
        "events": whole.loaded.events,
        "items": whole.loaded.items,
        "seconds": _seconds(whole),
        "sweep": _sweep(whole),
        "sweeps": _sweeps(whole),
        "scoring": _scoring(whole),
        "tenth": {"cases": tenth.counted.cases, **_measures(tenth), "seconds": _seconds(tenth), "sweep": _sweep(tenth)},
    }


def _measures(year: Year) -> dict[str, float]:
    places = {"peak_mb": 1}
    return {name: round(value, places.get(name, DIGITS)) for name, value in year.grows.items()}


def _seconds(year: Year) -> dict[str, float]:
    sweeps = sum(sweep.seconds for sweep in year.measured.sweeps)
    stages = {"load": year.loaded.seconds, "sweep": sweeps, "score": year.measured.scoring.seconds}
    return {stage: round(seconds, 1) for stage, seconds in stages.items()}


def _sweep(year: Year) -> dict[str, object]:
    sweeps = year.measured.sweeps
    due = max(1, sum(sweep.due for sweep in sweeps))
    happened: Counter[str] = Counter()
    for sweep in sweeps:
        happened.update(sweep.happened)
    return {
        "due": sum(sweep.due for sweep in sweeps),
        "calls_per_due": round(sum(sweep.calls for sweep in sweeps) / due, DIGITS),
        "write_units_per_due": round(sum(sweep.write_units for sweep in sweeps) / due, 1),
        "notices": sum(sweep.notices for sweep in sweeps),
        "ms_per_due": round(sum(sweep.seconds for sweep in sweeps) * 1000 / due, 1),
        "happened": dict(happened.most_common()),
    }


def _sweeps(year: Year) -> dict[str, int]:
    """How many were due at each moment."""
    return {f"{sweep.at:%Y-%m-%dT%H:%MZ}": sweep.due for sweep in year.measured.sweeps}


def _scoring(year: Year) -> dict[str, object]:
    scoring: dict[str, object] = to_builtins(year.measured.scoring)
    del scoring["seconds"]  # it stands with the other stages'
    return {"scored_cases": year.counted.unit_month_cases, **scoring}
