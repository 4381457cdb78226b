"""What each move records, decided by the domain's own rules as the desk decides it, with a form filled in by somebody.

Whether the move may be taken at all is ``moves.permit``'s to say, before this.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from chalicelib.domain import (
    arranging,
    asking,
    calling_back,
    deciding,
    extending,
    handling,
    inviting,
    known,
    marking,
    ordering,
    rating,
    reviewing,
    settling,
    splitting,
    transferring,
)
from chalicelib.domain.agency_words import Progress
from chalicelib.domain.case import Case
from chalicelib.domain.city import Agency, City, Name
from chalicelib.domain.errors import Changed
from chalicelib.domain.events import Actor, AreaCorrected, Drafted, ExtensionAsked, Payload, Rated, Reason, Registered
from chalicelib.domain.inviting import Call
from chalicelib.domain.people import Staff
from chalicelib.domain.routing import competent
from chalicelib.domain.trade import Trade
from chalicelib.domain.transferring import Told
from chalicelib.domain.words import (
    Action,
    Attitude,
    DeclineGround,
    Found,
    InspectionWay,
    Outcome,
    ReworkGround,
    Role,
    Satisfaction,
    Solved,
    View,
)

LAY = Staff("lay_supervisor", "信访监督员", Role.LAY_SUPERVISOR)
AGENCY = Agency("agency", Name("某县信访局", "A county"), "", "hotline")
BASIS = Reason("basis.person", {})
_DIGEST = "f" * 64
_WORDS = "说的是另一件事。"


class Form(Struct, frozen=True):
    """What a person chose and filled in. ``other``: the case to be joined with, or parted from; ``drafted``, ``asked``:
    what the case's record holds of the reply to be approved and of the extension to be granted.
    """

    by: Actor
    receipt: str
    unit: str
    city: City
    other: Case
    receipts: tuple[str, ...] | None = None
    drafted: Drafted | None = None
    asked: ExtensionAsked | None = None
    days: int = 10
    urgent: bool = False
    upheld: bool = True
    reached: bool = True
    solved: Solved = Solved.YES
    satisfaction: Satisfaction = Satisfaction.SATISFIED
    rework: ReworkGround = ReworkGround.NOT_DONE
    outcome: Outcome = Outcome.SOLVED
    done_on: date | None = None
    members: tuple[str, ...] = ()
    confers_in: timedelta = timedelta(days=2)
    bound_in: timedelta = timedelta(days=5)
    progress: Progress = Progress.ACCEPTED
    level: int | None = None
    way: InspectionWay = InspectionWay.PHONE
    found: Found = Found.IN_HAND
    risk: str = "danger"
    area: str = ""


def decide(case: Case, action: Action, form: Form, at: datetime, trade: Trade) -> Iterable[Payload]:
    """What ``action``, permitted, records on ``case``. Raises what the step's own rule refuses."""
    match action:
        case Action.REGISTER:
            return [Registered(None, None, None, form.urgent, True, (BASIS,), trade.to_accept(case.clocks, at))]
        case Action.JOIN:
            return [handling.join(case, form.other, BASIS)[0]]
        case Action.SPLIT:
            return [splitting.split(case, form.other, _WORDS, at, trade)[0]]
        case Action.ACCEPT:
            return [handling.accept(case, at, BASIS, trade)]
        case Action.DECLINE:
            return [handling.decline(DeclineGround.COURT, "请向人民法院提出。")]
        case Action.REFER:
            return [handling.refer("邻市信访局", "事情发生在邻市。", "")]
        case (
            Action.TRANSFER
            | Action.REPORT_STATUS
            | Action.ANSWER_TRANSFER
            | Action.RETURN_TRANSFER
            | Action.EXTEND_TRANSFER
            | Action.SET_DEADLINE
            | Action.RETURN_REFERRAL
        ):
            return _decide_with_agency(case, action, form, at, trade)
        case Action.DISPATCH:
            return [handling.dispatch(case, form.unit, at, BASIS, "", trade)]
        case Action.RETURN:
            return [handling.return_to_desk(case, at, "不属于本单位职责。", trade)]
        case Action.SIGN:
            return [handling.sign(case, trade)]
        case Action.NOTE:
            return [handling.note("已到现场查看。", True)]
        case Action.ASK:
            return [asking.ask(case, "请补充发生的时间和门牌号。", at, trade)]
        case Action.RESUME:
            return [asking.resume(case, at, asking.BY_THE_UNIT)]
        case Action.DRAFT:
            return [handling.draft(case, "您好，路灯已经修好。", form.outcome, form.done_on, at)]
        case Action.SEND_BACK:
            return [handling.send_back("请写明何时修好。")]
        case Action.REPLY:
            return [_reply(case, form, at, trade)]
        case Action.CONCLUDE:
            return [settling.conclude(case, BASIS, at, trade)]
        case Action.REMIND:
            return [ordering.remind_by_hand("请尽快办理。")]
        case Action.SUPERVISE:
            return [ordering.supervise_by_hand(case, "请说明原因。", at, trade, form.level)]
        case Action.INSTRUCT:
            return [handling.instruct("请认真办理。")]
        case Action.ANSWER_ORDER:
            return [ordering.answer_order(case, "已安排专人办理。", at)]
        case Action.INSPECT:
            return ordering.inspect(case, form.way, form.found, "到现场看过。", at, trade)
        case Action.RELEASE:
            return [ordering.release(case, "已经落实。", at, trade)]
        case Action.ORDER_INSPECTION:
            return [ordering.order_inspection("每周查一次。", at, trade)]
        case Action.END_INSPECTION:
            return [ordering.end_inspection("可以了。")]
        case _:
            return _decide_together(case, action, form, at, trade)


