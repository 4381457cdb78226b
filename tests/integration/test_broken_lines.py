"""What a soak found: a line that breaks in a write is told as such, and who withdrew is left in peace for good."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import ConnectionClosedError
from pynamodb.exceptions import PutError, PynamoDBException, UpdateError

from chalicelib.domain.case import Case
from chalicelib.domain.hook_health import took
from chalicelib.domain.messages import Message, Topic
from chalicelib.storage import hooks, notices, outbox, spent
from chalicelib.storage.notices import Attempted, Sending, Settled
from chalicelib.storage.table import DeskItem, condition_failed, raw_client
from tests.integration import providers
from tests.integration.desk import Desk
from tests.integration.telling import tell

Write = Callable[[Desk, Case], object]


@contextmanager
def cut(operation: str) -> Iterator[None]:
    """The connection closes at every call of ``operation``, without an answer."""

    def close(**_: object) -> None:
        raise ConnectionClosedError(endpoint_url="https://dynamodb.invalid")

    DeskItem._get_connection()
    events = raw_client().meta.events
    events.register(f"before-send.*.{operation}", close)
    try:
        yield
    finally:
        events.unregister(f"before-send.*.{operation}", close)


def message(case: Case) -> Message:
    """One of the case's."""
    return Message(Topic.NOTICES, case.case_id, 2)


def begun(desk: Desk, case: Case) -> object:
    attempt = Attempted(case.case_id, 2, case.receipts[0], "sms", "1**", "", "告知", Sending.SENDING, 0, desk.now)
    return notices.begin(attempt)


WRITES: dict[str, tuple[str, Write]] = {
    "a message is put off": ("UpdateItem", lambda desk, case: outbox.postpone(message(case), desk.now)),
    "a notice is begun": ("PutItem", begun),
    "an id is spent": ("PutItem", lambda desk, case: spent.spend("province", "msg_1", "digest", desk.now)),
    "an endpoint took something": (
        "PutItem",
        lambda desk, case: hooks.change_health("province", lambda known: took(known, desk.now)),
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_line_that_breaks_in_a_write_is_told_as_such_and_the_write_can_be_tried_again(desk: Desk, name: str) -> None:
    operation, write = WRITES[name]
    case = desk.routed()
    with cut(operation), pytest.raises((PutError, UpdateError)) as broken:
        write(desk, case)
    assert isinstance(broken.value.cause, ConnectionClosedError)
    assert not condition_failed(broken.value)
    write(desk, case)


def test_what_the_condition_refused_is_a_condition_that_failed(desk: Desk) -> None:
    case = desk.routed()
    with pytest.raises(PynamoDBException) as refused:
        DeskItem(f"case#{case.case_id}", "case", body="").save(DeskItem.pk.does_not_exist())
    assert condition_failed(refused.value)


def test_who_withdrew_after_a_try_that_failed_is_in_no_list_of_what_a_person_is_to_see_to(desk: Desk) -> None:
    with providers.in_business():
        case = desk.routed(phone="13800138000")
        with providers.down("sns"):
            assert tell(desk)
        assert notices.failures() > 0
        desk.later(minutes=6).withdrawn(desk.receipts[0])
        assert tell(desk) == []
        assert len(providers.sms()) == 1  # that she withdrew, and nothing else
    assert notices.failures() == 0
    settled = [one.settlement for one in notices.of_case(case.case_id) if one.state is Sending.SETTLED]
    assert {one.how for one in settled if one is not None} == {Settled.NEEDLESS}
    assert len(settled) == 3


def test_who_withdrew_after_a_try_that_was_cut_off_leaves_nothing_that_is_sending_for_ever(desk: Desk) -> None:
    with providers.in_business():
        case = desk.routed(phone="13800138000")
        with providers.killed_after("sns"), pytest.raises(providers.Killed):
            tell(desk)
        [cut_off] = notices.of_case(case.case_id)
        desk.later(minutes=1).withdrawn(desk.receipts[0])
        assert tell(desk) == []
        assert notices.load(cut_off) == cut_off  # as far as anybody can know it is on its way just now
        desk.swept()
        assert notices.load(cut_off) == cut_off
        desk.later(minutes=5).swept()
        assert tell(desk) == []
        assert [text for _, text in providers.sms()].count(cut_off.text) == 1
    settled = notices.load(cut_off)
    assert settled is not None
    assert settled.state is Sending.SETTLED
    assert all(one.state is not Sending.SENDING for one in notices.of_case(case.case_id))
