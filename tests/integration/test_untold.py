"""What a provider did not take: tried for a day, then left to a person, who sends it again or tells it by telephone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import receiving, telling_again
from chalicelib.desk.sending import GIVEN_UP_AFTER
from chalicelib.domain.case import Case
from chalicelib.domain.errors import Changed, NotFound
from chalicelib.domain.words import STAFF, Role
from chalicelib.storage import notices
from chalicelib.storage.notices import Attempted, Sending, Settled
from infra.seed.untold import leave_untold
from tests.integration import providers
from tests.integration.desk import Desk
from tests.integration.receiving import booked, planned
from tests.integration.telling import BOTH, tell
from tests.integration.test_console import visitor
from tests.integration.watching import outbox

PLACE = "/console/messages"
STEPS = 3  # that a citizen is told of while her petition is routed


@pytest.fixture
def real(desk: Desk) -> Iterator[Desk]:
    """A desk that sends by SNS and SES."""
    with providers.in_business():
        yield desk


def waiting() -> int:
    """How many messages are still to be acted upon."""
    return sum(identity.startswith("notices.") for identity in outbox())


def down_for_a_day(desk: Desk) -> Case:
    """Her telephone's provider is down for more than a day."""
    case = desk.routed(**BOTH)
    with providers.down("sns"):
        for _ in range(4):
            tell(desk)
            desk.now += GIVEN_UP_AFTER / 3
    return case


def failed() -> list[Attempted]:
    return list(telling_again.untold().failed)


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("NotTaken: HTTP 503", "原因：服务商没有收下（HTTP 503）"),
        ("Unreachable: not a mobile number", "原因：这个号码或邮箱发不到（not a mobile number）"),
        ("ClientError: Throttling", "原因：服务商出错（ClientError: Throttling）"),
    ],
)
def test_a_clerk_reads_in_words_why_a_notice_was_not_taken(real: Desk, kept: str, shown: str) -> None:
    down_for_a_day(real)
    notices.end(replace(failed()[0], error=kept))
    assert shown in visitor(Role.CLERK).get(PLACE).page


def test_what_is_not_taken_for_a_day_is_left_to_a_person_and_tried_no_more(real: Desk) -> None:
    case = real.routed(**BOTH)
    with providers.down("sns"):
        assert len(tell(real)) == STEPS
        first = failed()
        assert [(one.state, one.way, one.to, one.since) for one in first] == [
            (Sending.FAILED, "sms", "138******00", real.now)
        ] * STEPS
        begun = real.now
        real.now += GIVEN_UP_AFTER - timedelta(minutes=1)
        assert len(tell(real)) == STEPS
        real.now = begun + GIVEN_UP_AFTER
        assert tell(real) == [], "the queue need not bring it again"
    assert (waiting(), len(providers.mails())) == (0, STEPS)
    left = failed()
    assert {(one.state, one.since, one.attempts) for one in left} == {(Sending.LEFT, begun, 3)}
    assert tell(real.later(days=1)) == []
    assert providers.sms() == []
    assert {one.state for one in notices.of_case(case.case_id) if one.way == "mail"} == {Sending.SENT}


def test_sent_again_by_a_person_it_goes_out_once_and_nobody_else_is_told_twice(real: Desk) -> None:
    down_for_a_day(real)
    (first, *_) = failed()
    telling_again.send_again(*notices.key_of(first), real.now)
    assert waiting() == 1
    for _ in range(2):
        assert tell(real) == []
    assert [text for _, text in providers.sms()] == [first.text]
    assert (len(failed()), len(providers.mails()), waiting()) == (STEPS - 1, STEPS, 0)
    with pytest.raises(Changed):
        telling_again.send_again(*notices.key_of(first), real.now)
    assert telling_again.send_all_again(real.now) == STEPS - 1
    assert tell(real) == []
    assert (failed(), len(providers.sms())) == ([], STEPS)


def test_sent_again_while_the_provider_is_still_down_it_is_tried_for_another_day(real: Desk) -> None:
    down_for_a_day(real)
    telling_again.send_all_again(real.now)
    with providers.down("sns"):
        assert tell(real)
    assert {one.state for one in failed()} == {Sending.FAILED}
    assert {one.id.count(".") for one in failed()} == {5}, "the provider knows it for another one"


def test_told_by_telephone_it_is_settled_for_good_with_who_and_when(real: Desk) -> None:
    case = down_for_a_day(real)
    one, *others = failed()
    telling_again.settle(*notices.key_of(one), Settled.TELEPHONE, real.clerk, real.now)
    assert failed() == others
    kept = next(each for each in notices.of_case(case.case_id) if notices.key_of(each) == notices.key_of(one))
    assert kept.settlement is not None
    assert (kept.state, kept.settlement.by, kept.settlement.at) == (Sending.SETTLED, real.clerk.login, real.now)
    assert telling_again.send_all_again(real.now) == STEPS - 1
    assert tell(real) == []
    assert len(providers.sms()) == STEPS - 1, "who was told by telephone is not told again"
    with pytest.raises(Changed):
        telling_again.settle(*notices.key_of(one), Settled.NEEDLESS, real.clerk, real.now)


def test_seen_to_while_it_is_being_sent_only_one_of_the_two_counts(real: Desk) -> None:
    down_for_a_day(real)
    one = failed()[0]
    telling_again.send_again(*notices.key_of(one), real.now)
    refused: list[Changed] = []

    def settle() -> None:
        try:
            telling_again.settle(*notices.key_of(one), Settled.TELEPHONE, real.clerk, real.now)
        except Changed as error:
            refused.append(error)

    with providers.meanwhile("sns", settle):
        assert tell(real) == []
    assert (len(refused), len(providers.sms())) == (1, 1)
    assert one not in failed()


