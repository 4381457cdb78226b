"""How much memory a model takes, measured in a process that has nothing else to do."""

import multiprocessing
import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from chalicelib.domain.subject_model import read_model

MOST_LETTERS = 500
_STATUS = Path("/proc/self/status")


def memory_mb(model: Path, letters: list[tuple[str, str]]) -> float:
    """What reading ``model`` and judging ``letters`` (title and body; at most MOST_LETTERS) adds, in MiB."""
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=apart) as process:
        return process.submit(_added, model, letters[:MOST_LETTERS]).result()


def _added(model: Path, letters: list[tuple[str, str]]) -> float:
    before = _most_held()
    learnt = read_model(model.read_bytes())
    for title, body in letters:
        learnt.opinion(title, body)
    return (_most_held() - before) / 2**20


def _most_held() -> int:
    """The most bytes that this process has held. Linux: not by ``getrusage``, which counts the parent's in."""
    if _STATUS.exists():
        lines = dict(line.split(":", 1) for line in _STATUS.read_text("ascii", "replace").splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
