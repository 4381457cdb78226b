"""信访监督员 in the demo city: one was at a hearing and at last Thursday's reception, and says what he thinks."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from chalicelib.desk import after_reply, attending, cities, inviting, reception_lay, tracking
from chalicelib.domain.calendar import SHANGHAI, default_calendar
from chalicelib.domain.case import Case
from chalicelib.domain.people import Staff
from chalicelib.domain.submission import day_in_shanghai
from chalicelib.domain.words import Action, Role, View
from chalicelib.storage import cases, receptions
from chalicelib.storage.placing import done_by, replied_by
from infra.seed.staff import desk_staff, unit_staff

WHY = "答复只说已经处理，没有写明依据和整改的期限，请上级单位复查。"
ASKED = "请看听证程序是否完整，双方的话是否都听了。"
PRESENT = "来信人、承办单位代表、社区居民代表。"
MINUTES = "来信人陈述请求和理由，承办单位说明办理经过并出示现场记录，双方核对了记录。主持人宣布十日内出具复查意见。"
HEARD = "双方的话都说完了，记录当场念了一遍。建议复查意见写明整改期限，并贴到社区公示栏。"
SAW = "上午九点准时开始，一人一号，领导当面答复，能定的当场交办。"
FELT = "秩序好，态度好。来的人等候时间偏长，建议把预约的时间再错开一些。"


def look_on(now: datetime, work_off: Callable[[datetime], None]) -> None:
    """Hold the hearing in a review, and say what was seen at the last reception. ``work_off``: as in ``receive``."""
    city = cities.current()
    clerk, lay = desk_staff(Role.CLERK, city), desk_staff(Role.LAY_SUPERVISOR, city)
    _at_a_hearing(clerk, lay, now)
    work_off(now)
    _at_a_reception(clerk, lay, now)


def _at_a_hearing(clerk: Staff, lay: Staff, now: datetime) -> None:
    """A citizen asks for review, the clerk invites, the reviewing unit hears, and the opinion is given."""
    begins = _working_day(now - timedelta(days=3))
    case = _answered_lately(begins)
    if case is None:
        return
    case_id = case.case_id
    tracking.ask_review(case.receipts[0], {"key": f"demo-review-{case_id}", "why": WHY}, begins)
    call = {"occasion": "hearing", "on": f"{day_in_shanghai(now)}", "place": "市信访局二楼听证室", "words": ASKED}
    at = begins + timedelta(hours=1)
    inviting.invite(case_id, cases.load(case_id).version, clerk, at, {**call, f"{inviting.TICKED}{lay.login}": "yes"})
    attending.answer(case_id, lay, at + timedelta(hours=2), True, "准时到。")
    under_review = cases.load(case_id)
    head = unit_staff(Role.HEAD, under_review.in_charge or "", cities.known())
    heard_at = begins + timedelta(days=2)
    said = (f"{day_in_shanghai(heard_at)}", PRESENT, MINUTES)
    after_reply.hold_hearing(case_id, under_review.version, head, heard_at, *said, (lay.login,))
    attending.opine(case_id, lay, heard_at + timedelta(hours=3), View.PARTLY, HEARD)


def _working_day(latest: datetime) -> datetime:
    """Ten o'clock of the last working day before ``latest``."""
    day = latest.astimezone(SHANGHAI).date()
    while not default_calendar().is_working_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, time(10), SHANGHAI)


def _answered_lately(begins: datetime) -> Case | None:
    """An answered case, of which nothing happened since, whose citizen may ask for review."""
    for unit in cities.known().units:
        for case in (*cases.listed(replied_by(unit.id)).cases, *cases.listed(done_by(unit.id)).cases):
            alone = len(case.voices) == 1 and case.moved_at < begins
            if alone and Action.ASK_REVIEW in tracking.track(case.receipts[0], begins).may:
                return case
    return None


def _at_a_reception(clerk: Staff, lay: Staff, now: datetime) -> None:
    held = [one for one in receptions.between(now - timedelta(days=20), now) if one.plan.ends_at < now]
    if not held:
        return
    plan = held[-1].plan
    invited_at = plan.starts_at - timedelta(days=3)
    reception_lay.invite(held[-1].id, {f"{inviting.TICKED}{lay.login}": "yes"}, clerk, invited_at)
    reception_lay.answer(held[-1].id, lay, invited_at + timedelta(hours=5), True)
    reception_lay.opine(held[-1].id, lay, plan.ends_at + timedelta(hours=1), View.AGREE, SAW, FELT)
