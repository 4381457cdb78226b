"""An exam of 1,020 mailboxes: how large its items are, and how it is read."""

from datetime import timedelta
from itertools import cycle, islice

from msgspec.structs import replace

from chalicelib.desk import cities, exams
from chalicelib.domain.city import City, Mailbox, Name
from chalicelib.domain.exam_marks import Answer, Criterion, Mark, Paper
from chalicelib.domain.words import Kind
from chalicelib.storage import exams as stored
from chalicelib.storage.keys import answer_key
from chalicelib.storage.records import pack
from chalicelib.storage.table import DeskItem
from tests.integration.desk import Desk
from tests.integration.examining import (
    LEADER,
    started,
)
from tests.integration.watching import everything, watched

LARGEST_ITEM = 400 * 1024


def test_an_exam_of_1_020_mailboxes_fits_its_items_and_is_sent_to_each_of_them(desk: Desk) -> None:
    heyuan = of_heyuan(desk.city)
    cities.use(heyuan)
    long = {f"text.{number}": "长" * 5_000 for number in range(1, 6)}
    letters = {f"kind.{number}": "appeal" for number in range(1, 6)} | {
        f"title.{number}": f"第{number}件事" for number in range(1, 6)
    }
    exam = started(desk, all="yes", **{**letters, **long})
    assert exam.letters == 1_020
    assert max(size_of(exam.id).values()) < LARGEST_ITEM / 2
    assert size_of(exam.id)["exam"] < 1_024, "what moves with each letter is small"
    plan = stored.load_plan(exam.id)
    assert len({slip.mailbox for slip in plan.slips}) == 1_020
    moments = [exam.next_due_at]
    assert moments[0] is not None
    desk.now = moments[0] + timedelta(minutes=15)
    desk.swept()
    assert stored.load(exam.id).place in range(15, 18), "sixteen hours for all: a quarter of an hour has sixteen"
    assert desk.swept().examined == 0


def test_the_papers_of_1_020_mailboxes_are_small_and_read_by_query(desk: Desk) -> None:
    cities.use(of_heyuan(desk.city))
    exam = started(desk, all="yes")
    plan, at = stored.load_plan(exam.id), desk.now
    look = Mark("高远（市委书记）", at, dict.fromkeys(Criterion, 10))
    with DeskItem.batch_write() as batch:
        for number, slip in enumerate(plan.slips):
            receipt = f"{number:012}"
            paper = Paper(slip.mailbox, "yanxi", slip.letter, receipt, receipt, at, at, 5, at, (look, look))
            batch.save(stored.paper_item(exam.id, paper))
            batch.save(DeskItem(*answer_key(exam.id, slip.mailbox), body=pack(Answer(at, 8))))
    sizes = size_of(exam.id)
    assert len(sizes) == 2 * 1_020 + 2
    assert max(size for name, size in sizes.items() if name.startswith(("box#", "answer#"))) < 1_024
    with watched() as calls:
        room = exams.room(exam.id, LEADER)
    assert (room.progress.sent, room.progress.answered, room.progress.marked) == (1_020, 1_020, 1_020)
    assert set(calls) == {"GetItem", "Query"}
    assert (calls.count("GetItem"), calls.looked_at) == (2, 2_040)


def of_heyuan(city: City) -> City:
    """A city with 1,020 mailboxes, kept by units of all three levels."""
    kinds = tuple(kind for kind in Kind if kind is not Kind.ACCUSATION)
    units = [unit for unit in city.units if unit.id not in (city.desk_unit, "discipline")]
    boxes = tuple(
        Mailbox(f"{unit.id}-{number:04}", Name(f"信箱{number}", ""), Name("", ""), kinds, unit.id)
        for number, unit in enumerate(islice(cycle(units), 1_020))
    )
    return replace(city, mailboxes=boxes, version=city.version + 1)


def size_of(exam_id: str) -> dict[str, int]:
    """The bytes of each item of an exam, by its sort key."""
    return {
        key.split()[1]: sum(len(name) + len(next(iter(value.values())).encode()) for name, value in item.items())
        for key, item in everything().items()
        if key.startswith(f"exam#{exam_id} ")
    }
