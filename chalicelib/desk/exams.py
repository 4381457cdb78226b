"""The room of the keepers' exam: whoever is in charge plans one, starts, stops and closes it, marks the answers and
sees what came of it. What happens by itself meanwhile stands in ``examining``.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256

from msgspec import Struct

from chalicelib.desk import cities
from chalicelib.desk.examining import SETTLED_AT_ONCE, bring_on
from chalicelib.domain import exam as rules
from chalicelib.domain import exam_marks
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, NotAllowed, NotFound
from chalicelib.domain.events import Replied
from chalicelib.domain.exam import Exam, ExamLetter, ExamState, Plan
from chalicelib.domain.exam_forms import Draft, read_draft, read_points
from chalicelib.domain.exam_marks import Paper, Progress, Result, Rubric, in_order, progress, result_of, until
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.people import Staff
from chalicelib.domain.submission import read_key
from chalicelib.domain.words import Role
from chalicelib.storage import cases, exams
from chalicelib.storage.exams import ExamMark, exam_item, paper_item, plan_item
from chalicelib.storage.unit_of_work import AlreadyThere, Work, commit

TRIES = 10  # while it is sending, an exam moves with each letter


class Room(Struct, frozen=True):
    """An exam as it stands. ``waiting``: the first mailbox whose answer nobody has marked, "" when there is none."""

    exam: Exam
    plan: Plan
    progress: Progress
    results: tuple[Result, ...]
    waiting: str

    @property
    def passed(self) -> int:
        """How many have passed, as it stands."""
        return sum(result.passed for result in self.results)


class Script(Struct, frozen=True):
    """A letter and its answer, side by side. ``reply``: "" where there is none."""

    exam: Exam
    rubric: Rubric
    letter: ExamLetter
    result: Result
    reply: str
    waiting: str


class Standing(Struct, frozen=True):
    """What the unit sees of its result once the exam is closed."""

    exam: Exam
    rubric: Rubric
    result: Result


def may_examine(staff: Staff) -> bool:
    """Whether somebody is in charge of exams: the leaders, and the petition office's own supervisors."""
    of_the_office = staff.role is Role.SUPERVISOR and staff.unit == cities.current().desk_unit
    return staff.role is Role.LEADER or of_the_office


def new_key() -> str:
    """A key for one form of a plan."""
    return secrets.token_hex(16)


def shelf(staff: Staff) -> list[Exam]:
    """All exams, latest first. Raises NotAllowed."""
    _in_charge_only(staff)
    return exams.latest()


def preview(raw: Mapping[str, object], staff: Staff, at: datetime) -> Draft:
    """What a plan would be; nothing is kept. ``raw``: as for ``plan``. Raises NotAllowed, Invalid."""
    _in_charge_only(staff)
    return _draft(raw, at)[1]


def plan(raw: Mapping[str, object], staff: Staff, at: datetime) -> Exam:
    """Plan an exam; ``raw``: as ``read_draft`` says, and the form's ``key``: sent twice it is planned once.

    Raises NotAllowed, Invalid.
    """
    _in_charge_only(staff)
    exam_id, draft = _draft(raw, at)
    exam = Exam(exam_id, draft.name, ExamState.PLANNED, 1, len(draft.plan.slips), draft.window, at, staff.titled)
    try:
        commit(Work(at, new=[exam_item(exam), plan_item(exam_id, draft.plan)]))
    except AlreadyThere:
        return exams.load(exam_id)
    return exam


def _draft(raw: Mapping[str, object], at: datetime) -> tuple[str, Draft]:
    reader = FieldReader(raw)
    exam_id = sha256(f"exam {read_key(reader)}".encode()).hexdigest()[:12]
    reader.raise_errors()
    return exam_id, read_draft(raw, cities.current(), cities.trade().calendar, at, exam_id)


def start(exam_id: str, staff: Staff, at: datetime) -> Exam:
    """From now on letters go out as they fall due, with each sweep. Raises NotAllowed, NotFound, and as the rule."""
    return _moved(exam_id, staff, at, lambda exam: rules.start(exam, at))


def stop(exam_id: str, staff: Staff, at: datetime) -> Exam:
    """No further letter goes out: each moves the exam on. Raises NotAllowed, NotFound, and as the rule."""
    return _moved(exam_id, staff, at, lambda exam: rules.stop(exam, staff.titled, at))


def close(exam_id: str, anyway: bool, staff: Staff, at: datetime) -> Exam:
    """The results stand, and the units get to know. The first cases are ended at once, the others with the sweep.

    ``anyway``: also with answers that nobody has marked. Raises NotAllowed, NotFound, and as the rule.
    """
    _in_charge_only(staff)
    unmarked = sum(paper.waits_for_marks for paper in exams.papers_of(exams.load(exam_id).id))
    closed = _moved(exam_id, staff, at, lambda exam: rules.close(exam, unmarked, anyway, staff.titled, at))
    once = iter([True] * SETTLED_AT_ONCE * 2)
    bring_on(exam_id, at, lambda: next(once, False))
    return closed


