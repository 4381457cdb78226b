"""转办: a matter goes to another agency's desk over real HTTP, and its answer reaches the citizen where she spoke."""

import json
from datetime import timedelta

import pytest

from chalicelib.desk import cities, feedback, notifying, passing, tracking, transferring, working
from chalicelib.domain.agency_words import Progress
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Invalid, NotAllowed, RuleBroken
from chalicelib.domain.facts import entries_of
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Topic
from chalicelib.domain.words import ClockName, Kind, State
from chalicelib.storage import cases, deliveries, notices
from tests.integration.agency import Sender
from tests.integration.desk import Desk
from tests.integration.desks import (
    THEIR_NUMBER,
    WORDS,
    below,
    passed_on,
    tells,
    transferred,
    waiting,
)
from tests.integration.receiver import says
from tests.integration.watching import in_plain, sent

ANSWER = {"text": "您好！我县已于昨日修复路灯，联系人：周工。", "outcome": "solved"}


def kinds(case: Case) -> list[str]:
    return [event.kind for event in cases.record_of(case.case_id)]


def now(case: Case) -> Case:
    found = cases.load(case.case_id)
    assert fold(cases.record_of(case.case_id)) == found
    return found


def test_a_petition_goes_down_signed_with_our_date_and_comes_to_be_known_by_both_numbers(
    desk: Desk, county: Sender
) -> None:
    with below(desk) as there:
        case = transferred(desk, place="莲子巷口")
        assert (case.state, case.unit, case.direct) == (State.WITH_AGENCY, desk.city.desk_unit, True)
        passed_on()
        path, said = there.got()
    assert path == "/api/agencies/city-1/petitions"
    assert (said["number"], said["kind"], said["petitioner"]["name"]) == (case.case_id, "appeal", "王秀英")
    assert (said["must_report"], said["petitioner_told_by_us"], said["words"]) == (True, True, WORDS)
    handle = next(clock for clock in case.clocks if clock.name is ClockName.HANDLE)
    assert said["deadline"] == handle.due_at.isoformat().replace("+00:00", "Z")
    after = now(case)
    assert after.transfer is not None
    assert after.transfer.their_number == THEIR_NUMBER
    for number in (case.case_id, THEIR_NUMBER, "7712 0034 5512", f"{case.case_id}-1"):
        assert working.find(desk.clerk, number) == case.case_id
    assert "K7QX2M9P" not in in_plain(), "the query code there is its petitioner's, and kept nowhere"
    assert not waiting()


def test_the_same_letter_is_sent_once_more_after_a_failure_and_taken_down_once(desk: Desk, county: Sender) -> None:
    taken = says(200, json.dumps({"receipt": THEIR_NUMBER}).encode())
    with below(desk, says(503), says(200, b"<html>a parking page</html>"), taken) as there:
        case = transferred(desk)
        (message,) = waiting("Transferred")
        for _ in range(4):
            passing.pass_on(message, desk.now)
            passing.pass_on(message, desk.now)  # comes too early, or too late
            desk.later(minutes=10)
        bodies, ids = there.receiver.bodies, {one["webhook-id"] for one in there.receiver.headers}
    assert len(bodies) == 3
    assert len(set(bodies)) == len(ids) == 1
    assert kinds(case).count("TransferTaken") == 1
    assert [one.status for one in deliveries.latest("county")] == [200, 200, 503]


def test_what_the_other_desk_refuses_is_the_clerks_again_with_its_reason(desk: Desk, county: Sender) -> None:
    no = json.dumps(
        {"error": {"code": "invalid", "message": "有几处不对", "fields": [{"field": "kind", "message": "不收"}]}}
    )
    with below(desk, says(400, no.encode())):
        case = transferred(desk)
        passed_on()
    after = now(case)
    assert (after.state, after.unit, after.transfer, after.left_to_clerk) == (State.RETURNED, None, None, True)
    back = cases.record_of(case.case_id)[-1].payload
    assert "有几处不对" in back.words  # type: ignore[union-attr]
    assert "kind: 不收" in back.words  # type: ignore[union-attr]
    assert not waiting()


