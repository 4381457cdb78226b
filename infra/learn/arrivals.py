"""Letters of a file as they come to a desk, one after another, each with the earlier ones it would be compared with."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from msgspec import Struct

from chalicelib.desk.kinship import MOST_CANDIDATES, REPEAT_WITHIN
from chalicelib.domain.duplicates import Kinship, Letter, judge, trails
from chalicelib.storage.alike import KEPT_FOR, MOST_IN_A_BAND

NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class Written(Struct, frozen=True):
    """A letter of a file. ``time``: ISO 8601 or as spreadsheets write it; ``problem``: key of a known matter or ""."""

    id: str
    letter: Letter
    time: str
    problem: str

    @property
    def at(self) -> datetime:
        """When it was written; the first of days where the file does not tell."""
        written = self.time.strip().replace("/", "-")
        for shape in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
            try:
                return datetime.strptime(written, shape).replace(tzinfo=UTC)
            except ValueError:
                continue
        return NO_TIME


def arrivals(letters: Iterable[Written]) -> Iterator[tuple[Written, list[Written]]]:
    """Each letter in the order of time, with those before it that its writer and its trails bring up, as many as the
    desk compares. A letter that is joined leaves no trail of its own.
    """
    by_person: dict[str, list[Written]] = defaultdict(list)
    by_trail: dict[str, list[Written]] = defaultdict(list)
    for new in sorted(letters, key=lambda one: (one.at, one.id)):
        own, left = by_person[new.letter.person or new.id], trails(new.letter)
        found = [*_since(own[::-1], new.at - REPEAT_WITHIN), *_met(by_trail, left, new.at - KEPT_FOR)]
        candidates = list({one.id: one for one in found}.values())[:MOST_CANDIDATES]
        yield new, candidates
        own.append(new)
        if all(judge(new.letter, old.letter).kinship is Kinship.APART for old in candidates):
            for trail in left:
                by_trail[trail] = [new, *by_trail[trail]][:MOST_IN_A_BAND]


def _since(letters: Iterable[Written], since: datetime) -> list[Written]:
    return [one for one in letters if one.at >= since]


def _met(by_trail: dict[str, list[Written]], left: Iterable[str], since: datetime) -> list[Written]:
    met = [one for trail in left for one in _since(by_trail[trail], since)]
    known = {one.id: one for one in met}
    return [known[id] for id, _ in Counter(one.id for one in met).most_common()]
