"""一月一办结、一季一分析: what a month comes to, counted from its ledgers, and the tables that reports are made of.

Everything is counted in the month in which it happened. Months add up: a quarter is the sum of its three, and a city
counted in parts is the city.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, field

from chalicelib.domain.assessment import Fact, FactKind
from chalicelib.domain.facts import CITY, About
from chalicelib.domain.subject_list import subject_id
from chalicelib.domain.words import Satisfaction, Solved

MOST_LISTED = 500  # cases of a list that is kept with a month


class Measure(StrEnum):
    """What is counted."""

    ARRIVED = "arrived"  # 来件: submissions that left the post
    FIRST = "first"  # of them 初信初访
    REPEATED = "repeated"  # of them 重复信访
    JOINT = "joint"  # 联名: matters that came with more people than letters
    PEOPLE = "people"  # who spoke, of a joint letter all who signed
    HANDLED = "handled"  # 办结: who was answered for the first time, or told with ground why not, or what was decided
    TOLD = "told"  # of them told what had been decided before
    JOINED = "joined"
    DECLINED = "declined"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    RECEIVED = "received"  # submissions that came to units
    RETURNED = "returned"
    EXTENDED = "extended"
    ANSWERED = "answered"  # who was answered by a unit, also anew
    DUE = "due"  # whose answer was given, or fell due
    ON_TIME = "on_time"  # of them answered in the promised term
    OVERDUE = "overdue"  # whose term ended unanswered
    LEVEL_1 = "level_1"  # matters put under supervision
    LEVEL_2 = "level_2"
    LEVEL_3 = "level_3"
    REWORKED = "reworked"
    ADOPTED = "adopted"  # advice adopted
    RATED = "rated"
    SOLVED_YES = "solved_yes"
    SOLVED_PARTLY = "solved_partly"
    SOLVED_NO = "solved_no"
    SATISFIED = "satisfied"
    FAIRLY = "fairly"
    UNSATISFIED = "unsatisfied"
    STOOD = "stood"  # first petitions that did not come again within the term
    CAME_AGAIN = "came_again"


class Table(StrEnum):
    """By what the counts of a month are divided."""

    KIND = "kind"
    CHANNEL = "channel"
    MAILBOX = "mailbox"
    AREA = "area"
    CATEGORY = "category"
    UNIT = "unit"  # what units did; what the city did alone is in no unit's line
    TOPIC = "topic"  # "category|area": arrivals and people alone, and of no sealed case


class Listing(StrEnum):
    """Cases that a report names. A sealed one is never among them."""

    OVERDUE = "overdue"
    SUPERVISED = "supervised"
    REPEATED = "repeated"


Counts = Mapping[Measure, int]
_TOPICAL: tuple[Measure, ...] = (Measure.ARRIVED, Measure.PEOPLE)


class Named(Struct, frozen=True, order=True):
    """A case on a list. ``unit``: whose doing it was; "" before any was."""

    case_id: str
    unit: str


class Totals(Struct, frozen=True):
    """What a month, or several, come to. What was never counted is nought, and has no entry."""

    all: dict[Measure, int] = field(default_factory=dict)
    tables: dict[Table, dict[str, dict[Measure, int]]] = field(default_factory=dict)
    lists: dict[Listing, tuple[Named, ...]] = field(default_factory=dict)

    def of(self, table: Table) -> Mapping[str, Counts]:
        """One table, by its keys."""
        return self.tables.get(table, {})

    def unit(self, unit: str) -> Counts:
        """What one unit did."""
        return self.of(Table.UNIT).get(unit, {})


class Tally:
    """Counts a month case by case; its memory grows with the tables, not with the cases."""

    def __init__(self) -> None:
        self._all: dict[Measure, int] = {}
        self._tables: dict[Table, dict[str, dict[Measure, int]]] = {}
        self._lists: dict[Listing, set[Named]] = {}

    def add(self, unit: str, case_id: str, about: About, facts: Iterable[Fact]) -> None:
        """Count what a month's ledger of ``unit`` (``CITY``: the city's) says of one case."""
        counts = counts_of(about, facts)
        if not counts:
            return
        _into(self._all, counts)
        for table, key in _places(unit, about):
            _into(self._tables.setdefault(table, {}).setdefault(key, {}), counts)
        if about.sealed:
            return
        topical: Counts = {
            measure: counts[measure] for measure in (Measure.ARRIVED, Measure.PEOPLE) if measure in counts
        }
        if about.category is not None and topical:
            key = f"{subject_id(about.category)}|{about.area or ''}"
            _into(self._tables.setdefault(Table.TOPIC, {}).setdefault(key, {}), topical)
        for listing in _listings(counts):
            named = self._lists.setdefault(listing, set())
            named.add(Named(case_id, "" if unit == CITY else unit))
            if len(named) > 2 * MOST_LISTED:
                self._lists[listing] = set(sorted(named)[:MOST_LISTED])

    def totals(self) -> Totals:
        """What was counted so far."""
        tables = _in_order(self._tables)
        lists = {listing: tuple(sorted(named)[:MOST_LISTED]) for listing, named in sorted(self._lists.items())}
        return Totals(_sorted(self._all), tables, lists)


def counts_of(about: About, facts: Iterable[Fact]) -> dict[Measure, int]:
    """What one case adds to a month. A fact told twice counts once; their order is nothing."""
    by_kind: dict[FactKind, set[Fact]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, set()).add(fact)
    counts = {
        **_arrivals(about, by_kind.get(FactKind.ARRIVED, set())),
        **_ends(about, by_kind),
        **_answers(by_kind.get(FactKind.REPLIED, set()), by_kind.get(FactKind.DUE, set())),
        **_words(by_kind.get(FactKind.RATED, set())),
        **_doings(by_kind),
    }
    told = _receipts(by_kind.get(FactKind.TOLD, set()))
    first_answers = {fact.receipt for fact in by_kind.get(FactKind.REPLIED, set()) if not fact.again}
    ended = about.voices * (counts[Measure.DECLINED] + counts[Measure.REFERRED])
    counts[Measure.TOLD] = len(told)
    counts[Measure.HANDLED] = len(told | first_answers) + ended
    return {measure: number for measure, number in counts.items() if number}


def _arrivals(about: About, arrived: set[Fact]) -> dict[Measure, int]:
    came = _receipts(arrived)
    again = _receipts(fact for fact in arrived if fact.first_petition is False)
    return {
        Measure.ARRIVED: len(came),
        Measure.FIRST: len(came - again),
        Measure.REPEATED: len(again),
        Measure.PEOPLE: max(about.people, len(came)) if came else 0,
        Measure.JOINT: int(bool(came) and about.people > about.voices),
    }


def _ends(about: About, by_kind: Mapping[FactKind, set[Fact]]) -> dict[Measure, int]:
    """A case ends once in a month in any one way, however often it was tried."""
    ways = {
        Measure.JOINED: FactKind.JOINED,
        Measure.DECLINED: FactKind.DECLINED,
        Measure.REFERRED: FactKind.REFERRED,
        Measure.WITHDRAWN: FactKind.WITHDRAWN,
    }
    return {measure: int(bool(by_kind.get(kind))) for measure, kind in ways.items()}


def _answers(replied: set[Fact], fell_due: set[Fact]) -> dict[Measure, int]:
    """Counted as the assessment counts them: a citizen once, by the last answer of the month."""
    last = {fact.receipt: fact for fact in sorted(replied, key=lambda fact: (fact.at, bool(fact.in_time)))}
    overdue = _receipts(fell_due)
    return {
        Measure.ANSWERED: len(last),
        Measure.DUE: len(set(last) | overdue),
        Measure.ON_TIME: sum(bool(fact.in_time) for fact in last.values()),
        Measure.OVERDUE: len(overdue),
    }


def _words(rated: set[Fact]) -> dict[Measure, int]:
    last = {fact.receipt: fact for fact in sorted(rated, key=lambda fact: (fact.at, str(fact.solved)))}
    solved = {
        Solved.YES: Measure.SOLVED_YES,
        Solved.PARTLY: Measure.SOLVED_PARTLY,
        Solved.NO: Measure.SOLVED_NO,
    }
    satisfied = {
        Satisfaction.SATISFIED: Measure.SATISFIED,
        Satisfaction.FAIRLY: Measure.FAIRLY,
        Satisfaction.NOT: Measure.UNSATISFIED,
    }
    counts = {Measure.RATED: len(last)}
    for fact in last.values():
        for measure in (solved[fact.solved] if fact.solved else None,
                        satisfied[fact.satisfaction] if fact.satisfaction else None):  # fmt: skip
            if measure is not None:
                counts[measure] = counts.get(measure, 0) + 1
    return counts


def _doings(by_kind: Mapping[FactKind, set[Fact]]) -> dict[Measure, int]:
    each = {
        Measure.RETURNED: FactKind.RETURNED,
        Measure.EXTENDED: FactKind.EXTENDED,
        Measure.REWORKED: FactKind.REWORKED,
        Measure.ADOPTED: FactKind.ADOPTED,
    }
    levels = {fact.level for fact in by_kind.get(FactKind.SUPERVISED, ())}
    settled = by_kind.get(FactKind.SETTLED, set())
    again = any(fact.in_time is False for fact in settled)
    return {
        **{measure: len(by_kind.get(kind, ())) for measure, kind in each.items()},
        **{Measure(f"level_{level}"): int(level in levels) for level in (1, 2, 3)},
        Measure.RECEIVED: len(_receipts(by_kind.get(FactKind.RECEIVED, set()))),
        Measure.STOOD: int(bool(settled) and not again),
        Measure.CAME_AGAIN: int(again),
    }


def _receipts(facts: Iterable[Fact]) -> set[str]:
    return {fact.receipt for fact in facts}


def _places(unit: str, about: About) -> Iterable[tuple[Table, str]]:
    """Where a case counts. Of a sealed one the subject is nobody's to know."""
    yield Table.KIND, about.kind
    yield Table.CHANNEL, about.channel
    yield Table.MAILBOX, about.mailbox
    yield Table.AREA, about.area or ""
    yield Table.CATEGORY, "" if about.sealed else subject_id(about.category or "")
    if unit != CITY:
        yield Table.UNIT, unit


