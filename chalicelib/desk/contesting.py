"""申诉: units contest facts of their month, the petition office rules, and the run is counted anew with the ruling."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.desk import counting, inboxes
from chalicelib.domain import contests as rules
from chalicelib.domain.assessment import Fact, FactKey
from chalicelib.domain.contests import Contest, ContestState, ContestStep
from chalicelib.domain.errors import Changed, FieldError, Invalid, NotAllowed, NotFound
from chalicelib.domain.people import Staff, may_list
from chalicelib.domain.runs import Frozen, LeftOut, Run, read_line
from chalicelib.domain.words import UNIT_ROLES, Role
from chalicelib.storage import assessments, cases, contests
from chalicelib.storage.notices import Entry, entry_item
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import AlreadyThere, Work, commit

TRIES = 5
MOST_AT_ONCE = 40  # facts: each is an item of one commit
READERS = UNIT_ROLES | {Role.SUPERVISOR, Role.LEADER}


class Docket(Struct, frozen=True):
    """The contests of a run as one person sees them. ``may``: what they may do to which, by its place; ``told``: what
    the facts say, likewise; ``titles``: of the cases that they may know of.
    """

    run: Run
    contests: tuple[Contest, ...]
    may: tuple[tuple[ContestStep, ...], ...]
    told: tuple[tuple[Fact, ...], ...]
    titles: dict[str, str]


def docket(month: date, staff: Staff, at: datetime) -> Docket:
    """The contests of a month: a unit's own, or all for who rules and who approves. Raises NotFound, NotAllowed."""
    if staff.role not in READERS:
        raise NotAllowed(action="contests")
    run = _run(month)
    own = staff.unit if staff.role in UNIT_ROLES else None
    found = tuple(sorted(contests.of_month(month, own), key=_waiting_first))
    months = {unit: _by_case(month, unit) for unit in {one.unit for one in found}}
    return Docket(
        run,
        found,
        tuple(_may(run, one, staff) for one in found),
        tuple(tuple(_facts(months[one.unit], one)) for one in found),
        _titles(found, staff),
    )


def _by_case(month: date, unit: str) -> dict[str, Frozen]:
    return {case.case_id: case for case in map(read_line, assessments.frozen_month(month, unit))}


def _facts(months: dict[str, Frozen], contest: Contest) -> Iterator[Fact]:
    case = months.get(contest.fact.case_id)
    if case is not None:
        yield from (fact for fact in case.told if fact.key == contest.fact)


def _titles(found: Sequence[Contest], staff: Staff) -> dict[str, str]:
    known = cases.load_all({one.fact.case_id for one in found}) if found else {}
    return {number: case.title for number, case in known.items() if not case.sealed and may_list(staff, case)}


def _waiting_first(contest: Contest) -> tuple[bool, datetime]:
    return contest.state is not ContestState.OPEN, contest.contested.at


def _may(run: Run, contest: Contest, staff: Staff) -> tuple[ContestStep, ...]:
    if run.published is not None or contest.state is not ContestState.OPEN:
        return ()
    if staff.role is Role.SUPERVISOR:
        return (ContestStep.UPHOLD, ContestStep.DISMISS)
    return (ContestStep.WITHDRAW,) if staff.role is Role.HEAD else ()


def facts_behind(month: date, staff: Staff, case_id: str) -> Frozen:
    """What a unit's counted month says of one of its cases: what its head may contest. Raises NotFound, NotAllowed."""
    if staff.role is not Role.HEAD:
        raise NotAllowed(action=ContestStep.CONTEST.value)
    _run(month)
    return _told(month, staff.unit or "", case_id)


def contest(month: date, facts: Sequence[FactKey], words: str, by: Staff, at: datetime) -> list[Contest]:
    """The head of a unit contests facts of one case in its month, all for the same reason.

    Raises Invalid without any or with too many, NotFound for what was not counted, what ``contests.contest`` raises.
    """
    unit = by.unit or ""
    if not 0 < len(facts) <= MOST_AT_ONCE or len({fact.case_id for fact in facts}) != 1:
        raise Invalid([FieldError("fact", "contest.choose", (("most", str(MOST_AT_ONCE)),))])

    def decide(run: Run) -> list[Contest]:
        opened = []
        for fact in facts:
            known = contests.load(month, unit, fact)
            opened.append(rules.contest(run, unit, fact, words, by, at, known))
            if fact not in {one.key for one in _told(month, unit, fact.case_id).told}:
                raise NotFound()
        return opened

    return _take(month, decide, at, (inboxes.SUPERVISORS,))