def test_a_function_that_is_cut_off_again_and_again_is_shown_too(real: Desk) -> None:
    real.routed(**BOTH)
    for _ in range(2):
        with providers.killed_after("sns"), pytest.raises(providers.Killed):
            tell(real)
        real.later(minutes=6)
    (one,) = failed()
    assert (one.state, one.attempts) == (Sending.SENDING, 2)
    telling_again.settle(*notices.key_of(one), Settled.TELEPHONE, real.clerk, real.now)
    assert tell(real) == []
    assert failed() == []


def test_an_address_that_takes_nothing_is_shown_where_nothing_else_reached_her(real: Desk) -> None:
    nobodys = "+0123456789"
    real.routed(phone=nobodys)
    real.later(minutes=1).routed(**{**BOTH, "phone": nobodys}, title="别的事", text="下水道堵了，污水漫到路上。")
    assert tell(real) == []
    found = telling_again.untold()
    assert found.failed == ()
    assert {one.recipient for one in found.unreachable} == {real.receipts[0].number}
    assert {one.state for one in found.unreachable} == {Sending.UNREACHABLE}


def test_what_becomes_of_a_reception_is_shown_and_sent_again_too(real: Desk) -> None:
    reception = planned(real, days=7)
    booked(real, reception, phone="13800138000")
    receiving.call_off(reception.id, {"reason": "领导临时有会"}, real.clerk, real.later(minutes=5).now)
    with providers.down("sns"):
        assert len(tell(real)) == 1
    (one,) = failed()
    telling_again.send_again(*notices.key_of(one), real.later(minutes=6).now)
    assert tell(real) == []
    assert (len(providers.sms()), failed()) == (1, [])


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("", ""),
        ("case#1", "notice#1"),
        ("case#1", "case"),
        ("case#1", "event#000001"),
        ("x" * 5000, "notice#"),
        ("", "notice#x"),
    ],
)
def test_what_is_no_notice_is_not_found(desk: Desk, place: str, name: str) -> None:
    case = desk.routed()
    for key in ((place, name), (f"case#{case.case_id}", "case")):
        with pytest.raises(NotFound):
            telling_again.send_again(*key, desk.now)


# The room.


@pytest.fixture
def stuck(now: Desk) -> Iterator[Desk]:
    """A desk today, with a provider that did not take three notices."""
    with providers.in_business():
        now.routed(**BOTH)
        with providers.down("sns"):
            tell(now)
        yield now


def test_a_clerk_finds_them_counted_in_the_inbox_and_sees_to_them_in_the_room(stuck: Desk) -> None:
    clerk = visitor(Role.CLERK)
    assert "有3条给市民的通知没有发出去" in clerk.get("/console/inbox").page
    room = clerk.get(PLACE)
    assert "138******00" in room.page
    assert "EndpointConnectionError" in room.page
    assert BOTH["phone"] not in room.page
    assert room.send(f"{PLACE}/settlement", how="telephone").location == f"{PLACE}?done=settled"
    assert len(failed()) == 2
    assert "已电话告知，" in clerk.get(PLACE).page
    assert clerk.get(PLACE).send(f"{PLACE}/again").location == f"{PLACE}?done=sent_again"
    assert clerk.get(PLACE).send(f"{PLACE}/all-again").location == f"{PLACE}?done=sent_again"
    stuck.now = datetime.now(UTC)
    assert tell(stuck) == []
    assert len(providers.sms()) == 2
    done = clerk.get(PLACE)
    assert "没有等着处理的通知" in done.page
    assert "没有发出去" not in clerk.get("/console/inbox").page


def test_what_another_has_seen_to_meanwhile_is_said(stuck: Desk) -> None:
    clerk = visitor(Role.CLERK)
    room = clerk.get(PLACE)
    hidden = room.hidden()
    telling_again.settle(hidden["place"], hidden["name"], Settled.TELEPHONE, stuck.clerk, stuck.now)
    answer = clerk.post(f"{PLACE}/settlement", how="telephone", **hidden)
    assert (answer.status, "刚刚有人处理了" in answer.page) == (409, True)
    assert clerk.post(f"{PLACE}/settlement", **{**hidden, "how": "shout"}).status == 400
    assert clerk.post(f"{PLACE}/again", **{**hidden, "name": "case"}).status == 404


@pytest.mark.parametrize("role", sorted(STAFF - {Role.CLERK}))
def test_nobody_but_a_clerk_sees_to_them(stuck: Desk, role: Role) -> None:
    person = visitor(role)
    sees = person.get(PLACE).status == 200
    assert sees is (role is Role.ADMINISTRATOR)
    assert f"{PLACE}/again" not in person.page
    csrf = person.get("/console/assessment" if role is not Role.LAY_SUPERVISOR else "/console/invited").hidden()
    for step in ("again", "all-again", "settlement"):
        assert person.post(f"{PLACE}/{step}", **csrf, how="telephone").status == 403
    assert len(failed()) == 3


def test_the_demonstration_has_two_for_a_clerk_to_see_to(desk: Desk) -> None:
    desk.routed(**BOTH)
    assert tell(desk) == []
    leave_untold(desk.city, desk.now)
    assert [(one.state, one.way) for one in failed()] == [(Sending.LEFT, "sms")] * 2
    assert telling_again.send_all_again(desk.now) == 2
    assert tell(desk) == []
    assert failed() == []
