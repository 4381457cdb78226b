"""信箱与领导: what became of each mailbox's letters in a month, whichever units answered them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.runs import Kept
from chalicelib.domain.words import Satisfaction, Solved

Voice = tuple[str, str]  # case and receipt: one citizen of one case


class Box(Struct, frozen=True):
    """A mailbox's month. Citizens are counted, each once in each case, whichever units had the matter.

    ``due``: whose answer fell due or was given; ``unanswered``: whose term ended, and who had no answer by the end of
    the month; ``heard``: who was answered or rated, of whom ``rated`` rated. ``solved`` said yes; ``satisfied``
    includes the fairly satisfied.
    """

    mailbox: str
    keeper: str
    leader: str
    received: int
    answered: int
    on_time: int
    due: int
    unanswered: int
    heard: int
    rated: int
    solved: int
    satisfied: int

    @property
    def empty(self) -> bool:
        """Whether nothing happened in the month."""
        return not (self.received or self.due or self.rated)

    @property
    def shares(self) -> dict[str, float | None]:
        """The rates, of one; None of nothing."""
        return {
            "on_time": _share(self.on_time, self.due),
            "solved": _share(self.solved, self.rated),
            "satisfied": _share(self.satisfied, self.rated),
            "participation": _share(self.rated, self.heard),
        }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


class Tally:
    """Counts the mailboxes while the units' months are read, one after the other; it keeps keys, and no facts."""

    def __init__(self) -> None:
        self.received: dict[str, set[Voice]] = {}
        self.due: dict[str, set[Voice]] = {}
        self.replied: dict[str, dict[Voice, tuple[datetime, bool]]] = {}
        self.rated: dict[str, dict[Voice, tuple[datetime, str, str]]] = {}

    def add(self, mailbox: str, facts: Iterable[Fact]) -> None:
        """What one unit's month says of a case of ``mailbox``."""
        for fact in facts:
            voice = (fact.case_id, fact.receipt)
            match fact.kind:
                case FactKind.RECEIVED:
                    self.received.setdefault(mailbox, set()).add(voice)
                case FactKind.DUE:
                    self.due.setdefault(mailbox, set()).add(voice)
                case FactKind.REPLIED:
                    answers = self.replied.setdefault(mailbox, {})
                    answers[voice] = max((fact.at, bool(fact.in_time)), answers.get(voice, (fact.at, False)))
                case FactKind.RATED:
                    ratings = self.rated.setdefault(mailbox, {})
                    rating = (fact.at, str(fact.solved), str(fact.satisfaction))
                    ratings[voice] = max(rating, ratings.get(voice, rating))
                case _:
                    pass

    def boxes(self, kept: Sequence[Kept]) -> Iterator[Box]:
        """Every mailbox of ``kept``, and those that letters name and nobody keeps any more, by their ids."""
        known = {one.mailbox: one for one in kept}
        seen = known.keys() | self.received.keys() | self.due.keys() | self.replied.keys() | self.rated.keys()
        for mailbox in sorted(seen):
            yield self._box(known.get(mailbox, Kept(mailbox, "")))

    def _box(self, kept: Kept) -> Box:
        replied = self.replied.get(kept.mailbox, {})
        fell_due = self.due.get(kept.mailbox, set())
        rated = self.rated.get(kept.mailbox, {})
        return Box(
            mailbox=kept.mailbox,
            keeper=kept.keeper,
            leader=kept.leader,
            received=len(self.received.get(kept.mailbox, ())),
            answered=len(replied),
            on_time=sum(in_time for _, in_time in replied.values()),
            due=len(replied.keys() | fell_due),
            unanswered=len(fell_due - replied.keys()),
            heard=len(replied.keys() | rated.keys()),
            rated=len(rated),
            solved=sum(solved == Solved.YES for _, solved, _ in rated.values()),
            satisfied=sum(word in (Satisfaction.SATISFIED, Satisfaction.FAIRLY) for _, _, word in rated.values()),
        )