def withdraw(month: date, fact: FactKey, by: Staff, at: datetime) -> Contest:
    """The unit takes its contest back. Raises NotFound, NotAllowed, NotYours, RuleBroken."""
    unit = by.unit or ""
    return _take(month, lambda run: [rules.withdraw(run, _known(month, unit, fact), by)], at, ())[0]


def rule(month: date, unit: str, fact: FactKey, step: ContestStep, words: str, by: Staff, at: datetime) -> Contest:
    """The petition office rules, and the month is counted anew. Raises NotFound, NotAllowed, RuleBroken, Invalid."""

    def decide(run: Run) -> list[Contest]:
        return [rules.rule(run, _known(month, unit, fact), step, words, by, at)]

    return _take(month, decide, at, (f"heads#{unit}", f"handlers#{unit}"))[0]


def _take(month: date, decide: Callable[[Run], list[Contest]], at: datetime, told: Sequence[str]) -> list[Contest]:
    """One commit: the contests, the run that they move, and who is told. Others may move the run meanwhile.

    Raises Changed when somebody else has just decided the same, or others were faster time after time.
    """
    for _ in range(TRIES):
        run = _run(month)
        moved = decide(run)
        after = _counted_with(run, moved)
        items = [contests.item(one) for one in moved]
        work = Work(
            at,
            new=[item for item in items if item.version == 1],
            kept=[_told_of(inbox, moved[0], at) for inbox in told],
            versioned=[assessments.head_item(after), *(item for item in items if item.version != 1)],
        )
        try:
            commit(work)
        except (Changed, AlreadyThere):
            if any(_another(one) for one in moved):
                raise Changed() from None
            continue
        return moved
    raise Changed()


def _another(contest: Contest) -> bool:
    """Whether somebody else has moved it meanwhile."""
    known = contests.load(contest.month, contest.unit, contest.fact)
    return (known.version if known is not None else 0) != contest.version - 1


def _counted_with(run: Run, moved: Sequence[Contest]) -> Run:
    """The run by the same facts and formula, without what was upheld; its lines are written, and not yet seen."""
    upheld = [one for one in moved if one.state is ContestState.UPHELD]
    if not upheld:
        return replace(run, version=run.version + 1)
    out = [LeftOut(one.unit, one.fact.case_id, one.fact.kind.value, one.fact.receipt) for one in upheld]
    left_out = tuple(sorted((*run.left_out, *out), key=lambda one: (one.unit, one.case_id, one.kind, one.receipt)))
    plan = assessments.plan_of(run.month)
    assert plan is not None  # no run is without
    counted = counting.evaluated(plan, left_out)
    assessments.keep(run.month, counted)
    return replace(run, version=run.version + 1, left_out=left_out, stand=counted.stand)


def _told_of(inbox: str, contest: Contest, at: datetime) -> DeskItem:
    """The entry of an inbox, once for each step of a contest."""
    case = cases.load(contest.fact.case_id)
    kind = {
        ContestState.OPEN: "FactContested",
        ContestState.UPHELD: "ContestUpheld",
        ContestState.DISMISSED: "ContestDismissed",
    }[contest.state]
    link = f"/console/assessment/{contest.month:%Y-%m}/contests"
    return entry_item(inbox, Entry(case.case_id, 0, kind, "" if case.sealed else case.title, at, link))


def _told(month: date, unit: str, case_id: str) -> Frozen:
    for line in assessments.frozen_month(month, unit):
        if case_id in line and (case := read_line(line)).case_id == case_id:
            return case
    raise NotFound()


def _known(month: date, unit: str, fact: FactKey) -> Contest:
    known = contests.load(month, unit, fact)
    if known is None:
        raise NotFound()
    return known


def _run(month: date) -> Run:
    run = assessments.load(month)
    if run is None:
        raise NotFound()
    return run
