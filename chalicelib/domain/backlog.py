"""积案化解: the campaign to settle the backlog, in figures, counted from who owns what and never from texts."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

NOBODY = ""  # in the place of an owner's login


class Backlogged(Struct, frozen=True):
    """One matter of the campaign. ``owner``: a leader's login, or NOBODY; ``since``: the day on which it became one."""

    case_id: str
    owner: str
    since: date
    settled: bool


class Share(Struct, frozen=True):
    """What of the campaign is one leader's, or nobody's."""

    owner: str
    open: int
    settled: int

    @property
    def total(self) -> int:
        """How many in all."""
        return self.open + self.settled

    @property
    def percent(self) -> float | None:
        """How many of a hundred are settled."""
        return percent(self.settled, self.total)


class Campaign(Struct, frozen=True):
    """The campaign. ``shares``: of leaders, the largest first, and in the end nobody's; ``since``: its first day."""

    shares: tuple[Share, ...]
    since: date | None

    @property
    def open(self) -> int:
        """How many are still to be settled."""
        return sum(share.open for share in self.shares)

    @property
    def settled(self) -> int:
        """How many are settled."""
        return sum(share.settled for share in self.shares)

    @property
    def total(self) -> int:
        """How many there are: whatever entered and did not leave for another case or agency."""
        return self.open + self.settled

    @property
    def percent(self) -> float | None:
        """化解率: how many of a hundred are settled."""
        return percent(self.settled, self.total)

    @property
    def unowned(self) -> int:
        """How many are open and owned by nobody."""
        return next((share.open for share in self.shares if share.owner == NOBODY), 0)


def campaign(matters: Iterable[Backlogged]) -> Campaign:
    """The campaign that ``matters`` make up."""
    matters = tuple(matters)
    settled = Counter(one.owner for one in matters if one.settled)
    still_open = Counter(one.owner for one in matters if not one.settled)
    shares = (Share(owner, still_open[owner], settled[owner]) for owner in settled.keys() | still_open.keys())
    ordered = sorted(shares, key=lambda share: (share.owner == NOBODY, -share.total, share.owner))
    return Campaign(tuple(ordered), min((one.since for one in matters), default=None))


def percent(settled: int, total: int) -> float | None:
    """``settled`` of ``total`` as a percentage of one decimal; 100 only when all are. None of nothing."""
    if total == 0:
        return None
    return 100.0 if settled == total else min(99.9, round(100 * settled / total, 1))