def _moved(exam_id: str, staff: Staff, at: datetime, step: Callable[[Exam], Exam]) -> Exam:
    """Take ``step`` on the exam as it stands: the letters that go out meanwhile do not stop it."""
    _in_charge_only(staff)
    for _ in range(TRIES):
        after = step(exams.load(exam_id))
        try:
            commit(Work(at, versioned=[exam_item(after)]))
        except Changed:
            continue
        return after
    raise Changed()


def room(exam_id: str, staff: Staff, order: str = "") -> Room:
    """An exam with what came of each letter, in one of the orders. Raises NotAllowed, NotFound."""
    _in_charge_only(staff)
    exam, kept = exams.load(exam_id), exams.load_plan(exam_id)
    papers = [until(paper, exam.closed_at) for paper in exams.papers_of(exam_id)]
    results = in_order((result_of(paper, kept.rubric) for paper in papers), order)
    return Room(exam, kept, progress(papers), tuple(results), _next(papers, ""))


def script(exam_id: str, mailbox: str, staff: Staff) -> Script:
    """The letter to a mailbox and its answer. Raises NotAllowed, and NotFound where none was sent."""
    _in_charge_only(staff)
    exam, kept = exams.load(exam_id), exams.load_plan(exam_id)
    papers = [until(paper, exam.closed_at) for paper in exams.papers_of(exam_id)]
    paper = next((one for one in papers if one.mailbox == mailbox), None)
    if paper is None:
        raise NotFound()
    waiting = _next(papers, mailbox)
    return Script(exam, kept.rubric, kept.letters[paper.letter], result_of(paper, kept.rubric), _reply(paper), waiting)


def _reply(paper: Paper) -> str:
    if paper.answer is None:
        return ""
    told = cases.event(paper.case_id, paper.answer.event).payload
    assert isinstance(told, Replied)  # the answer was written from it
    return told.text


def _next(papers: Iterable[Paper], mailbox: str) -> str:
    """The next mailbox after this one whose answer waits for marks, and from the beginning again; "" for none."""
    waiting = sorted(paper.mailbox for paper in papers if paper.waits_for_marks and paper.mailbox != mailbox)
    return next((one for one in waiting if one > mailbox), waiting[0] if waiting else "")


def mark(exam_id: str, mailbox: str, raw: Mapping[str, object], staff: Staff, at: datetime) -> str:
    """Mark an answer, or mark it again: the last marking counts. Gives the next mailbox that waits, "" for none.

    ``raw``: ``points.CRITERION``, and ``seen``: how many markings the marker had before her. Raises NotAllowed,
    NotFound, Invalid, RuleBroken once the exam is closed, and what ``exam_marks.mark`` raises.
    """
    _in_charge_only(staff)
    kept, points, said = exams.load_plan(exam_id), read_points(raw), str(raw.get("seen", ""))
    seen = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else -1
    for _ in range(TRIES):
        exam, paper = rules.marking(exams.load(exam_id)), exams.load_paper(exam_id, mailbox)
        if paper is None:
            raise NotFound()
        after = exam_marks.mark(paper, kept.rubric, points, staff.titled, at, seen)
        try:
            commit(Work(at, versioned=[paper_item(exam_id, after), exam_item(exam)]))
        except Changed:  # a letter went out, or was opened; or somebody has marked this one, or closed the exam
            continue
        return _next(exams.papers_of(exam_id), mailbox)
    raise Changed()


def standing_of(case: Case) -> Standing | None:
    """What the unit may see of an exam on a test letter's case: nothing before it is closed. Of other cases nothing is
    read.
    """
    exam = exams.load(case.drill) if case.drill else None
    if exam is None or exam.closed_at is None:
        return None
    paper, kept = exams.load_paper(exam.id, case.mailbox), exams.load_plan(exam.id)
    if paper is None:
        return None
    return Standing(exam, kept.rubric, result_of(until(paper, exam.closed_at), kept.rubric))


def results_of(month: date) -> dict[str, list[ExamMark]]:
    """For the assessment: what the mailboxes kept by each unit got in the exams closed in ``month`` (its first day, by
    Shanghai's calendar), points of 100 and passed or not. One query for all of them.
    """
    results: dict[str, list[ExamMark]] = {}
    for unit, mark in exams.marks_of(month):
        results.setdefault(unit, []).append(mark)
    return results


def _in_charge_only(staff: Staff) -> None:
    if not may_examine(staff):
        raise NotAllowed(action="exams")
