"""What happened in a run, as the people outside have it: what was sent, what they were told, how long it took."""

import math
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct, field


class Receipt(Struct, frozen=True):
    """What somebody holds: the number, and the query code."""

    number: str
    code: str


class Said(Struct, frozen=True):
    """Something that a citizen said of her letter and the desk took. ``key``: the form's, where it has one."""

    receipt: str
    what: str  # "supplements", "rating", "withdrawal", "review"
    key: str = ""


class Step(Struct, frozen=True):
    """A step that a handler took and the console confirmed. ``version``: of the case on the page it was taken from."""

    case_id: str
    noun: str
    login: str
    version: int


class Tally(Struct):
    """Counted while the run goes on."""

    letters: int = 0  # forms that were sent, each once
    receipts: list[Receipt] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)  # forms that were given two receipts
    retries: int = 0
    statuses: Counter[str] = field(default_factory=Counter)  # "2xx"
    refused: Counter[str] = field(default_factory=Counter)  # by what was asked and the code of the answer
    unanswered: int = 0  # no status in time
    errors: list[str] = field(default_factory=list)  # the first answers of 5xx, for the evidence
    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # by kind of request

    @contextmanager
    def timed(self, kind: str) -> Iterator[None]:
        """Time one request."""
        began = time.perf_counter()
        yield
        self.milliseconds[kind].append((time.perf_counter() - began) * 1000)

    def answered(self, kind: str, status: int, words: str) -> None:
        """Count an answer."""
        self.statuses[f"{status // 100}xx"] += 1
        if status >= 500:
            self.errors.append(f"{kind} {status} {words[:300]}")


def percentile(values: list[float], share: float) -> float | None:
    """The value below which ``share`` of ``values`` lies (nearest rank), rounded; None of none."""
    if not values:
        return None
    return round(sorted(values)[max(0, math.ceil(share * len(values)) - 1)], 1)
