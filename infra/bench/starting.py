"""How much longer the app takes to import than the frameworks it stands on, each in a fresh process.

``import app`` is what every cold start pays, a queue's or a schedule's too. A request also opens its wing
(``entrypoints.wings``): the citizens' and the console's are measured with it.
"""

import os
import statistics
import subprocess
import sys

from infra.package import ROOT

RUNS = 9
FRAMEWORKS = "import chalice, boto3, pynamodb.models"
STARTS = {
    "import": "import app",
    "first_submission": "import app\napp.app.routes['/api/submissions']",
    "first_console_page": "import app\napp.app.routes['/console/queue']",
}


def measure() -> dict[str, object]:
    """Medians of interleaved runs: what else the machine does falls on all alike."""
    for statement in (FRAMEWORKS, *STARTS.values()):
        _seconds(statement)  # compiles what was never compiled
    bare, starts = [], {name: list[float]() for name in STARTS}
    for _ in range(RUNS):
        bare.append(_seconds(FRAMEWORKS))
        for name, statement in STARTS.items():
            starts[name].append(_seconds(statement))
    frameworks = statistics.median(bare)
    figures: dict[str, object] = {"import_frameworks_ms": round(frameworks * 1000)}
    for name, times in starts.items():
        taken = statistics.median(times)
        figures |= {f"{name}_ratio": round(taken / frameworks, 3), f"{name}_ms": round(taken * 1000)}
    return figures


def _seconds(statement: str) -> float:
    """CPU of ``statement`` in a process of its own, without the interpreter's start, both sides compiled.

    Imports do not wait, so where nothing else runs this is the time that passes.
    """
    program = f"import time\nbegan = time.process_time()\n{statement}\nprint(time.process_time() - began)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, check=True, text=True
    )
    return float(done.stdout)
