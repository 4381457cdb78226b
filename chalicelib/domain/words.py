"""The trade's words, as closed sets. Names follow the table of words in ``docs/words.md``."""

from enum import StrEnum


class Kind(StrEnum):
    """What a citizen wants (《信访工作条例》 art. 22, 29-31), and the two that ask for no decision."""

    APPEAL = "appeal"  # 申诉求决
    ADVICE = "advice"  # 意见建议
    CONSULTATION = "consultation"  # 咨询
    ACCUSATION = "accusation"  # 检举控告
    THANKS = "thanks"  # 感谢表扬


class Channel(StrEnum):
    """How a submission came."""

    WEB = "web"
    AGENCY = "agency"
    RECEPTION = "reception"  # 接访
    PHONE = "phone"  # 热线
    VISIT = "visit"  # 来访
    LETTER = "letter"  # 纸质来信
    SMS = "sms"  # 短信
    MAIL = "mail"  # 电子邮件
    CHAT = "chat"  # 在线沟通
    MICRO_BLOG = "micro_blog"  # 微博, handed in by whoever keeps the account
    OPEN311 = "open311"  # an application of others', by GeoReport v2


class AnswerBy(StrEnum):
    """The way by which a citizen is told."""

    NOTICE = "notice"  # 短信、电子邮件
    CALL = "call"  # 电话告知
    POST = "post"  # 邮寄
    HAND = "hand"  # 到窗口领取


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"  # 来件
    REGISTERED = "registered"  # 登记
    ACCEPTED = "accepted"  # 受理
    DISPATCHED = "dispatched"  # 交办
    RETURNED = "returned"  # 退回
    IN_HANDLING = "in_handling"  # 办理
    WAITING = "waiting"  # 等待补充: the citizen owes an answer, and the clock stands still
    AWAITING_APPROVAL = "awaiting_approval"  # 审签
    IN_CONFERENCE = "in_conference"  # 会办
    WITH_AGENCY = "with_agency"  # 转办: at another agency's desk, whose answer comes back to ours
    REPLIED = "replied"  # 答复
    IN_REVIEW = "in_review"  # 复查、复核
    CONCLUDED = "concluded"  # 办结
    TERMINATED = "terminated"  # 终结
    REFERRED = "referred"  # 转送: another agency's, outside our desk
    REFERRAL_RETURNED = "referral_returned"  # 退回: to the agency that had referred it to us
    DECLINED = "declined"  # 不予受理
    JOINED = "joined"  # 并案
    WITHDRAWN = "withdrawn"  # 撤回


ENDED = frozenset(
    {
        State.CONCLUDED,
        State.TERMINATED,
        State.REFERRED,
        State.REFERRAL_RETURNED,
        State.DECLINED,
        State.JOINED,
        State.WITHDRAWN,
    }
)
ANSWERED = frozenset({State.REPLIED, State.CONCLUDED})
SETTLED = frozenset({State.REPLIED, State.CONCLUDED, State.TERMINATED, State.DECLINED, State.WITHDRAWN})  # 化解
LEFT = frozenset({State.JOINED, State.REFERRED, State.REFERRAL_RETURNED})  # the matter goes on elsewhere


