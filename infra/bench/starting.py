"""How much longer the app takes to import than the frameworks it stands on, each in a fresh process."""

import os
import statistics
import subprocess
import sys

from infra.package import ROOT

RUNS = 9
APP, FRAMEWORKS = "import app", "import chalice, boto3, pynamodb.models"


def measure() -> dict[str, object]:
    """Medians of interleaved runs: what else the machine does falls on both alike."""
    _import_time(APP), _import_time(FRAMEWORKS)  # compiles what was never compiled
    runs = [(_import_time(APP), _import_time(FRAMEWORKS)) for _ in range(RUNS)]
    app = statistics.median(app for app, _ in runs)
    frameworks = statistics.median(frameworks for _, frameworks in runs)
    return {
        "import_ratio": round(app / frameworks, 3),
        "import_ms": round(app * 1000),
        "import_frameworks_ms": round(frameworks * 1000),
    }


def _import_time(statement: str) -> float:
    """Seconds of ``statement`` in a process of its own, without the interpreter's start, both sides compiled."""
    program = f"import time\nbegan = time.perf_counter()\n{statement}\nprint(time.perf_counter() - began)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, check=True, text=True
    )
    return float(done.stdout)