def test_its_answer_is_our_answer_and_she_may_rate_it_and_ask_for_review(desk: Desk, county: Sender) -> None:
    with below(desk):
        case = transferred(desk)
        passed_on()
        for state in ("registered", "accepted", "dispatched"):
            assert tells(county, case, state).body == {"number": case.case_id, "state": "with_agency", "news": True}
        answered = tells(county, case, "replied", **ANSWER)
    assert (answered.status, answered.body["state"]) == (200, "replied")
    status = tracking.track(desk.receipts[0].number, desk.now)
    assert {"rate", "ask_review"} <= {action.value for action in status.may}
    replied = next(event.payload for event in status.events if event.kind == "Replied")
    assert (replied.text, replied.agency) == (ANSWER["text"], "county")  # type: ignore[union-attr]
    desk.rated(desk.receipts[0])
    after = now(case)
    assert after.state is State.CONCLUDED
    counted = entries_of(None, after, cases.record_of(case.case_id))
    assert {entry.unit for entry in counted} == {"*", desk.city.desk_unit}, "ours in the figures, no unit's"


def test_what_is_told_twice_late_or_out_of_order_changes_nothing_twice(desk: Desk, county: Sender) -> None:
    with below(desk):
        case = transferred(desk)
        early = (desk.now - timedelta(hours=1)).isoformat()
        assert tells(county, case, "in_handling", at=desk.now.isoformat()).body["news"]
        assert not tells(county, case, "in_handling", at=desk.now.isoformat()).body["news"]
        assert tells(county, case, "accepted", at=early).body["news"], "it stands in the record"
        standing = now(case).transfer
        assert standing is not None
        assert standing.state is Progress.IN_HANDLING, "and how the matter stands is what was so last"
        assert tells(county, case, "replied", **ANSWER).body["news"]
        before = kinds(case)
        again = tells(county, case, "replied", **ANSWER)
        assert (again.status, again.body["news"]) == (200, False)
        assert not tells(county, case, "concluded").body["news"]
        other = tells(county, case, "replied", text="另一个答复", outcome="solved")
        back = tells(county, case, "returned", words="不属我县。")
    assert [(one.status, one.code) for one in (other, back)] == [(409, "wrong_state")] * 2
    assert kinds(case) == before


@pytest.mark.parametrize(
    ("said", "status", "fields"),
    [
        ({"state": "lost"}, 400, {"state"}),
        ({"at": "2026-03-02T09:00:00"}, 400, {"at"}),
        ({"at": "2099-01-01T00:00:00Z"}, 400, {"at"}),
        ({"number": "粤信〔2026〕1号"}, 404, set()),
        ({"number": "000000000000"}, 404, set()),
        ({"number": "9" * 101}, 400, {"number"}),
        ({"state": "replied"}, 400, {"text", "outcome"}),
        ({"state": "replied", "text": "好", "outcome": "adopted"}, 400, {"outcome"}),
        ({"state": "replied", "text": "好", "outcome": "by_date"}, 400, {"done_on"}),
        ({"state": "returned"}, 400, {"words"}),
        ({"words": "a\u0000b"}, 400, {"words"}),
        ({"unit_name": ["x"]}, 400, {"unit_name"}),
    ],
)
def test_what_cannot_be_taken_is_refused_by_its_name(
    desk: Desk, county: Sender, said: dict[str, object], status: int, fields: set[str]
) -> None:
    with below(desk):
        case = transferred(desk)
    before = kinds(case)
    answer = tells(county, case, **{"state": "accepted", **said})  # type: ignore[arg-type]
    assert (answer.status, answer.refused) == (status, True)
    assert answer.fields == fields
    assert kinds(case) == before