class Light(StrEnum):
    """How near the nearest running clock is to its end."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"  # the clock stands still


class ClockName(StrEnum):
    """The terms that run while a case is open."""

    REGISTER = "register"
    ACCEPT = "accept"
    DISPATCH = "dispatch"
    SIGN = "sign"
    HANDLE = "handle"
    ANSWER = "answer"  # the citizen's, to a question: the only one that is nobody's of the staff
    REVIEW = "review"
    CONFERENCE = "conference"  # until a joint conference is held and its opinion written
    ASSIST = "assist"  # an assisting unit's own term


class Role(StrEnum):
    """Who moves a case. The first three are nobody of the staff."""

    CITIZEN = "citizen"
    DESK = "desk"  # the desk itself: a rule or the passing of time
    AGENCY = "agency"
    CLERK = "clerk"  # 受理员
    HANDLER = "handler"  # 承办人
    HEAD = "head"  # 单位负责人
    SUPERVISOR = "supervisor"  # 督办员
    LEADER = "leader"  # 领导
    ADMINISTRATOR = "administrator"  # 管理员
    LAY_SUPERVISOR = "lay_supervisor"  # 信访监督员: invited from outside, sees what they are invited to


STAFF = frozenset(set(Role) - {Role.CITIZEN, Role.DESK, Role.AGENCY})
UNIT_ROLES = frozenset({Role.HANDLER, Role.HEAD})


class Action(StrEnum):
    """What can be done to a case."""

    REGISTER = "register"
    JOIN = "join"
    SPLIT = "split"
    ACCEPT = "accept"
    DECLINE = "decline"
    DISPATCH = "dispatch"
    CORRECT_AREA = "correct_area"
    DISPATCH_BY_INSTRUCTION = "dispatch_by_instruction"
    HANDLE_DIRECTLY = "handle_directly"
    ANSWER_KNOWN = "answer_known"
    RETURN = "return"
    SIGN = "sign"
    NOTE = "note"
    DRAFT = "draft"
    SEND_BACK = "send_back"
    REPLY = "reply"
    CONCLUDE = "conclude"
    REFER = "refer"
    TRANSFER = "transfer"
    REPORT_STATUS = "report_status"
    ANSWER_TRANSFER = "answer_transfer"
    RETURN_TRANSFER = "return_transfer"
    EXTEND_TRANSFER = "extend_transfer"
    SET_DEADLINE = "set_deadline"
    RETURN_REFERRAL = "return_referral"
    ASK_ASSISTANCE = "ask_assistance"
    CALL_OFF_ASSISTANCE = "call_off_assistance"
    ASSIST = "assist"
    CALL_CONFERENCE = "call_conference"
    CALL_OFF_CONFERENCE = "call_off_conference"
    HOLD_CONFERENCE = "hold_conference"
    NAME_OWNER = "name_owner"
    ASK = "ask"
    RESUME = "resume"
    ASK_EXTENSION = "ask_extension"
    ENDORSE_EXTENSION = "endorse_extension"
    REFUSE_EXTENSION = "refuse_extension"
    GRANT_EXTENSION = "grant_extension"
    PUBLISH_DECISION = "publish_decision"
    TAKE_DOWN_DECISION = "take_down_decision"
    WITHHOLD_DECISION = "withhold_decision"
    CALL_BACK = "call_back"
    REWORK = "rework"
    ASK_REVIEW = "ask_review"
    HOLD_HEARING = "hold_hearing"
    DECIDE_REVIEW = "decide_review"
    INVITE_LAY = "invite_lay"
    UNINVITE_LAY = "uninvite_lay"
    ANSWER_INVITATION = "answer_invitation"
    GIVE_OPINION = "give_opinion"
    REMIND = "remind"
    SUPERVISE = "supervise"
    ANSWER_ORDER = "answer_order"
    INSPECT = "inspect"
    RELEASE = "release"
    ORDER_INSPECTION = "order_inspection"
    END_INSPECTION = "end_inspection"
    INSTRUCT = "instruct"
    MARK_RISK = "mark_risk"
    SUPPLEMENT = "supplement"
    RATE = "rate"
    WITHDRAW = "withdraw"
    WITHDRAW_CONSENT = "withdraw_consent"


class Outcome(StrEnum):
    """What a reply amounts to."""

    SOLVED = "solved"  # 已解决
    BY_DATE = "by_date"  # 限期解决
    EXPLAINED = "explained"  # 解释说明
    CANNOT = "cannot"  # 暂不能解决
    ADOPTED = "adopted"  # 建议采纳
    NOT_ADOPTED = "not_adopted"  # 建议未采纳


DECISIONS = (Outcome.ADOPTED, Outcome.NOT_ADOPTED)
"""What is decided on a piece of advice, and may be made public; an explanation decides nothing."""


class DeclineGround(StrEnum):
    """Why a matter is not accepted (《信访工作条例》 art. 22-31), each with another place to go."""

    COURT = "court"  # 诉访分离
    OTHER_LEVEL = "other_level"
    OTHER_AGENCY = "other_agency"
    ALREADY_TERMINATED = "already_terminated"
    NO_MATTER = "no_matter"


class ReworkGround(StrEnum):
    """Why a matter is done again (重办)."""

    NOT_DONE = "not_done"
    NOT_BY_PROCEDURE = "not_by_procedure"
    REVIEW = "review"  # the reviewing unit did not uphold the reply


class InspectionWay(StrEnum):
    """How an inspector looks into a matter (督查)."""

    PHONE = "phone"  # 电话督办
    ON_SITE = "on_site"  # 现场督办
    WRITTEN = "written"  # 书面督办
    CIRCULAR = "circular"  # 通报


class Found(StrEnum):
    """What an inspector found."""

    IN_HAND = "in_hand"  # 真在办
    DONE = "done"
    NOT_DONE = "not_done"
    FALSE_REPLY = "false_reply"  # 虚假答复


class ReviewLevel(StrEnum):
    """《信访工作条例》 art. 35 and 36."""

    REVIEW = "review"  # 复查
    RE_REVIEW = "re_review"  # 复核


class Occasion(StrEnum):
    """What a lay supervisor (信访监督员) is invited to."""

    REVIEW = "review"  # 复查, 复核
    HEARING = "hearing"  # 听证
    CONFERENCE = "conference"  # 会办
    CALL_BACK = "call_back"  # 回访
    RECEPTION = "reception"  # 接访


class View(StrEnum):
    """What a lay supervisor thinks of what was done."""

    AGREE = "agree"
    PARTLY = "partly"
    DISAGREE = "disagree"


class Solved(StrEnum):
    """The citizen's word on whether the matter is solved."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Attitude(StrEnum):
    """The citizen's word on how she was treated."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class Satisfaction(StrEnum):
    """The citizen's word on the whole."""

    SATISFIED = "satisfied"
    FAIRLY = "fairly"
    NOT = "not"


class UnitClass(StrEnum):
    """Units are ranked within their class only."""

    DESK = "desk"  # the petition office itself: never ranked
    DEPARTMENT = "department"
    COUNTY = "county"
    TOWNSHIP = "township"
    UTILITY = "utility"


class Level(StrEnum):
    """The three levels of a city."""

    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
