"""What another agency refers to us: by its date, with its words; and what its desk is told of it by itself."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from chalicelib.desk import cities, handling, timing, transferring, working
from chalicelib.desk.written import demands_of
from chalicelib.domain.agency_words import Stands
from chalicelib.domain.case import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.errors import RuleBroken
from chalicelib.domain.words import ClockName, Role, State
from chalicelib.storage import cases, notices
from chalicelib.storage.submissions import load_submission
from infra.seed.agencies import hear_from_above, introduced
from tests.integration.agency import NUMBER, Sender
from tests.integration.desk import CLEAR, UNCLEAR, Desk
from tests.integration.desks import Below, below, passed_on, says_later, stand
from tests.integration.receiver import receiving, says
from tests.integration.telling import tell
from tests.integration.test_console import visitor
from tests.integration.watching import in_plain


def soon(**by: float) -> str:
    return (datetime.now(UTC) + timedelta(**by)).isoformat()


def case_of(desk: Desk, answer: dict[str, str]) -> Case:
    desk.later(seconds=1).route_all()
    return cases.load(answer["case"])


def handle(case: Case) -> Clock:
    return next(clock for clock in case.clocks if clock.name is ClockName.HANDLE)


def accepted(desk: Desk, case: Case) -> Case:
    return handling.accept(case.case_id, case.version, desk.clerk, desk.now)


def test_their_date_ends_our_term_and_no_extension_goes_beyond_it(province: Sender, desk: Desk) -> None:
    date = soon(days=3)
    referred = province.refer(
        **UNCLEAR, deadline=date, must_report=True, words="请及时办理。", attachments=["照片.jpg"]
    )
    case = accepted(desk, case_of(desk, referred.body))
    clock = handle(case)
    assert (clock.due_at, clock.is_bound) == (datetime.fromisoformat(date), True)
    assert clock.yellow_at < clock.due_at < (clock.promised_by or clock.due_at)
    case = handling.dispatch(case.case_id, case.version, desk.clerk, desk.now, desk.some_unit)
    case = handling.sign(case.case_id, case.version, desk.handler(case), desk.now)
    with pytest.raises(RuleBroken, match=r"extension\.bound"):
        timing.ask_extension(case.case_id, case.version, desk.handler(case), desk.now, "要鉴定。", 5)
    later = soon(days=40)
    told = says_later(province, "%E7%B2%A4%E4%BF%A1%E3%80%942026%E3%80%95118%E5%8F%B7", "deadline", deadline=later)
    assert (told.status, told.body["case"]) == (200, case.case_id)
    case = cases.load(case.case_id)
    assert not handle(case).is_bound
    assert handle(case).due_at == handle(case).promised_by
    timing.ask_extension(case.case_id, case.version, desk.handler(case), desk.now, "要鉴定。", 5)
    page = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}").page
    for words in ("请及时办理。", "照片.jpg", "要求反馈结果", "另定期限"):
        assert words in page


def test_the_page_says_whose_date_it_is(province: Sender, desk: Desk) -> None:
    case = accepted(desk, case_of(desk, province.refer(**UNCLEAR, deadline=soon(days=2)).body))
    assert "province要求" in visitor(Role.CLERK).get(f"/console/cases/{case.case_id}").page


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"deadline": "2026-03-20"}, "deadline"),
        ({"deadline": "2020-03-20T00:00:00Z"}, "deadline"),
        ({"deadline": "9999-12-31T23:59:59-23:59"}, "deadline"),
        ({"deadline": 5}, "deadline"),
        ({"must_report": "yes"}, "must_report"),
        ({"words": "字" * 2_001}, "words"),
        ({"attachments": "照片.jpg"}, "attachments"),
        ({"attachments": ["a\u0000b"]}, "attachments"),
        ({"petitioner_told_by_us": 1}, "petitioner_told_by_us"),
    ],
)
def test_demands_that_cannot_be_taken_are_refused_by_name(
    province: Sender, said: dict[str, object], field: str
) -> None:
    answer = province.refer(**said)
    assert (answer.status, answer.fields, answer.refused) == (400, {field}, True)


def test_the_same_referral_with_another_date_is_another_one(province: Sender) -> None:
    date = soon(days=3)
    first = province.refer(deadline=date)
    assert (province.refer(deadline=date).status, province.refer(deadline=date).body) == (200, first.body)
    assert [province.refer(deadline=other).status for other in (soon(days=9), None)] == [409, 409]


def test_its_desk_is_told_of_every_step_up_to_the_reply(province: Sender, desk: Desk) -> None:
    with _above(desk) as there:
        referred = province.refer(petitioner_told_by_us=True)
        case = case_of(desk, referred.body)
        case = desk.later(minutes=1).answered(case)
        passed_on()
        said = [there.got(number)[1] for number in range(len(there.paths))]
    assert set(there.paths) == {"/api/agencies/city-1/statuses"}
    assert [one["state"] for one in said] == ["registered", "accepted", "dispatched", "in_handling", "replied"]
    assert {(one["number"], one["their_number"]) for one in said} == {(NUMBER, referred.body["receipt"])}
    assert (said[-1]["text"], said[-1]["outcome"]) == ("您好，已经处理好了。", "solved")
    unit = desk.city.unit(case.unit)
    assert unit is not None
    assert said[-1]["unit_name"] == unit.name.zh
    assert working.find(desk.clerk, NUMBER) == case.case_id


@contextmanager
def _above(desk: Desk) -> Iterator[Below]:
    """The province has a desk of our kind."""
    paths: list[str] = []

    def heard(handler: BaseHTTPRequestHandler) -> None:
        paths.append(handler.path)
        says(200, b"{}")(handler)

    with receiving(heard) as receiver:
        stand(desk, "province", Stands.ABOVE, f"http://127.0.0.1:{receiver.port}")
        yield Below(receiver, paths)


def test_what_is_not_ours_goes_back_up_with_the_reason_and_ends_here(province: Sender, desk: Desk) -> None:
    with _above(desk) as there:
        case = case_of(desk, province.refer(**UNCLEAR).body)
        page = visitor(Role.CLERK).get(f"/console/cases/{case.case_id}")
        page.send(f"/console/cases/{case.case_id}/referral-return", words="事发地在邻市。", version=str(case.version))
        passed_on()
        _, said = there.got()
    assert cases.load(case.case_id).state is State.REFERRAL_RETURNED
    assert (said["state"], said["words"]) == ("returned", "事发地在邻市。")
    own = desk.registered()
    with pytest.raises(RuleBroken):
        transferring.return_referral(own.case_id, own.version, desk.clerk, desk.now, "不归我们管。")


def test_they_take_it_back_once_and_nobody_works_on_it_any_more(province: Sender, county: Sender, desk: Desk) -> None:
    case = case_of(desk, province.refer(number="1").body)
    assert says_later(county, "1", "withdrawal", reason="x").status == 404, "another agency's"
    for _ in range(2):
        assert says_later(province, "1", "withdrawal", reason="来信人撤回。").status == 200
    assert cases.load(case.case_id).state is State.WITHDRAWN
    assert [event.kind for event in cases.record_of(case.case_id)].count("Withdrawn") == 1
    assert says_later(province, "1", "deadline", deadline=soon(days=9)).code == "wrong_state"
    assert says_later(province, "1", "nonsense").status == 404


def test_more_from_its_writer_is_added_once_by_the_agency_s_own_number(province: Sender, desk: Desk) -> None:
    referred = province.refer(number="1")
    case_of(desk, referred.body)
    for _ in range(2):
        assert says_later(province, "1", "supplements", id="s.1", text="又坏了一盏。").status == 200
    assert "又坏了一盏。" in in_plain()
    case = cases.load(referred.body["case"])
    assert case.supplements == 1
    assert says_later(province, "1", "supplements", text="没有编号。").fields == {"id"}


def test_the_words_of_a_sealed_referral_are_kept_encrypted(province: Sender, desk: Desk) -> None:
    referred = province.refer(
        kind="accusation", words="涉及某局领导。", attachments=["举报信.pdf"], deadline=soon(days=90)
    )
    assert "涉及某局领导" not in in_plain()
    assert "举报信" not in in_plain()
    assert load_submission(referred.body["receipt"]).demands is not None


def test_the_demonstration_has_a_letter_from_above_with_its_date(desk: Desk) -> None:
    desk.city = cities.change(introduced)
    hear_from_above(desk.now)
    case = cases.load(working.find(desk.clerk, "省信转〔2026〕0417"))
    assert (case.state, case.left_to_clerk) == (State.REGISTERED, True)
    assert case.bound_by is not None
    assert "请云汀市信访局明确责任单位" in visitor(Role.CLERK).get(f"/console/cases/{case.case_id}").page


def test_a_city_between_passes_on_the_nearer_date_and_the_answer_up_again(
    province: Sender, county: Sender, desk: Desk
) -> None:
    date = soon(days=2)
    case = case_of(desk, province.refer(**UNCLEAR, deadline=date).body)
    with below(desk) as there:
        case = transferring.transfer(case.case_id, case.version, desk.clerk, desk.now, "county", "请办理。")
        passed_on()
        assert datetime.fromisoformat(there.got()[1]["deadline"]) == datetime.fromisoformat(date)
        says_later(province, "%E7%B2%A4%E4%BF%A1%E3%80%942026%E3%80%95118%E5%8F%B7", "deadline", deadline=soon(days=1))
        passed_on()
        assert there.got()[0].endswith("/deadline")
        assert json.dumps(there.got()[1])


def test_whom_their_own_agency_tells_is_told_nothing_by_us(province: Sender, desk: Desk) -> None:
    told, silent = (
        case_of(desk, province.refer(number=f"粤信〔2026〕{number}号", text=text, petitioner_told_by_us=flag).body)
        for number, text, flag in ((1, "路灯不亮，请修。", False), (2, "井盖坏了，请换。", True))
    )
    assert tell(desk) == []
    assert [bool(notices.of_case(case.case_id)) for case in (told, silent)] == [True, False]


def test_whoever_may_read_a_sealed_referral_reads_what_was_asked_for(province: Sender, desk: Desk) -> None:
    asked = province.refer(
        kind="accusation", words="涉及某局领导。", attachments=["举报信.pdf"], deadline=soon(days=90)
    )
    silent = province.refer(number="2", kind="accusation", deadline=soon(days=90))
    found = [demands_of(load_submission(one.body["receipt"])) for one in (asked, silent)]
    assert [(one.words, one.files) for one in found if one] == [("涉及某局领导。", ("举报信.pdf",)), ("", ())]


def test_a_date_said_again_changes_nothing_and_none_is_set_for_what_is_answered(province: Sender, desk: Desk) -> None:
    case = case_of(desk, province.refer(**CLEAR, number="1").body)
    date = soon(days=3)
    assert says_later(province, "1", "deadline", deadline=date).status == 200
    record = cases.record_of(case.case_id)
    assert says_later(province, "1", "deadline", deadline=date).status == 200
    assert cases.record_of(case.case_id) == record
    desk.later(seconds=2)
    answered = desk.answered(cases.load(case.case_id))
    late = says_later(province, "1", "deadline", deadline=soon(days=5))
    assert (late.status, late.code) == (409, "wrong_state")
    assert cases.load(case.case_id) == answered


def test_what_was_taken_back_before_its_case_was_joined_on_stands_where_it_was(province: Sender, desk: Desk) -> None:
    first = case_of(desk, province.refer(**UNCLEAR, number="1").body)
    second, third = (desk.registered(title=f"另一件{one}", text=f"{one * 30}，请联系我。") for one in "甲乙")
    desk.later(seconds=2)
    handling.join(first.case_id, first.version, desk.clerk, desk.now, second.case_id)
    assert says_later(province, "1", "withdrawal", reason="来信人撤回。").status == 200
    desk.later(seconds=2)
    second = cases.load(second.case_id)
    handling.join(second.case_id, second.version, desk.clerk, desk.now, third.case_id)
    assert cases.load(second.case_id).joined_to == third.case_id
    assert (province.ask("1").status, province.ask("1").body["case"]) == (200, second.case_id)
