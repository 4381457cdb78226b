"""The demo city's keepers' exams: one that is closed, with its results, and one whose answers wait for marks."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from chalicelib.desk import cities, examining, exams, handling, routing, supervising, working
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.exam import Exam
from chalicelib.domain.exam_marks import Paper
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Outcome, Role
from chalicelib.storage import cases
from chalicelib.storage import exams as stored
from infra.seed.hours import office
from infra.seed.staff import leader_of, unit_staff

LETTERS = {
    "kind.1": "consultation",
    "title.1": "在外地上班，怎样给老家的父母办医保备案",
    "text.1": "父母跟我在外地住，想给他们办异地就医备案。请问要带哪些材料，能不能在网上办，多久能办好？",
    "kind.2": "appeal",
    "title.2": "巷口的路灯坏了半个月",
    "text.2": "家门口巷子里的两盏路灯坏了半个月，天黑以后老人孩子都不敢走。请问归谁管，什么时候能修好？",
    "kind.3": "advice",
    "title.3": "建议办事大厅中午有人值班",
    "text.3": "上班的人只有中午有空，办事大厅十二点就关门。建议中午留一两个窗口，哪怕只收材料也好。",
}
RUBRIC = {
    "term": "5",
    "read_within": "24",
    "points.read": "10",
    "points.answered": "30",
    "points.answers": "25",
    "points.acts": "15",
    "points.contact": "10",
    "points.manner": "10",
    "passes": "60",
}


class Deed(NamedTuple):
    """What a keeper does: hours after the letter came until it is opened and answered (None: never), the answer ("": a
    good one), and the points for its criteria; none where nobody has marked it.
    """

    opens: float | None
    answers: float | None
    text: str = ""
    points: tuple[int, int, int, int] | None = None


GOOD = (
    "您好，来信收到。材料带身份证和居住证明，窗口、电话、网上都能办，当天办好。经办人：李工，电话 0000-1234501。",
    "您好，两盏路灯已登记报修，本周五前修好，修好后给您回话。联系人：王工，电话 0000-1234502。",
    "您好，建议很好，下月一日起中午留两个窗口，先试三个月。负责人：陈主任，电话 0000-1234503。",
)
CLOSED: Mapping[str, Deed] = {
    "county-dizhou": Deed(0.6, 5, "", (25, 15, 10, 10)),
    "county-wanglan": Deed(2.2, 26, "", (25, 10, 10, 8)),
    "county-qingfeng": Deed(30, 75, "来信收悉，已转有关部门研究处理。", (5, 0, 0, 5)),
    "county-yanxi": Deed(1.3, 49, "", (20, 15, 10, 9)),
    "county-songao": Deed(52, None),
    "county-daochuan": Deed(None, None),
}
RUNNING: Mapping[str, Deed] = {
    "county-dizhou": Deed(0.4, 3, "", (25, 15, 10, 10)),
    "county-wanglan": Deed(1.1, 4),
    "county-qingfeng": Deed(3.5, None),
    "county-yanxi": Deed(0.9, 5, "您好，此事正在了解，请您耐心等待。"),
    "county-songao": Deed(None, None),
    "county-daochuan": Deed(4, None),
    "diligence": Deed(None, None),
}


def examine(now: datetime, work_off: Callable[[datetime], None]) -> None:
    """Hold an exam that was closed some weeks ago, and one that is being marked. ``work_off`` acts upon messages."""
    secretary = leader_of("leader-secretary", cities.current())
    days = _working_days_before(now, 24)
    first = _sent("上半年箱主测试", tuple(CLOSED), days[-24:-22], secretary)
    _play(first, CLOSED, days[-13], secretary, work_off)
    exams.close(first.id, False, secretary, _at(days[-13], 16))
    second = _sent("下半年箱主测试", tuple(RUNNING), days[-4:-2], secretary)
    _play(second, RUNNING, days[-1], secretary, work_off)
    supervising.sweep(now)
    work_off(now)


def _working_days_before(now: datetime, number: int) -> list[date]:
    day, days = now.astimezone(SHANGHAI).date(), list[date]()
    while len(days) < number:
        day -= timedelta(days=1)
        if cities.trade().calendar.is_working_day(day):
            days.append(day)
    return days[::-1]


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def _sent(name: str, mailboxes: tuple[str, ...], days: list[date], leader: Staff) -> Exam:
    """An exam whose letters have all come, spread over ``days``."""
    form = {
        "key": f"demo-exam-{days[0]:%Y%m%d}",
        "name": name,
        **{f"box.{mailbox}": "yes" for mailbox in mailboxes},
        **LETTERS,
        **RUBRIC,
        "from_day": f"{days[0]}",
        "to_day": f"{days[-1]}",
        "opens": "09:00",
        "closes": "16:00",
    }
    morning = _at(days[0], 8)
    exam = exams.start(exams.plan(form, leader, morning).id, leader, morning)
    while (at := stored.load(exam.id).next_due_at) is not None:
        examining.bring_on(exam.id, at, lambda: True)
    for paper in stored.papers_of(exam.id):
        routing.route(Message(Topic.ROUTING, paper.case_id, 1), paper.sent_at)
    return exam


def _play(
    exam: Exam, deeds: Mapping[str, Deed], until: date, leader: Staff, work_off: Callable[[datetime], None]
) -> None:
    """The keepers read and answer up to the evening of ``until``, and the leader marks then."""
    evening = _at(until, 15)
    for paper in stored.papers_of(exam.id):
        _keep(paper, deeds[paper.mailbox], evening)
    work_off(evening)
    for paper in stored.papers_of(exam.id):
        points = deeds[paper.mailbox].points
        if points is not None:
            given = dict(zip(("answers", "acts", "contact", "manner"), points, strict=True))
            exams.mark(
                exam.id,
                paper.mailbox,
                {"seen": "0", **{f"points.{name}": str(one) for name, one in given.items()}},
                leader,
                evening + timedelta(minutes=30),
            )


def _keep(paper: Paper, deed: Deed, evening: datetime) -> None:
    city = cities.current()
    handler, head = unit_staff(Role.HANDLER, paper.keeper, city), unit_staff(Role.HEAD, paper.keeper, city)
    if deed.opens is None:
        return
    opened_at = min(office(paper.sent_at + timedelta(hours=deed.opens)), evening)
    working.dossier(handler, paper.case_id, opened_at)
    if deed.answers is None:
        return
    at = min(max(opened_at, office(paper.sent_at + timedelta(hours=deed.answers))), evening)
    case = cases.load(paper.case_id)
    outcome = Outcome.ADOPTED if case.kind == "advice" else Outcome.EXPLAINED
    case = handling.sign(case.case_id, case.version, handler, opened_at)
    case = handling.draft(case.case_id, case.version, handler, at, deed.text or GOOD[paper.letter], outcome)
    handling.reply(case.case_id, case.version, head, at)
