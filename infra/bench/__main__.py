"""``python -m infra.bench [--only PART]``: one JSON object of figures. What they are: docs/benchmarks.md."""

import argparse
import json
import os
import sys
from collections.abc import Callable

from infra.apart import desk_apart
from infra.local.engine import NotStarted
from infra.package import ROOT, package


def main() -> int:
    """Measure and print; progress goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m infra.bench")
    parser.add_argument("--only", choices=sorted(PARTS), help="one part instead of all")
    only: str | None = parser.parse_args().only
    figures: dict[str, object] = {}
    try:
        for name in [only] if only else PARTS:
            print(f"bench: {name} …", file=sys.stderr)
            figures |= PARTS[name]()
    except NotStarted as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    return 0


def _import() -> dict[str, object]:
    from infra.bench import starting

    return starting.measure()


def _submission() -> dict[str, object]:
    with desk_apart():
        from infra.bench import submission  # the desk reads its settings, which a desk apart has only now

        return {"engine": "ministack", **submission.measure()}


def _queue() -> dict[str, object]:
    with desk_apart():
        from infra.bench import queue

        return queue.measure()


def _sweep() -> dict[str, object]:
    with desk_apart():
        from infra.bench import sweeping

        return sweeping.measure()


def _scoring() -> dict[str, object]:
    with desk_apart():
        from infra.bench import scoring

        return scoring.measure()


def _life() -> dict[str, object]:
    os.environ |= {"SUNLIGHT_SMS": "sns", "SUNLIGHT_MAIL": "ses", "SUNLIGHT_MAIL_FROM": "desk@example.com"}
    with desk_apart():
        from infra.bench import costs

        return costs.measure()


def _package() -> dict[str, object]:
    """The size of the functions' zip, in MiB; it is made anew where a source has changed since."""
    return {"package_mb": round(package(ROOT / "build" / "package").code.stat().st_size / 2**20, 1)}


PARTS: dict[str, Callable[[], dict[str, object]]] = {
    "import": _import,
    "submission": _submission,
    "queue": _queue,
    "sweep": _sweep,
    "scoring": _scoring,
    "life": _life,
    "package": _package,
}

if __name__ == "__main__":
    raise SystemExit(main())
