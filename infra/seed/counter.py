"""The counter of the demo city: a call on the hotline, a walk-in, and letters whose writers wait to be told."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.desk import cities, counter, handling, routing
from chalicelib.domain.case import Case
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Outcome, Role, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from infra.seed.staff import desk_staff, unit_staff

CALL = {
    "channel": "phone",
    "kind": "appeal",
    "phone": "0999-5558216",
    "name": "满庭芳",
    "area": "990102",
    "title": "书香苑楼下夜宵摊油烟倒灌",
    "text": "来电人说：书香苑2号楼一楼的夜宵摊没有装油烟净化，每晚八点到一点油烟往楼上倒灌，窗户不敢开，请到现场看看。",
}
VISIT = {
    "channel": "visit",
    "kind": "consultation",
    "phone": "19900008102",
    "name": "阮春生",
    "title": "高龄津贴从哪个月发起",
    "text": "来访人今年二月满八十岁，户口在荻洲区，问高龄津贴从满岁当月还是次月发，要带什么材料到哪里办。",
}
LETTER = {
    "channel": "letter",
    "kind": "appeal",
    "name": "祖德厚",
    "address": "云汀市荻洲区柳堤街道柳荫里6号",
    "area": "990102",
    "title": "柳荫里巷口占道摊点挡住消防通道",
    "text": "巷口每天有五六个占道摊点，三轮车横在路中间，救护车上个月就没能开进来。我七十六岁，不会上网，请来信答复。",
    "postmark": "荻洲柳堤邮政所",
    "pages": "2",
}
PASSED_DOWN = {
    "channel": "box",
    "mailbox": "leader-mayor",
    "kind": "advice",
    "name": "逄立诚",
    "address": "云汀市望澜区港前路31号",
    "title": "请在港前路老年大学门口增设斑马线",
    "text": "老年大学每天有六百多名学员过马路，最近的斑马线在三百米外，建议在大门口增设斑马线和等候区。",
    "passed_by": "省政府办公厅信访处",
    "their_number": "信函〔2026〕112号",
    "their_deadline": "请于30日内报结果",
    "pages": "1",
}
REPLY = (
    "您好，来信收悉。我局执法队员已到柳荫里现场处理：占道摊点全部劝离，巷口划出消防禁停区，并安排早晚两次巡查。"
    "如再发现占道，可拨打我局电话，半小时内到场。"
)


def receive_at_the_counter(now: datetime, work_off: Callable[[datetime], None]) -> None:
    """What came to the counter in the last days; the letter is answered, and its writer is still to be told."""
    clerk = desk_staff(Role.CLERK, cities.current())
    answered = _registered(LETTER, clerk, now - timedelta(days=6))
    _registered(PASSED_DOWN, clerk, now - timedelta(days=2))
    _registered(VISIT, clerk, now - timedelta(days=1))
    _registered(CALL, clerk, now - timedelta(hours=20))
    _answered(answered, clerk, now - timedelta(days=3))
    work_off(now)


def _registered(typed: dict[str, str], clerk: Staff, at: datetime) -> Case:
    slip = counter.register({"key": f"demo-counter-{typed['channel']}", **typed}, clerk, at)
    case_id = load_submission(slip.receipt.number).case_id
    routing.route(Message(Topic.ROUTING, case_id, 1), at)
    return cases.load(case_id)


def _answered(case: Case, clerk: Staff, at: datetime) -> None:
    """It goes to the unit that clears streets, and is answered there; what the rules have joined to another letter's
    matter, or answered by its result, is not its own to answer.
    """
    if case.state is State.REGISTERED:
        case = handling.accept(case.case_id, case.version, clerk, at)
        case = handling.dispatch(case.case_id, case.version, clerk, at, "dizhou-urban-management")
    if case.state is not State.DISPATCHED:
        return
    handler, head = (unit_staff(role, case.unit or "", cities.known()) for role in (Role.HANDLER, Role.HEAD))
    case = handling.sign(case.case_id, case.version, handler, at + timedelta(hours=2))
    case = handling.draft(case.case_id, case.version, handler, at + timedelta(hours=20), REPLY, Outcome.SOLVED)
    handling.reply(case.case_id, case.version, head, at + timedelta(hours=24))
