"""The demo city's receptions: one that was held on the last Thursday, and those that citizens can book now."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from chalicelib.desk import booking, cities, receiving, routing
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.receptions import Reception
from chalicelib.domain.words import Role
from chalicelib.storage.submissions import load_submission
from infra.seed.staff import desk_staff

THURSDAY = 3  # leaders receive every Thursday
PLACE, UPSTAIRS = "市人民来访接待中心一楼", "市人民来访接待中心二楼会议室"
MOVED = "一楼大厅更换空调，改到二楼，有电梯。"
ADDRESS = "192.0.2.1"  # of documentation (RFC 5737)


class Caller(NamedTuple):
    """Somebody who books; ``title`` and ``text`` are what was written down, "" for who did not come."""

    name: str
    phone: str
    people: int
    about: str
    title: str = ""
    text: str = ""


HELD = (
    Caller(
        "温素琴",
        "19900007001",
        3,
        "老旧小区加装电梯，一楼住户不同意，僵了半年。",
        "沿江新村9栋加装电梯协商不下去",
        "9栋三单元十二户里十一户同意加装电梯，一楼一户担心采光，社区协调过两次没有结果。请住建部门派人到现场，"
        "把采光测算和补偿办法当面讲清楚。",
    ),
    Caller(
        "祝长根",
        "19900007002",
        1,
        "退休前的工龄少算了四年。",
        "原纺织厂工龄认定少四年",
        "我1986年到1990年在原市第二纺织厂做学徒，档案里有派工单，办退休时这四年没有算进去。请人社部门核对档案。",
    ),
    Caller("单小曼", "19900007003", 1, "孩子转学的事情。"),
)
COMING = (
    Caller("闻人杰", "19900007004", 1, "村道路灯一直没有通电。"),
    Caller("裘金花", "19900007005", 5, "合作社的化肥补贴没有发全。"),
)
JOINT = Caller("寇志远", "19900007006", 2, "拆迁安置房办证，住建、司法两家说法不一样。")


def receive(now: datetime, work_off: Callable[[datetime], None]) -> None:
    """Hold last Thursday's reception, plan those to come, and move one.

    ``work_off`` acts upon the messages that were sent.
    """
    clerk = desk_staff(Role.CLERK, cities.current())
    next_day = _thursday_after(now)
    last_day = next_day - timedelta(weeks=1 if next_day - timedelta(weeks=1) < now - timedelta(days=1) else 2)
    _hold(
        receiving.plan(_leaders_day("江平（市长）", "shizhang", last_day), clerk, last_day - timedelta(days=5)), clerk
    )
    work_off(now)
    secretarys_day = _leaders_day("高远（市委书记）", "shuji", next_day)
    secretary = receiving.plan(secretarys_day, clerk, now)
    _book(secretary, COMING, now)
    upstairs = {"place": UPSTAIRS, "reason": MOVED, "revision": "0"}
    receiving.change(secretary.id, secretarys_day | upstairs, clerk, now)
    work_off(now)
    joint_day = next_day + timedelta(days=5, hours=5, minutes=30)
    joint = receiving.plan(
        _form(joint_day, "joint", 10, 15) | _units("wanglan-housing", "human-resources", "justice"), clerk, now
    )
    _book(joint, (JOINT,), now)


def _thursday_after(now: datetime) -> datetime:
    """Nine o'clock of the next Thursday that is at least two days off."""
    day = now.astimezone(SHANGHAI).date() + timedelta(days=2)
    day += timedelta(days=(THURSDAY - day.weekday()) % 7)
    return datetime.combine(day, time(9), SHANGHAI)


def _leaders_day(host: str, login: str, starts_at: datetime) -> dict[str, str]:
    return _form(starts_at, "leader", 6, 30) | {"host": host, "leader": login}


def _form(starts_at: datetime, kind: str, places: int, minutes: int) -> dict[str, str]:
    return {
        "key": f"demo-reception-{kind}-{starts_at:%Y%m%d}",
        "kind": kind,
        "day": f"{starts_at:%Y-%m-%d}",
        "time": f"{starts_at:%H:%M}",
        "place": PLACE,
        "places": str(places),
        "minutes": str(minutes),
    }


def _units(*units: str) -> dict[str, str]:
    return {f"unit.{unit}": "yes" for unit in units}


def _hold(reception: Reception, clerk: Staff) -> None:
    """Everybody who came is heard, one after the other."""
    booked = _book(reception, HELD, reception.plan.starts_at - timedelta(days=2))
    for turn, (caller, number) in enumerate(zip(HELD, booked, strict=True)):
        at = reception.plan.starts_at + timedelta(minutes=reception.plan.minutes * (turn + 1))
        if not caller.title:
            receiving.miss(reception.id, number, clerk, at)
            continue
        matter = {"kind": "appeal", "title": caller.title, "text": caller.text}
        receipt = receiving.hear(reception.id, number, matter, clerk, at)
        routing.route(Message(Topic.ROUTING, load_submission(receipt.number).case_id, 1), at)


def _book(reception: Reception, callers: tuple[Caller, ...], at: datetime) -> list[str]:
    """The numbers of the bookings that these people make."""
    numbers = []
    for caller in callers:
        form: dict[str, object] = {
            "key": f"demo-booking-{caller.phone}",
            "name": caller.name,
            "phone": caller.phone,
            "people": caller.people,
            "about": caller.about,
        }
        numbers.append(booking.book(reception.id, form, "zh", ADDRESS, at).standing.number)
    return numbers
