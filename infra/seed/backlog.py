"""The demo city's backlog: six hard matters, each done again twice; leaders own five of them, four are settled."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import NamedTuple

from chalicelib.desk import after_reply, arranging, cities, handling, routing, submitting, supervising, tracking
from chalicelib.domain.calendar import SHANGHAI, default_calendar
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Outcome, ReworkGround, Role, State
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission
from infra.seed.staff import desk_staff, unit_staff

OWNER_NAMED = 18  # days after filing, where a leader owns it
BETWEEN_REPLIES = (5, 13)  # days after filing
DONE_AGAIN = (9, 17)
CONTENT = {"solved": "yes", "attitude": "fair", "satisfaction": "fairly", "words": "拖了这么久，总算办成了。"}


class Hard(NamedTuple):
    """A matter that was answered twice without being done. ``settled``: days after filing; 0 for what is still open."""

    name: str
    phone: str
    title: str
    text: str
    area: str
    unit: str
    days_ago: int
    replies: tuple[str, str]
    not_done: tuple[str, str]
    owner: str = ""
    settled: int = 0
    last_reply: str = ""


MATTERS = (
    Hard(
        "阮桂芳",
        "19900008001",
        "锦枫苑入住九年办不下不动产证",
        "2017年买的锦枫苑商品房，住了九年一直没有不动产证，孩子落户、入学都受影响。开发商说消防验收没有通过，跑了几个窗口都"
        "说不归自己管，请明确由谁牵头、什么时候能办。",
        "990102",
        "natural-resources",
        86,
        ("您反映的小区办证问题，已纳入遗留问题台账，正在协调。", "开发企业已承诺尽快补办消防验收手续。"),
        ("住户来电：没有任何人联系过，手续一项没动。", "两个月的承诺没有兑现，仍无时间表。"),
        "shizhang",
        52,
        "市里专班已代为完成消防检测和规划核实，首批86户已可申请办证，请携身份证、购房合同到不动产登记中心3号窗口办理，其余"
        "住户分三批在本季度内办结。",
    ),
    Hard(
        "柏长顺",
        "19900008002",
        "采石场爆破震裂房屋一直没有赔偿",
        "村后采石场放炮，十一户房屋墙体开裂，2019年就量过裂缝，企业换了老板以后没人认账。下雨天屋里漏水，老人不敢住，请安排"
        "鉴定并落实赔偿。",
        "990122",
        "emergency",
        79,
        ("已责令企业整改爆破作业。", "已与企业负责人约谈，赔偿事宜由双方协商。"),
        ("整改了放炮时间，房屋裂缝没有人来看。", "企业不出面，协商不起来。"),
        "shuji",
        49,
        "第三方鉴定已经完成，十一户均认定与爆破有关。企业保证金先行赔付共46.2万元，已于昨日打入各户账户，危险房屋两户由镇里"
        "安排临时住处并列入改造计划。",
    ),
    Hard(
        "单玉珍",
        "19900008003",
        "纺织厂改制职工医保断缴三年",
        "原市第二纺织厂改制时欠缴职工医保三年，四十多名退休职工看病不能按连续缴费报销，材料交过三次，每次都说要等上级答复。",
        "",
        "human-resources",
        72,
        ("您反映的情况已收悉，正在核实参保记录。", "涉及改制企业欠费，需多部门会商后答复。"),
        ("核实了一个月没有下文。", "没有会商，也没有答复时间。"),
        "shizhang",
        44,
        "欠费已由改制资产处置款一次补缴到位，43名职工的缴费年限全部接续，此前自付的部分可凭票据到医保中心补报，窗口电话见附页。",
    ),
    Hard(
        "卓文斌",
        "19900008004",
        "城南污水提升泵站臭气扰民",
        "泵站离居民楼不到三十米，夏天整夜臭气熏人，门窗不敢开。说过装除臭设备，装了又不开机，居民量过几次都超标。",
        "990102",
        "housing",
        66,
        ("泵站已加装除臭设备。", "已督促运营单位按时开机。"),
        ("设备装了没有通电。", "只在检查当天开过机。"),
        "shuji",
        40,
        "泵站已加盖密闭并接入在线监测，开机记录和监测数据每天公布在泵站门口。连续十五日夜间监测达标，居民代表五人现场签字确认。",
    ),
    Hard(
        "农秀莲",
        "19900008005",
        "修高速占用的承包地补偿少算二亩一分",
        "修连接线占了我家四亩三分承包地，补偿只按二亩二分算。测量图和承包证上的数字对不上，村里、镇里各说各的，请重新核定。",
        "990121",
        "natural-resources",
        44,
        ("补偿面积以当时的勘测定界图为准。", "已请镇里再次核对。"),
        ("没有到地里量过。", "镇里没有通知本人到场，核对结果也没有给。"),
        "shuji",
    ),
    Hard(
        "费国良",
        "19900008006",
        "老街排水沟改造后一下雨就倒灌",
        "去年改造老街排水，沟底比河道还低，每次下大雨十几户一楼进水，粮食和家具都泡了。修过两回，一回比一回高出一块水泥，水还是"
        "往屋里走。",
        "990122",
        "housing",
        19,
        ("已安排施工单位疏通。", "已加高沟沿二十厘米。"),
        ("疏通以后第一场雨又进水。", "加高以后水排不出去，倒灌更深。"),
    ),
)


def fall_behind(now: datetime, work_off: Callable[[datetime], None]) -> None:
    """Play the hard matters up to ``now``; ``work_off`` acts upon the messages that each step sent."""
    for matter in MATTERS:
        for at in _told(matter, now):
            work_off(at)
    supervising.sweep(now)
    work_off(now)


def _told(matter: Hard, now: datetime) -> Iterator[datetime]:
    """One matter, step by step: the moment of each."""
    clerk = desk_staff(Role.CLERK, cities.known())
    days = _Days(matter, now)
    at = days.after(0)
    case_id = _filed(matter, at)
    yield at
    at = days.after(1)
    _dispatched(matter, case_id, at)
    yield at
    handling.sign(case_id, _version(case_id), _staff(case_id, Role.HANDLER), at)
    for reply, answered, words, again in zip(matter.replies, BETWEEN_REPLIES, matter.not_done, DONE_AGAIN, strict=True):
        at = days.after(answered)
        _replied(case_id, reply, at)
        yield at
        at = days.after(again)
        after_reply.rework(case_id, _version(case_id), clerk, at, ReworkGround.NOT_DONE, words)
        yield at
    if matter.owner:
        at = days.after(OWNER_NAMED)
        arranging.name_owner(case_id, _version(case_id), clerk, at, matter.owner)
        yield at
    if matter.settled:
        at = days.after(matter.settled)
        _replied(case_id, matter.last_reply, at)
        yield at
        at = days.after(matter.settled + 2)
        tracking.rate(cases.load(case_id).receipts[0], CONTENT, at)
        yield at


class _Days:
    """The days of one matter: offices are open, and each step comes after the one before."""

    def __init__(self, matter: Hard, now: datetime) -> None:
        self._first = now - timedelta(days=matter.days_ago)
        self._now = now
        self._steps = 0

    def after(self, days: int) -> datetime:
        """The moment of the next step, about so many days after the first."""
        self._steps += 1
        day = (self._first + timedelta(days=days)).astimezone(SHANGHAI).date()
        while not default_calendar().is_working_day(day):
            day += timedelta(days=1)
        at = datetime.combine(day, time(10, 3 * self._steps), SHANGHAI)
        return min(at, self._now - timedelta(minutes=60 - self._steps))


def _filed(matter: Hard, at: datetime) -> str:
    form = {
        "key": f"demo-backlog-{matter.phone}",
        "mailbox": "petitions",
        "kind": "appeal",
        "title": matter.title,
        "text": matter.text,
        "area": matter.area,
        "place": "",
        "happened_on": "",
        "anonymous": False,
        "name": matter.name,
        "phone": matter.phone,
        "email": "",
        "keep_name_from_unit": False,
        "may_publish": False,
        "uploads": [],
    }
    case_id = load_submission(submitting.submit(form, "zh", at).number).case_id
    routing.route(Message(Topic.ROUTING, case_id, 1), at)
    return case_id


def _dispatched(matter: Hard, case_id: str, at: datetime) -> None:
    """Where the rules did not find the unit, the clerk does."""
    clerk, case = desk_staff(Role.CLERK, cities.known()), cases.load(case_id)
    if case.state is State.REGISTERED:
        case = handling.accept(case_id, case.version, clerk, at)
    if case.state is State.ACCEPTED:
        handling.dispatch(case_id, case.version, clerk, at, matter.unit)


def _replied(case_id: str, text: str, at: datetime) -> None:
    handling.draft(case_id, _version(case_id), _staff(case_id, Role.HANDLER), at, f"您好。{text}", Outcome.SOLVED)
    handling.reply(case_id, _version(case_id), _staff(case_id, Role.HEAD), at + timedelta(minutes=1))


def _staff(case_id: str, role: Role) -> Staff:
    return unit_staff(role, cases.load(case_id).unit or "", cities.known())


def _version(case_id: str) -> int:
    return cases.load(case_id).version
