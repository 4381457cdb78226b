"""What an exam does by itself: letters go out when they are due, a keeper's first look is noted, and what was closed is
brought to its end. All of it in small steps, any of which may be cut off, come twice, or meet another.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from chalicelib.desk import cities, submitting
from chalicelib.desk.committing import finish, untouched
from chalicelib.desk.submitting import Drill
from chalicelib.desk.vault import vault
from chalicelib.domain import exam as rules
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, Invalid
from chalicelib.domain.events import CITIZEN, DESK, Concluded, Reason
from chalicelib.domain.exam import Exam, ExamState, Plan, Slip
from chalicelib.domain.exam_marks import Paper, opened, result_of, until
from chalicelib.domain.people import Staff
from chalicelib.domain.submission import Form, day_in_shanghai, read_form
from chalicelib.domain.words import Channel, Role
from chalicelib.storage import cases, exams, notices
from chalicelib.storage.exams import ExamMark, exam_item, mark_item, paper_item
from chalicelib.storage.notices import Entry
from chalicelib.storage.unit_of_work import Work, commit

MOST_AT_ONCE = 200  # letters of one exam in one sweep: the others that are due wait for it
SETTLED_AT_ONCE = 10  # after so many it is noted how far it has come
TRIES = 5
LANGUAGE = "zh"
KEEPERS = frozenset({Role.CLERK, Role.HANDLER, Role.HEAD})  # who opens a unit's letters
OVER = Reason("basis.exam", {})
TOLD_AS = "ExamMarked"  # in the keepers' inboxes


def bring_on(exam_id: str, now: datetime, go_on: Callable[[], bool]) -> int:
    """Send what is due by ``now``, or bring what was closed to its end, while ``go_on`` says yes; gives how many
    letters had their turn.

    A second sweep, or one beside it, finds each step done: a letter is filed in one commit with its paper and the
    exam's next place, under a key that follows from exam and mailbox.
    """
    exam, done = exams.load(exam_id), 0
    plan = exams.load_plan(exam_id)
    while done < MOST_AT_ONCE and exam.next_due_at is not None and exam.next_due_at <= now and go_on():
        before = exam
        exam = _send(exam, plan, now) if exam.state is ExamState.SENDING else _settle(exam, plan, now, go_on)
        done += (exam.place - before.place) + (exam.settled - before.settled)
        if exam.version == before.version:
            break
    return done


def _send(exam: Exam, plan: Plan, at: datetime) -> Exam:
    """File the next letter; a mailbox that is gone since, or takes other kinds now, is passed over.

    Gives the exam as it is then; as somebody else has left it, when they were faster.
    """
    slip, after = plan.slips[exam.place], rules.advance(exam)
    form = _form(exam, plan, slip, at)
    try:
        if form is None:
            commit(Work(at, versioned=[exam_item(after)]))
            return after
        drill = Drill(exam.id, lambda receipt: (paper_item(exam.id, _paper(plan, slip, receipt, at)),))
        filed = submitting.file(form, at, Channel.WEB, CITIZEN, drill, beside=lambda _: (exam_item(after),))
    except Changed:
        return exams.load(exam.id)
    return exams.load(exam.id) if filed.repeated else after


def _form(exam: Exam, plan: Plan, slip: Slip, at: datetime) -> Form | None:
    """The letter as a citizen would have sent it who leaves no name; None where its mailbox does not take it."""
    letter = plan.letters[slip.letter]
    written = {
        "key": vault().sign("exam", f"{exam.id}#{slip.mailbox}"),
        "mailbox": slip.mailbox,
        "kind": letter.kind.value,
        "title": letter.title,
        "text": letter.text,
        "anonymous": True,
    }
    try:
        return read_form(written, cities.current(), LANGUAGE, day_in_shanghai(at))
    except Invalid:
        return None


def _paper(plan: Plan, slip: Slip, receipt: str, at: datetime) -> Paper:
    box = cities.current().mailbox(slip.mailbox)
    return Paper(
        mailbox=slip.mailbox,
        keeper=box.keeper if box is not None else "",
        letter=slip.letter,
        receipt=receipt,
        case_id=vault().case_id_of(receipt),
        sent_at=at,
        answer_by=cities.trade().ends(plan.term, at),
    )


def note_read(case: Case, staff: Staff, at: datetime) -> None:
    """Somebody opens a case. Of a test letter, the first look of the unit that keeps its mailbox is noted: beside the
    case, not in it, so that nobody sees there that it was. Of any other case nothing is read or written.
    """
    box = cities.current().mailbox(case.mailbox) if case.drill and staff.role in KEEPERS else None
    if box is None or staff.unit != box.keeper:
        return
    for _ in range(TRIES):
        paper = exams.load_paper(case.drill, case.mailbox)
        if paper is None or paper.read_at is not None:
            return
        try:
            commit(Work(at, versioned=[paper_item(case.drill, opened(paper, at))]))
        except Changed:
            continue
        return
    raise Changed()


def _settle(exam: Exam, plan: Plan, at: datetime, go_on: Callable[[], bool]) -> Exam:
    """The next cases end, their keepers are told, and their units' marks are kept; then it is noted how far that is."""
    settled = exam.settled
    for slip in plan.slips[exam.settled : min(exam.place, exam.settled + SETTLED_AT_ONCE)]:
        if not go_on():
            break
        paper = exams.load_paper(exam.id, slip.mailbox)
        if paper is not None:
            _end(exam, plan, paper, at)
        settled += 1
    if settled == exam.settled:
        return exam
    after = rules.settle(exam, settled)
    try:
        commit(Work(at, versioned=[exam_item(after)]))
    except Changed:
        return exams.load(exam.id)
    return after


def _end(exam: Exam, plan: Plan, paper: Paper, at: datetime) -> None:
    """Doing it twice is doing it once: a case that has ended stays as it is, and everything else has its own place."""
    assert exam.closed_at is not None
    case = _concluded(paper.case_id, at)
    result = result_of(until(paper, exam.closed_at), plan.rubric)
    mark = ExamMark(exam.id, exam.name, paper.mailbox, paper.case_id, result.points, result.passed)
    month = day_in_shanghai(exam.closed_at).replace(day=1)
    commit(Work(at, kept=[mark_item(paper.keeper, month, mark)]))
    for inbox in _inboxes_of(paper.keeper):
        notices.put_into(inbox, Entry(paper.case_id, 0, TOLD_AS, case.title, exam.closed_at))


def _concluded(case_id: str, at: datetime) -> Case:
    for _ in range(TRIES):
        case = cases.load(case_id)
        if case.ended:
            return case
        step = untouched(case).then([Concluded(OVER)], DESK, max(at, case.moved_at))
        try:
            finish(step, at=at)
        except Changed:
            continue
        return step.after
    raise Changed()


def _inboxes_of(unit: str) -> Iterator[str]:
    yield f"heads#{unit}"
    yield "desk" if unit == cities.current().desk_unit else f"handlers#{unit}"
