"""Notices when something fails: nobody is told twice, nobody is forgotten, and each attempt is recorded."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib.domain.case import Case
from chalicelib.domain.messages import AnyMessage, Message, Topic
from chalicelib.entrypoints import queues
from chalicelib.storage import cases, notices
from chalicelib.storage.keys import petitioner_key
from chalicelib.storage.notices import TRIED_AGAIN_AFTER, Sending
from chalicelib.storage.table import DeskItem
from tests.integration import providers
from tests.integration.desk import CLEAR, Desk
from tests.integration.telling import BOTH, of_step, steps, tell
from tests.integration.test_queues import batch, failed
from tests.integration.watching import everything, lost, outbox, peeked

ROUTED = ["Registered", "Accepted", "Dispatched"]
WAYS = {"sns": "sms", "sesv2": "mail"}


@pytest.fixture
def real(desk: Desk) -> Iterator[Desk]:
    """A desk that sends by SNS and SES."""
    with providers.in_business():
        yield desk


def reached() -> tuple[int, int]:
    """How many SMS and mails the providers took."""
    return len(providers.sms()), len(providers.mails())


def waiting() -> int:
    """How many messages are still to be acted upon."""
    return sum(identity.startswith("notices.") for identity in outbox())


def two_who_wrote_of_one_matter(desk: Desk) -> Case:
    """One left a telephone, the other an address; each was told of her own submission, not yet of the reply."""
    case = desk.routed(phone="13800138000")
    desk.later(minutes=5).routed(phone="", email="li@example.cn")
    assert tell(desk) == []
    return desk.answered(cases.load(case.case_id))


# Twice.


def test_a_message_that_comes_again_tells_nobody_again(real: Desk) -> None:
    case = real.routed(**BOTH)
    for _ in range(3):
        assert tell(real) == []
    assert reached() == (3, 3)
    assert steps(case) == [(step, way, Sending.SENT, 1) for step in ROUTED for way in ("mail", "sms")]


def test_a_message_that_could_not_be_signed_off_comes_again_and_tells_nobody_again(real: Desk) -> None:
    case = real.routed(**BOTH)
    with lost("DeleteItem"):
        assert len(tell(real)) == len(ROUTED)
    assert (reached(), waiting()) == ((3, 3), 3)
    before = [item for key, item in everything().items() if not key.startswith("outbox#")]
    assert tell(real.later(days=1)) == []
    assert (reached(), waiting()) == ((3, 3), 0)
    assert [item for key, item in everything().items() if not key.startswith("outbox#")] == before
    assert {one.attempts for one in notices.of_case(case.case_id)} == {1}


def test_two_deliveries_at_the_same_moment_send_each_notice_once(real: Desk) -> None:
    real.routed(**BOTH)
    others: list[list[AnyMessage]] = []
    with providers.meanwhile("sns", lambda: others.append(tell(real))):
        assert tell(real) == []
    assert others, "there was another"
    assert not any(others), "the other fails nothing: it is sent by the one, and looked at again later"
    assert (reached(), waiting()) == ((3, 3), 0)


# Cut off.


@pytest.mark.parametrize("provider", sorted(WAYS))
def test_a_notice_taken_by_the_provider_and_not_noted_is_sent_once_more_but_not_before_five_minutes(
    real: Desk, provider: str
) -> None:
    case = real.routed(**BOTH)
    with providers.killed_after(provider), pytest.raises(providers.Killed):
        tell(real)
    sending = [one for one in notices.of_case(case.case_id) if one.state is Sending.SENDING]
    assert [(one.way, one.attempts) for one in sending] == [(WAYS[provider], 1)]
    first = reached()
    real.now += TRIED_AGAIN_AFTER / 2
    assert (tell(real), waiting()) == ([], 1), "it may be on its way still"
    assert reached()[list(WAYS).index(provider)] == first[list(WAYS).index(provider)] + len(ROUTED) - 1
    real.now += TRIED_AGAIN_AFTER / 2
    assert tell(real) == []
    assert reached() == ((4, 3) if provider == "sns" else (3, 4)), "twice rather than never, and only this one"
    assert {one.state for one in notices.of_case(case.case_id)} == {Sending.SENT}
    assert sorted(one.attempts for one in notices.of_case(case.case_id)) == [1, 1, 1, 1, 1, 2]
    assert waiting() == 0


def test_a_notice_that_was_cut_off_before_it_went_out_goes_out_once(real: Desk) -> None:
    def die() -> None:
        raise providers.Killed

    case = real.routed(**BOTH)
    with providers.meanwhile("sns", die), pytest.raises(providers.Killed):
        tell(real)
    real.now += TRIED_AGAIN_AFTER
    assert tell(real) == []
    assert (reached(), waiting()) == ((3, 3), 0)
    assert {one.state for one in notices.of_case(case.case_id)} == {Sending.SENT}


def test_what_cannot_be_noted_is_not_sent(real: Desk) -> None:
    real.routed(**BOTH)
    with lost("PutItem"):
        assert len(tell(real)) == len(ROUTED)
    assert reached() == (0, 0)
    assert tell(real) == []
    assert reached() == (3, 3)


# Down.


@pytest.mark.parametrize("provider", sorted(WAYS))
def test_while_one_provider_is_down_the_others_recipients_are_told_and_the_message_waits(
    real: Desk, provider: str
) -> None:
    case = two_who_wrote_of_one_matter(real)
    before = reached()
    with providers.down(provider):
        assert tell(real) == [Message(Topic.NOTICES, case.case_id, case.version)]
    told = {one.way: one for one in of_step(case, "Replied")}
    unlucky = told.pop(WAYS[provider])
    assert (unlucky.state, unlucky.error, unlucky.attempts) == (Sending.FAILED, "EndpointConnectionError", 1)
    assert [one.state for one in told.values()] == [Sending.SENT]
    assert (sum(reached()), waiting()) == (sum(before) + 1, 1)
    assert tell(real.later(minutes=6)) == []
    assert sorted((one.state, one.attempts) for one in of_step(case, "Replied")) == [
        (Sending.SENT, 1),
        (Sending.SENT, 2),
    ]
    assert (reached(), waiting()) == ((before[0] + 1, before[1] + 1), 0)


def test_a_provider_that_refuses_the_desk_is_asked_again_and_its_reason_is_kept_without_the_address(
    real: Desk,
) -> None:
    case = real.routed(**BOTH)
    providers.know_our_sender_no_more()
    assert len(tell(real)) == len(tell(real.later(minutes=6))) == len(ROUTED)
    providers.know_our_sender()
    failures = [one for one in notices.of_case(case.case_id) if one.way == "mail"]
    assert {(one.state, one.error, one.attempts) for one in failures} == {
        (Sending.FAILED, "MessageRejected: MessageRejected", 2)
    }
    assert tell(real.later(minutes=6)) == []
    assert reached() == (3, 3)


@pytest.mark.parametrize(("number", "tried"), [("02012345678", False), ("+0123456789", True)])
def test_a_number_that_takes_no_sms_is_tried_once_at_most_and_the_mail_goes_out(
    real: Desk, number: str, tried: bool
) -> None:
    case = real.routed(**{**BOTH, "phone": number})
    with providers.down("sesv2"):
        assert len(tell(real)) == len(ROUTED)
    assert tell(real) == []
    assert reached() == (0, 3)
    sms = [("sms", Sending.UNREACHABLE, 1)] if tried else []  # a landline is known to be one
    assert steps(case) == [(step, *one) for step in ROUTED for one in [("mail", Sending.SENT, 2), *sms]]
    for one in notices.of_case(case.case_id):
        assert number not in one.error + one.to + one.text


def test_a_citizen_whose_address_cannot_be_opened_keeps_no_other_from_being_told(real: Desk) -> None:
    case = two_who_wrote_of_one_matter(real)
    first, second = case.receipts
    item = DeskItem.get(*petitioner_key(first))
    honest = item.body
    item.body = DeskItem.get(*petitioner_key(second)).body
    item.save()
    before = reached()
    assert len(tell(real)) == 1
    assert [one.recipient for one in of_step(case, "Replied")] == [second]
    item.body = honest
    item.save()
    assert tell(real) == []
    assert reached() == (before[0] + 1, before[1] + 1)


def test_who_withdrew_before_the_provider_came_back_is_told_of_that_alone(real: Desk) -> None:
    receipt = real.filed(**BOTH)
    real.route_all()
    with providers.down("sns"), providers.down("sesv2"):
        tell(real)
    real.later(minutes=6).withdrawn(receipt)
    assert tell(real) == []
    assert [mail.subject[:5] for mail in providers.mails()] == ["来信已撤回"]
    assert "撤回" in providers.sms()[0][1]
    assert (reached(), waiting()) == ((1, 1), 0)


def test_the_queue_gets_back_what_failed_and_nothing_else_and_the_log_has_no_word_of_the_citizen(
    real: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    real.now = datetime.now(UTC)
    real.routed(phone="13800138000")
    real.routed(phone="", email="wang@example.cn", title="别的事", text="下水道堵了，污水漫到路上。")
    bodies = [body for body, _ in peeked(Topic.NOTICES)]
    with providers.down("sesv2"):
        again = [bodies[place] for place in failed(queues.send_notices(batch(*bodies)))]
    assert len(again) == 1, "the clerk's own notice was laid into the inbox"
    assert real.case_of(real.receipts[1]).case_id in again[0]
    assert reached() == (3, 0)
    for secret in (*BOTH.values(), "王秀英", CLEAR["title"], "下水道"):
        assert secret not in caplog.text + str([vars(line) for line in caplog.records])
    assert "EndpointConnectionError" in [vars(line).get("error") for line in caplog.records]
    assert failed(queues.send_notices(batch(*again))) == []
    assert reached() == (3, 1)
