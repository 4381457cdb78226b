"""晒网: what the desk proposes, what supervisors pick, what a leader approves, and what everybody may read."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk.vault import vault
from chalicelib.domain import honours as rules
from chalicelib.domain.assessment import Fact
from chalicelib.domain.case import Case
from chalicelib.domain.contests import without
from chalicelib.domain.errors import NotFound, RuleBroken
from chalicelib.domain.evaluating import keys_by_unit
from chalicelib.domain.facts import Entry, about, month_of
from chalicelib.domain.honours import Candidate, Ground, Honours, HonourStep, Pick, Rules, Side
from chalicelib.domain.people import Staff
from chalicelib.domain.runs import Run, Signature, read_line
from chalicelib.domain.spans import Span, Sum, quarter_of, span, summed
from chalicelib.storage import assessments, cases, honours
from chalicelib.storage.submissions import load_sealed_petitioner
from chalicelib.storage.unit_of_work import AlreadyThere, Work, commit

RULES = Rules()
MOST_PROPOSED = 20  # of a side
MOST_LOOKED_AT = 60  # swift ones, whose records say how long their terms were
MOST_NAMES = 20  # writers of one case whose names are looked for in its title
MOST_KEPT = 20  # tables of spans in this process
TRIES = 3


class Proposal(Struct, frozen=True):
    """A case proposed. ``title``: masked by rule, a person reads and mends it; ``may_quote``: its writers consent."""

    candidate: Candidate
    title: str
    may_quote: bool
    pick: Pick | None


class Room(Struct, frozen=True):
    """The list of a span, and what is proposed for it. ``counted``: whether any of its months is."""

    span: Span
    spans: tuple[Span, ...]
    counted: bool
    honours: Honours
    proposals: tuple[Proposal, ...]


class Standing(Struct, frozen=True):
    """What everybody may read of a span. ``sums``: of published runs only; ``at``: when the last was published."""

    span: Span
    sums: tuple[Sum, ...]
    at: datetime | None
    picks: tuple[Pick, ...]


_sums: dict[tuple[str, ...], tuple[Sum, ...]] = {}


def spans() -> tuple[Span, ...]:
    """The months that are counted and their quarters, latest first."""
    months = [run.month for run in assessments.runs()]
    return _latest_first({Span(f"{month:%Y-%m}") for month in months} | {quarter_of(month) for month in months})


def _latest_first(found: set[Span]) -> tuple[Span, ...]:
    return tuple(sorted(found, key=lambda one: (one.months[-1], len(one.months)), reverse=True))


def room(of: Span, staff: Staff) -> Room:
    """The list; for who may pick, with what the facts of the span propose."""
    runs = [run for month in of.months if (run := assessments.load(month)) is not None]
    kept = honours.load(of.name)
    may = staff.role is rules.HONOUR_STEPS[HonourStep.PICK]
    return Room(of, spans(), bool(runs), kept, tuple(_proposals(runs, kept)) if may else ())


def _proposals(runs: list[Run], kept: Honours) -> Iterator[Proposal]:
    found = rules.candidates(_told(runs), RULES)
    for side in Side:
        of_side = [one for one in found if one.side is side]
        for candidate, case in islice(_fit(of_side), MOST_PROPOSED):
            yield Proposal(candidate, masked_title(case), bool(rules.quotable(case)), kept.pick(case.case_id))


def _told(runs: list[Run]) -> Iterator[tuple[str, str, list[Fact]]]:
    """What was counted, one unit at a time, but for what was left out and what is sealed."""
    for run in runs:
        excluded = keys_by_unit(run.left_out)
        for unit, lines in assessments.frozen_months(run.month):
            for case in map(read_line, lines):
                if not case.sealed:
                    yield unit, case.case_id, without(case.told, excluded.get(unit, frozenset()))


def _fit(candidates: list[Candidate]) -> Iterator[tuple[Candidate, Case]]:
    looked_at = 0
    for start in range(0, len(candidates), MOST_PROPOSED):
        some = candidates[start : start + MOST_PROPOSED]
        known = cases.load_all({one.case_id for one in some})
        for one in some:
            case = known.get(one.case_id)
            if case is None or not rules.fit(case):
                continue
            if one.ground is Ground.SWIFT:
                looked_at += 1
                if looked_at > MOST_LOOKED_AT:
                    return
                if not rules.is_swift(cases.record_of(case.case_id), RULES):
                    continue
            yield one, case


def masked_title(case: Case) -> str:
    """The case's title without names and numbers, as a first proposal. Names are opened only to be hidden."""
    return masked(case, case.title)


def masked(case: Case, text: str) -> str:
    """``text`` without what looks like a person's data, and without the names of the case's writers."""
    from chalicelib.domain.masking import mask  # its patterns take 4 ms, and only this room's forms need them

    names = [name for voice in case.voices[:MOST_NAMES] if (name := _name_of(voice.receipt))]
    return mask(text, names)


def _name_of(receipt: str) -> str:
    sealed = load_sealed_petitioner(receipt)
    return vault().open_petitioner(sealed, receipt).name if sealed else ""


def checked(case_id: str, text: str) -> str:
    """``text`` as it would be masked: what differs is shown to who wrote it before it is kept. Raises NotFound."""
    return masked(cases.load(case_id), text)