def test_a_desk_that_tells_without_end_is_stopped(desk: Desk, county: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MOST_REPORTED", 3)
    with below(desk):
        case = transferred(desk)
        told = [tells(county, case, "in_handling", words=f"第{number}次。") for number in range(4)]
    assert [one.status for one in told] == [200, 200, 200, 409]
    assert told[-1].refused
    assert kinds(case).count("AgencyReported") == 3


def test_another_agency_learns_nothing_of_what_it_was_not_sent(desk: Desk, county: Sender, province: Sender) -> None:
    with below(desk):
        case = transferred(desk)
    assert (tells(province, case, "replied", **ANSWER).status, now(case).state) == (404, State.WITH_AGENCY)
    forged = tells(Sender(county.client, "county", province.secret), case, "accepted")
    assert (forged.status, forged.code) == (401, "unverified")


def test_what_is_not_theirs_comes_back_with_their_words_and_goes_out_again_under_a_new_number(
    desk: Desk, county: Sender
) -> None:
    with below(desk) as there:
        case = transferred(desk)
        passed_on()
        back = tells(county, case, "returned", words="事发地不在我县。")
        assert (back.status, back.body["state"]) == (200, "returned")
        again = tells(county, case, "returned", words="事发地不在我县。")
        assert (again.status, again.body["news"]) == (200, False)
        after = now(case)
        assert (after.state, after.unit) == (State.RETURNED, None)
        assert any(one.kind == "TransferReturned" for one in _inbox_after_notices(desk, case))
        second = transferring.transfer(case.case_id, after.version, desk.clerk, desk.now, "county", "请再核实。")
        passed_on()
        assert there.got()[1]["number"] == f"{case.case_id}-2"
        assert tells(county, case, "accepted", number=case.case_id).body["news"] is False, "of the first way"
        assert tells(county, second, "accepted").body["news"]


def _inbox_after_notices(desk: Desk, case: Case) -> list[notices.Entry]:
    for message in sent(Topic.NOTICES):
        if message.case_id == case.case_id:
            notifying.notify(message, desk.now)
    return notices.inbox("desk")


def test_the_clerk_gives_more_time_or_calls_it_back_and_the_other_desk_is_told(desk: Desk, county: Sender) -> None:
    with below(desk) as there:
        case = transferred(desk)
        passed_on()
        case = transferring.extend(case.case_id, now(case).version, desk.clerk, desk.now, "县里要请专家鉴定。", 10)
        passed_on()
        path, said = there.got()
        due = next(clock.due_at for clock in case.clocks if clock.name is ClockName.HANDLE)
        assert path == f"/api/agencies/city-1/petitions/{case.case_id}/deadline"
        assert said == {"deadline": due.isoformat().replace("+00:00", "Z")}
        desk.supplemented(desk.receipts[0], "又坏了一盏。")
        passed_on()
        assert there.got()[0].endswith("/supplements")
        assert there.got()[1]["text"] == "又坏了一盏。"
        case = transferring.recall(case.case_id, now(case).version, desk.clerk, desk.now, "市里直接办。")
        passed_on()
        assert there.got() == (f"/api/agencies/city-1/petitions/{case.case_id}/withdrawal", {"reason": "市里直接办。"})
    assert now(case).state is State.RETURNED


def test_what_is_called_back_before_it_was_sent_is_never_sent(desk: Desk, county: Sender) -> None:
    with below(desk) as there:
        case = transferred(desk)
        transferring.recall(case.case_id, case.version, desk.clerk, desk.now, "选错了单位。")
        passed_on()
        assert [path for path in there.paths if path.endswith("/petitions")] == []


def test_whoever_keeps_her_name_from_units_keeps_it_from_other_desks(desk: Desk, county: Sender) -> None:
    with below(desk) as there:
        transferred(desk, keep_name_from_unit=True)
        passed_on()
        said = there.got()[1]
    assert (said["petitioner"], said["anonymous"]) == (None, True)
    assert "王秀英" not in json.dumps(said, ensure_ascii=False)


def test_an_accusation_goes_to_no_other_desk_nor_to_one_above_or_without_an_address(desk: Desk, county: Sender) -> None:
    with below(desk):
        sealed = desk.routed(mailbox=desk.mailbox_for(Kind.ACCUSATION), kind="accusation")
        with pytest.raises((NotAllowed, Invalid, RuleBroken)):
            transferring.transfer(sealed.case_id, sealed.version, desk.clerk, desk.now, "county", WORDS)
        case = desk.registered()
        for nowhere in ("province", "nobody", ""):
            with pytest.raises(Invalid):
                transferring.transfer(case.case_id, case.version, desk.clerk, desk.now, nowhere, WORDS)
    assert [one.id for one in cities.current().desks_to_refer_to] == ["county"]
