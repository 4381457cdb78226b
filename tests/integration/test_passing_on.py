"""What is on its way to another agency's desk when things go wrong: it is tried again, or it comes back."""

import json

import pytest
from msgspec.structs import replace

from chalicelib.desk import cities, passing, transferring
from chalicelib.domain.case import Case
from chalicelib.domain.events import TransferReturned
from chalicelib.domain.words import State
from chalicelib.storage import cases
from tests.integration.agency import Sender
from tests.integration.desk import Desk
from tests.integration.desks import THEIR_NUMBER, below, passed_on, tells, transferred, waiting
from tests.integration.receiver import Answer, says
from tests.integration.watching import overtaken


def says_no(fields: object) -> bytes:
    """A refusal as a desk of our kind words it, or almost."""
    return json.dumps({"error": {"code": "invalid", "message": "不对", "fields": fields}}).encode()


def gives_its_desk_up(desk: Desk, agency: str) -> None:
    """From now on this agency has no desk of our kind any more."""
    desk.city = cities.change(
        lambda city: replace(
            city, agencies=tuple(replace(one, origin="") if one.id == agency else one for one in city.agencies)
        )
    )


def why_back(case: Case) -> str:
    """The words with which a matter came back last."""
    back = [event.payload for event in cases.record_of(case.case_id) if isinstance(event.payload, TransferReturned)]
    return back[-1].words if back else ""


def test_what_was_to_go_to_an_agency_that_has_no_desk_any_more_is_the_clerks_again(desk: Desk, county: Sender) -> None:
    with below(desk) as there:
        case = transferred(desk)
        desk.supplemented(desk.receipts[0], "又坏了一盏。")
        gives_its_desk_up(desk, "county")
        supplement = waiting("Supplemented")
        assert len(supplement) == 1
        with overtaken(times=1):
            for message in waiting("Transferred"):
                passing.pass_on(message, desk.now)
        assert (len(waiting("Transferred")), cases.load(case.case_id).state) == (1, State.WITH_AGENCY), "tried again"
        desk.later(minutes=10)
        for message in sorted(waiting(), key=lambda one: one.id):
            passing.pass_on(message, desk.now)
        assert there.paths == []
    after = cases.load(case.case_id)
    assert (after.state, after.unit, after.transfer, after.left_to_clerk) == (State.RETURNED, None, None, True)
    assert why_back(case)
    assert not waiting(), "and what was added goes nowhere by itself"


def test_what_was_called_back_is_not_sent_back_once_more_by_an_agency_without_a_desk(
    desk: Desk, county: Sender
) -> None:
    with below(desk):
        case = transferred(desk)
        transferring.recall(case.case_id, case.version, desk.clerk, desk.now, "选错了单位。")
        record = cases.record_of(case.case_id)
        gives_its_desk_up(desk, "county")
        passed_on()
    assert cases.record_of(case.case_id) == record
    assert not waiting()


def test_what_she_adds_waits_until_the_petition_itself_was_taken_there(desk: Desk, county: Sender) -> None:
    with below(desk) as there:
        transferred(desk)
        desk.later(seconds=1).supplemented(desk.receipts[0], "又坏了一盏。")
        (supplement,), (petition,) = waiting("Supplemented"), waiting("Transferred")
        passing.pass_on(supplement, desk.now)
        assert (there.paths, waiting("Supplemented")) == ([], [supplement])
        passing.pass_on(petition, desk.now)
        passing.pass_on(supplement, desk.later(minutes=10).now)
        assert [path.rsplit("/", 1)[1] for path in there.paths] == ["petitions", "supplements"]
    assert not waiting()


def test_what_was_added_before_it_was_passed_on_goes_along_with_the_petition(desk: Desk, county: Sender) -> None:
    with below(desk) as there:
        case = desk.registered()
        desk.supplemented(desk.receipts[0], "先补充一点。")
        case = cases.load(case.case_id)
        transferring.transfer(case.case_id, case.version, desk.clerk, desk.later(minutes=1).now, "county", "请牵头。")
        passed_on()
        assert [path.rsplit("/", 1)[1] for path in there.paths] == ["petitions", "supplements"]
        assert there.got()[1]["text"] == "先补充一点。"
    assert not waiting()


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (403, b"<b>closed\x00 by the town</b>", "<b>closed by the town</b>"),
        (400, b'{"error": "no"}', '"no"'),
        (404, b"[]", "404"),
        (400, says_no("kind"), "400 不对"),
        (
            400,
            json.dumps({"error": {"message": "不对", "fields": [1, {"field": "a", "message": "b"}]}}).encode(),
            "a: b",
        ),
    ],
)
def test_a_refusal_is_read_whoever_words_it(desk: Desk, county: Sender, status: int, body: bytes, why: str) -> None:
    with below(desk, says(status, body)):
        case = transferred(desk)
        passed_on()
    assert cases.load(case.case_id).state is State.RETURNED
    assert why in why_back(case)
    assert "\x00" not in why_back(case)


@pytest.mark.parametrize(("answer", "then"), [(None, State.WITH_AGENCY), (says(400, says_no([])), State.RETURNED)])
def test_a_case_that_is_moved_while_its_petition_is_taken_or_refused_hears_of_it_at_the_next_try(
    desk: Desk, county: Sender, answer: Answer | None, then: State
) -> None:
    with below(desk, *([answer] if answer else [])) as there:
        case = transferred(desk)
        (petition,) = waiting("Transferred")
        with overtaken(times=1):
            passing.pass_on(petition, desk.now)
        moved_by_nobody = cases.load(case.case_id)
        assert (moved_by_nobody.state, waiting("Transferred")) == (State.WITH_AGENCY, [petition])
        passing.pass_on(petition, desk.later(minutes=10).now)
        assert there.receiver.bodies[0] == there.receiver.bodies[1]
    assert cases.load(case.case_id).state is then
    assert not waiting()


def test_news_of_a_petition_that_overtakes_the_word_that_it_was_taken_leaves_nothing_to_note(
    desk: Desk, county: Sender
) -> None:
    with below(desk):
        case = transferred(desk)
        assert tells(county, case, "accepted").body["news"]
        record = cases.record_of(case.case_id)
        passed_on()
        after = cases.load(case.case_id)
        assert after.transfer is not None
        assert after.transfer.their_number == THEIR_NUMBER
        assert cases.record_of(case.case_id) == record
    assert not waiting()