def pick(of: Span, version: int, candidate: Candidate, title: str, sentence: str, by: Staff, at: datetime) -> Honours:
    """A supervisor puts a case on the list: one that was counted for the unit in the span, proposed or not.

    Raises NotAllowed, NotFound, Changed, RuleBroken, Invalid.
    """
    rules.permit(HonourStep.PICK, by)
    if not any(_was_counted(month, candidate) for month in of.months):
        raise RuleBroken("honour.not_counted")
    case = cases.load(candidate.case_id)

    def decide(kept: Honours, who: Signature) -> Honours:
        return rules.pick(kept, candidate, case, title, sentence, who)

    return _take(of, version, HonourStep.PICK, by, at, decide)


def _was_counted(month: date, candidate: Candidate) -> bool:
    if assessments.load(month) is None:
        return False
    lines = assessments.frozen_month(month, candidate.unit)
    return any(read_line(line).case_id == candidate.case_id for line in lines if candidate.case_id in line)


def drop(of: Span, version: int, case_id: str, by: Staff, at: datetime) -> Honours:
    """A supervisor takes it off again. Raises NotAllowed, NotFound, Changed, RuleBroken."""
    return _take(of, version, HonourStep.DROP, by, at, lambda kept, _: rules.drop(kept, case_id))


def take_down(of: Span, version: int, case_id: str, words: str, by: Staff, at: datetime) -> Honours:
    """A leader takes down what is public, with words. Raises NotAllowed, NotFound, Changed, Invalid."""
    return _take(
        of, version, HonourStep.TAKE_DOWN, by, at, lambda kept, who: rules.take_down(kept, case_id, words, who)
    )


def approve(of: Span, version: int, case_id: str, by: Staff, at: datetime) -> Honours:
    """A leader approves: it is public, and praise is a fact of the unit's month, once a case.

    Raises NotAllowed, NotFound, Changed, RuleBroken.
    """
    case = cases.load(case_id)
    return _take(of, version, HonourStep.APPROVE, by, at, lambda kept, who: rules.approve(kept, case, who), case)


def _take(
    of: Span,
    version: int,
    step: HonourStep,
    by: Staff,
    at: datetime,
    decide: Callable[[Honours, Signature], Honours],
    case: Case | None = None,
) -> Honours:
    """One commit: the list, what is public of it, and a fact of praise. ``case``: the one that is approved."""
    rules.permit(step, by)
    before = rules.as_seen(honours.load(of.name), version)
    after = decide(before, Signature(at, by.login, by.name))
    item = honours.item(after)
    for _ in range(TRIES):
        work = Work(at)
        (work.new if after.version == 1 else work.versioned).append(item)
        if after.public != before.public:
            work.kept.append(honours.public_item(after))
        praised = after.pick(case.case_id) if case is not None else None
        if case is not None and praised is not None and praised.side is Side.PRAISED:
            if not honours.was_praised(case.case_id):
                work.new.append(honours.praised_item(case.case_id))
                fact = rules.praised(case.case_id, at)
                work.entries.append(Entry(praised.unit, month_of(at), case.case_id, about(case), (fact,)))
            work.unmoved.append(case)  # its consent, and that it is not sealed
        try:
            commit(work)
        except AlreadyThere:
            rules.as_seen(honours.load(of.name), version)
            continue  # praised elsewhere in the same moment
        return after
    raise NotFound()


def public_spans() -> tuple[Span, ...]:
    """Of which spans there is anything that everybody may read, latest first."""
    months = {run.month for run in assessments.runs() if run.published is not None}
    found = {Span(f"{month:%Y-%m}") for month in months} | {quarter_of(month) for month in months}
    return _latest_first(found | {one for name in honours.public_spans() if (one := span(name)) is not None})


def standing(of: Span) -> Standing:
    """The ranking of the span's published months, and its approved cases, as far as they may still be told of."""
    runs = [run for month in of.months if (run := assessments.load(month)) is not None and run.published is not None]
    at = max((run.published.at for run in runs if run.published is not None), default=None)
    return Standing(of, _ranking(runs), at, tuple(_still_told(honours.shown(of.name))))


def _ranking(runs: list[Run]) -> tuple[Sum, ...]:
    """A stand is what it says: its sums are kept by this process."""
    key = tuple(run.stand for run in runs)
    if key not in _sums:
        if len(_sums) >= MOST_KEPT:
            _sums.clear()
        _sums[key] = summed([assessments.lines(run) for run in runs])
    return _sums[key]


def _still_told(picks: tuple[Pick, ...]) -> Iterator[Pick]:
    """Who consents no longer is quoted no longer; what is sealed now is told of no longer."""
    known = cases.load_all({one.case_id for one in picks}) if picks else {}
    for one in picks:
        case = known.get(one.case_id)
        if case is None or not rules.fit(case):
            continue
        yield one if set(one.quoted) <= set(rules.quotable(case)) else replace(one, title="")


def sums(of: Span) -> tuple[tuple[Sum, ...], tuple[date, ...]]:
    """A span's table over its published months, and which they are."""
    runs = [run for month in of.months if (run := assessments.load(month)) is not None and run.published is not None]
    return _ranking(runs), tuple(run.month for run in runs)
