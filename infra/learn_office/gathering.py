"""The letters whose category a person decided: read month by month, without what nobody may learn from."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct
from tqdm import tqdm

from chalicelib.desk import cities
from chalicelib.desk.veiling import veil
from chalicelib.domain.case import Case
from chalicelib.domain.city import Category
from chalicelib.domain.learning import Decided, month_of_arrival
from chalicelib.domain.submission import Submission
from chalicelib.domain.words import Kind
from chalicelib.storage import cases, learning
from chalicelib.storage.submissions import load_signed

MOST_MONTHS = 120
AT_ONCE = 50  # letters of one read


class DecidedLetter(Struct, frozen=True):
    """A letter as it was written, and what a person decided it is about."""

    decided: Decided
    submission: Submission
    category: Category

    def masked(self) -> tuple[str, str]:
        """Title and text without names, numbers and addresses. Opens who wrote it, to hide that."""
        hide = veil([self.decided.receipt])
        return hide(self.submission.title), hide(self.submission.text)


class Gathered:
    """The letters, and how many were left out and why: known once all were taken."""

    def __init__(self, at: datetime, since: datetime | None = None) -> None:
        self.left_out: Counter[str] = Counter()
        self._at = at
        self._since = since

    def __iter__(self) -> Iterator[DecidedLetter]:
        decisions = iter(tqdm(self._decisions(), unit=" letters", desc="reading", leave=False))
        while sheaf := list(islice(decisions, AT_ONCE)):
            known = cases.load_all([one.case_id for one in sheaf])
            letters = load_signed([one.receipt for one in sheaf])
            for one in sheaf:
                yield from self._fit(one, known.get(one.case_id), letters.get(one.receipt, (None, None))[0])

    def _decisions(self) -> Iterator[Decided]:
        """Earliest month last, back to ``since``."""
        month = month_of_arrival(self._at)
        first = month_of_arrival(self._since) if self._since is not None else None
        for _ in range(MOST_MONTHS):
            for one in learning.decisions_of(month):
                if self._since is None or one.arrived_at > self._since:
                    yield one
            if month == first:
                return
            month = (month - timedelta(days=1)).replace(day=1)

    def _fit(self, one: Decided, case: Case | None, letter: Submission | None) -> Iterator[DecidedLetter]:
        category = cities.current().category(one.category)
        if case is None or letter is None or letter.erasure is not None or not (letter.title or letter.text):
            self.left_out["erased"] += 1
        elif case.sealed or letter.kind is Kind.ACCUSATION:
            self.left_out["accusation"] += 1
        elif not case.counted or letter.drill:
            self.left_out["test letter"] += 1
        elif category is None:
            self.left_out["category that the city no longer has"] += 1
        else:
            yield DecidedLetter(one, letter, category)