def _reply(case: Case, form: Form, at: datetime, trade: Trade) -> Payload:
    if form.drafted is None:
        raise Changed()
    return handling.reply(case, form.drafted, at, trade, form.receipts)


def _decide_with_agency(case: Case, action: Action, form: Form, at: datetime, trade: Trade) -> Iterable[Payload]:
    match action:
        case Action.TRANSFER:
            return transferring.transfer(case, AGENCY, "请你县办理并报结果。", form.city.desk_unit, at, trade)
        case Action.REPORT_STATUS:
            told = Told(case.case_id, form.progress, at, "482710935526", "县城管局")
            return [transferring.report(told, AGENCY.name.zh)]
        case Action.ANSWER_TRANSFER:
            drafted = handling.draft(case, "您好，路灯已经修好。", form.outcome, form.done_on, at)
            return [transferring.answer(case, drafted, AGENCY, at, trade)]
        case Action.RETURN_TRANSFER:
            return [transferring.return_transfer(case, "事情发生在另一个县。", at, trade)]
        case Action.EXTEND_TRANSFER:
            return [transferring.extend_transfer(case, "县里要请专家鉴定。", form.days, at, trade)]
        case Action.SET_DEADLINE:
            theirs = next((voice.receipt for voice in case.voices if voice.agency == form.by.id), form.receipt)
            return [transferring.set_deadline(case, theirs, form.by.name, at + form.bound_in, trade)]
        case _:
            return [transferring.return_referral(form.by.name, "不属本市管辖。")]


def _decide_together(case: Case, action: Action, form: Form, at: datetime, trade: Trade) -> Iterable[Payload]:
    match action:
        case Action.HANDLE_DIRECTLY:
            return [arranging.handle_directly(case, form.city.desk_unit, trade)]
        case Action.DISPATCH_BY_INSTRUCTION:
            return arranging.dispatch_by_instruction(case, form.unit, "请认真办理。", at, trade)
        case Action.ASK_ASSISTANCE:
            return [arranging.ask_assistance(case, form.unit, "请提供当时的记录。", at, trade)]
        case Action.CALL_OFF_ASSISTANCE:
            return [arranging.call_off_assistance(case, case.assisting[0], "主办单位已有记录。")]
        case Action.ASSIST:
            return [arranging.assist(case, form.by.unit or "", "附上当时的记录。", at)]
        case Action.CALL_CONFERENCE:
            on = at + form.confers_in
            return [arranging.call_conference(case, on, "信访局会议室", form.members, "涉及多个单位。", at, trade)]
        case Action.CALL_OFF_CONFERENCE:
            return [arranging.call_off_conference(case, "已明确由一家办理。", at, trade)]
        case Action.HOLD_CONFERENCE:
            said = ("各单位负责人", "各单位说明了情况。", "由主办单位一个月内办结。")
            return arranging.hold_conference(case, *said, form.unit, at, trade)
        case Action.NAME_OWNER:
            return [arranging.name_owner("leader", "包案领导", "")]
        case Action.ANSWER_KNOWN:
            return [known.answer_known(case, form.other, "同一事项已经答复如下。", Outcome.SOLVED, at, trade)]
        case Action.PUBLISH_DECISION:
            return [deciding.publish_decision(case, "关于候车亭的建议", "已采纳，将增设候车亭。")]
        case Action.WITHHOLD_DECISION:
            return [deciding.withhold_decision("与已公开的内容重复。")]
        case Action.TAKE_DOWN_DECISION:
            return [deciding.take_down_decision("内容有误。")]
        case _:
            return _decide_later(case, action, form, at, trade)


