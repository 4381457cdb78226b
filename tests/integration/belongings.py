"""What the desk keeps of one citizen: a matter with everything in it, and what is left of it in plain."""

from datetime import timedelta
from typing import Any

from chalicelib.desk import erasing, handling, working
from chalicelib.desk.submitting import Receipt
from chalicelib.domain.case import Case
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.words import Outcome
from chalicelib.storage import cases
from infra.verify import verify
from tests.integration.desk import Desk
from tests.integration.telling import tell
from tests.integration.test_uploading import PNG, uploaded
from tests.integration.watching import in_plain
from tests.integration.wire import Page

HERS = {
    "title": "望江路夜市油烟扰民",
    "text": "望江路夜市每晚油烟直冲楼上，老人咳嗽睡不着，请管一管，我住在三栋五单元。",
    "place": "望江路夜市三栋五单元",
    "name": "端木清扬",
    "phone": "13912345678",
    "email": "duanmu@example.cn",
}


SAID = {"added": "昨晚又冒了一次烟，有视频。", "rating": "这回总算清净了。", "file": "油烟视频截图.png"}


STAFF_SAID = {"note": "已约见夜市摊主。", "reply": "您好，油烟净化器已经装好。", "dispatched": "请执法队今晚去。"}


LONG_AGO = timedelta(days=2000)


def file(desk: Desk) -> str:
    """A file of hers, uploaded."""
    leave = desk.leave(name=SAID["file"], size=len(PNG))
    uploaded(leave, PNG)
    return leave.ticket


def lived(desk: Desk) -> tuple[Case, Receipt]:
    """A matter of one citizen from its filing to its end, everybody told."""
    receipt = desk.filed(**HERS, uploads=[file(desk)])
    desk.route_all()
    case = desk.case_of(receipt)
    if case.unit is None:
        case = handling.accept(case.case_id, case.version, desk.clerk, desk.now)
        handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, desk.some_unit, STAFF_SAID["dispatched"])
        case = desk.case_of(receipt)
    desk.supplemented(receipt, SAID["added"], uploads=[file(desk)])
    desk.route_all()
    answered(desk, receipt)
    desk.rated(receipt, "satisfied", SAID["rating"])
    assert tell(desk) == []
    return desk.case_of(receipt), receipt


def answered(desk: Desk, receipt: Receipt) -> None:
    """The unit notes, looks who it is, and replies."""
    case = desk.case_of(receipt)
    handler, number = desk.handler(case), case.case_id
    case = handling.sign(number, case.version, handler, desk.now)
    case = handling.note(number, case.version, handler, desk.now, STAFF_SAID["note"], False)
    working.petitioner_of(handler, number, receipt.number, desk.now)
    case = handling.draft(number, case.version, handler, desk.now, STAFF_SAID["reply"], Outcome.SOLVED)
    handling.reply(number, case.version, desk.head(case), desk.now)


def erased(desk: Desk, receipt: Receipt) -> None:
    """She asks for it, and the queue is worked off."""
    erasing.erase(receipt.number, desk.now)
    desk.route_all()


def request(case: Case) -> Message:
    """The message by which the rest is erased."""
    return Message(Topic.ROUTING, case.case_id, cases.load(case.case_id).version)


def ask(page: Page, receipt: Receipt, what: str) -> Any:
    """What her page asks."""
    return page.post(f"/api/submissions/{receipt.number}/{what}", {"code": receipt.code})


def standing_in_plain(texts: dict[str, str]) -> set[str]:
    """Which of ``texts`` can still be read in the table or in the queues."""
    plain = in_plain()
    return {name for name, text in texts.items() if text in plain}


def sound(case: Case) -> bool:
    """Whether the case is what its record tells, and every proof of the whole desk holds."""
    return fold(cases.record_of(case.case_id)) == cases.load(case.case_id) and verify().faults == []
