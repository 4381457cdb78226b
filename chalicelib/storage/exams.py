"""The keepers' exams: one small item for how far each has come, one for its plan, and one for each mailbox.

Whatever is asked of an exam is a query of its own partition: with 1,020 mailboxes some 400 kB, fifty read units.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotFound
from chalicelib.domain.events import Event, Replied
from chalicelib.domain.exam import Exam, Plan
from chalicelib.domain.exam_marks import Answer, Paper
from chalicelib.storage.keys import answer_key, exam_key, exam_marks_key, exam_plan_key, paper_key, shard_of
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, get, stamp, under

LONGEST_ID = 64  # a key has its limits, and addresses are typed by anybody
ALL = "exams"  # the list of them in the worklist index
BOX, ANSWER = "box#", "answer#"


class ExamMark(Struct, frozen=True):
    """What a mailbox got in an exam, for the assessment of the unit that keeps it. ``points``: of a hundred."""

    exam: str
    name: str
    mailbox: str
    case_id: str
    points: int
    passed: bool


def exam_item(exam: Exam) -> DeskItem:
    """An exam as the table keeps it: in the list of all, and in the index of what is due while something is."""
    item = DeskItem(*exam_key(exam.id), body=pack(exam), version=exam.version)
    item.worklist, item.worklist_at = ALL, stamp(exam.planned_at)
    due_at = exam.next_due_at
    if due_at is not None:
        item.due_shard, item.due_at = shard_of(exam.id), stamp(due_at)
    return item


def plan_item(exam_id: str, plan: Plan) -> DeskItem:
    """A plan as the table keeps it."""
    return DeskItem(*exam_plan_key(exam_id), body=pack(plan))


def paper_item(exam_id: str, paper: Paper) -> DeskItem:
    """A paper as the table keeps it; its answer stands beside it."""
    return DeskItem(*paper_key(exam_id, paper.mailbox), body=pack(replace(paper, answer=None)), version=paper.version)


def answer_items(before: Case | None, after: Case, events: Iterable[Event]) -> list[DeskItem]:
    """What a step of a case means for an exam: the first reply to a test letter is its answer. An item of its own, in
    the reply's own commit, so that nobody has to look for it and whoever marks or reads meanwhile is not in its way.
    """
    if after.counted or (before is not None and before.replied_at is not None):
        return []
    answered = [Answer(event.at, event.number) for event in events if isinstance(event.payload, Replied)]
    return [DeskItem(*answer_key(after.drill, after.mailbox), body=pack(one)) for one in answered[:1]]


def load(exam_id: str) -> Exam:
    """The exam. Raises NotFound."""
    item = get(*exam_key(exam_id)) if exam_id and len(exam_id) <= LONGEST_ID else None
    if item is None:
        raise NotFound()
    return unpack(item.body, Exam)


def load_plan(exam_id: str) -> Plan:
    """What an exam consists of. Raises NotFound."""
    item = get(*exam_plan_key(exam_id))
    if item is None:
        raise NotFound()
    return unpack(item.body, Plan)


def load_paper(exam_id: str, mailbox: str) -> Paper | None:
    """What became of the letter to a mailbox; None while it is not sent. Two reads."""
    if len(mailbox) > LONGEST_ID:
        return None
    item = get(*paper_key(exam_id, mailbox))
    answer = get(*answer_key(exam_id, mailbox)) if item is not None else None
    if item is None:
        return None
    return replace(unpack(item.body, Paper), answer=unpack(answer.body, Answer) if answer is not None else None)


def papers_of(exam_id: str) -> list[Paper]:
    """What became of all letters that were sent, by mailbox. Two queries."""
    place = exam_key(exam_id)[0]
    answers = {item.sk.removeprefix(ANSWER): unpack(item.body, Answer) for item in under(place, ANSWER)}
    papers = (unpack(item.body, Paper) for item in under(place, BOX))
    return [replace(paper, answer=answers.get(paper.mailbox)) for paper in papers]


def latest(limit: int = 100) -> list[Exam]:
    """The exams planned last, latest first."""
    found = DeskItem.worklist_index.query(ALL, scan_index_forward=False, limit=limit)
    return [unpack(item.body, Exam) for item in found]


def mark_item(unit: str, month: date, mark: ExamMark) -> DeskItem:
    """What a unit's mailbox got, as the table keeps it."""
    return DeskItem(exam_marks_key(month), f"{unit}#{mark.exam}#{mark.mailbox}", body=pack(mark))


def marks_of(month: date) -> Iterator[tuple[str, ExamMark]]:
    """What mailboxes got in the exams closed in a month, each with the unit that keeps it. One query for all units."""
    return ((item.sk.partition("#")[0], unpack(item.body, ExamMark)) for item in under(exam_marks_key(month)))