def _decide_later(case: Case, action: Action, form: Form, at: datetime, trade: Trade) -> Iterable[Payload]:
    match action:
        case Action.ASK_EXTENSION:
            return [extending.ask_extension(case, "要请专家鉴定。", form.days, form.by, at, trade)]
        case Action.ENDORSE_EXTENSION:
            return [extending.endorse_extension()]
        case Action.REFUSE_EXTENSION:
            return [extending.refuse_extension("可以按期办结。")]
        case Action.GRANT_EXTENSION:
            if form.asked is None:
                raise Changed()
            return [extending.grant_extension(case, form.asked)]
        case Action.CALL_BACK:
            return [calling_back.call_back(form.reached, form.solved, form.satisfaction, "来信人说明了情况。")]
        case Action.REWORK:
            return calling_back.rework(case, form.rework, "答复的事没有办到。", at, trade)
        case Action.HOLD_HEARING:
            there = tuple(one.login for one in case.lay if one.open)
            return [reviewing.hold_hearing(case, "2026-03-20", "各方代表", "各方陈述了意见。", there)]
        case Action.DECIDE_REVIEW:
            return reviewing.decide_review(case, form.upheld, "经复查，意见如下。", at, trade)
        case Action.INVITE_LAY:
            occasion = inviting.occasions_of(case)[0]
            call = Call(occasion, "2026-03-20", "市信访局听证室", "请参加。")
            return inviting.invite(case, (LAY,), call, inviting.CHOSEN)
        case Action.UNINVITE_LAY:
            return [inviting.uninvite(case, LAY.login, "改期再请。")]
        case Action.ANSWER_INVITATION:
            return inviting.answer(case, LAY.login, form.upheld, "准时到。")
        case Action.GIVE_OPINION:
            return [inviting.opine(case, LAY.login, View.AGREE, "程序完整。")]
        case _:
            return _decide_of_citizen(case, action, form, at, trade)


def _decide_of_citizen(case: Case, action: Action, form: Form, at: datetime, trade: Trade) -> Iterable[Payload]:
    match action:
        case Action.MARK_RISK:
            return [marking.set_risk(case, form.risk, form.risk not in case.risks, "核对过来信。", form.city)]
        case Action.CORRECT_AREA:
            return [AreaCorrected(form.area, competent(case.category, form.area, form.city))]
        case Action.SUPPLEMENT:
            return rating.supplement(case, form.receipt, case.supplements + 1, _DIGEST, at)
        case Action.RATE:
            rated = Rated(form.receipt, form.solved, Attitude.GOOD, form.satisfaction, "")
            return rating.rate(case, rated, at, trade)
        case Action.WITHDRAW:
            return [rating.withdraw(case, form.receipt, "已经解决")]
        case Action.WITHDRAW_CONSENT:
            return deciding.withdraw_consent(case, form.receipt)
        case Action.ASK_REVIEW:
            number = case.supplements + 1
            return [reviewing.ask_review(case, form.receipt, number, _DIGEST, form.city, at, trade)]
        case _:
            raise AssertionError(f"nobody decides {action}")


def beside(case: Case, action: Action, form: Form, at: datetime, trade: Trade) -> tuple[Payload, ...]:
    """What ``action`` on ``case`` records on the other case, in the same commit. Raises as ``decide`` does."""
    match action:
        case Action.JOIN:
            return handling.join(case, form.other, BASIS)[1]
        case Action.SPLIT:
            return (splitting.split(case, form.other, _WORDS, at, trade)[1],)
        case _:
            return ()