def _listings(counts: Counts) -> Iterable[Listing]:
    if counts.get(Measure.OVERDUE):
        yield Listing.OVERDUE
    if any(counts.get(level) for level in (Measure.LEVEL_1, Measure.LEVEL_2, Measure.LEVEL_3)):
        yield Listing.SUPERVISED
    if counts.get(Measure.REPEATED):
        yield Listing.REPEATED


def merged(parts: Iterable[Totals]) -> Totals:
    """Several totals as one: a quarter of its months, a city of its parts."""
    everything: dict[Measure, int] = {}
    tables: dict[Table, dict[str, dict[Measure, int]]] = {}
    lists: dict[Listing, set[Named]] = {}
    for part in parts:
        _into(everything, part.all)
        for table, rows in part.tables.items():
            for key, counts in rows.items():
                _into(tables.setdefault(table, {}).setdefault(key, {}), counts)
        for listing, named in part.lists.items():
            lists.setdefault(listing, set()).update(named)
    return Totals(
        _sorted(everything),
        _in_order(tables),
        {listing: tuple(sorted(named)[:MOST_LISTED]) for listing, named in sorted(lists.items())},
    )


def _into(counts: dict[Measure, int], more: Counts) -> None:
    for measure, number in more.items():
        counts[measure] = counts.get(measure, 0) + number


def _in_order(tables: Mapping[Table, Mapping[str, Counts]]) -> dict[Table, dict[str, dict[Measure, int]]]:
    """Counted in another order, the same to the byte."""
    return {
        table: {key: _sorted(counts) for key, counts in sorted(rows.items())} for table, rows in sorted(tables.items())
    }


def _sorted(counts: Counts) -> dict[Measure, int]:
    return dict(sorted(counts.items()))
