"""Two at once: a competing write falls between read and write, and nobody's work is lost or done twice."""

from collections.abc import Callable

import pytest

from chalicelib.desk import committing, handling, routing, supervising, tracking
from chalicelib.domain.case import Case
from chalicelib.domain.chain import first_break
from chalicelib.domain.errors import Changed
from chalicelib.domain.folding import fold
from chalicelib.domain.messages import Message, Topic
from chalicelib.domain.words import State
from chalicelib.storage import cases, outbox
from chalicelib.storage.submissions import load_folder, load_submission
from tests.integration.desk import Desk
from tests.integration.watching import everything


def between(monkeypatch: pytest.MonkeyPatch, competing: Callable[[], object], times: int = 1) -> None:
    """Right after the next reading of a case, ``competing`` happens."""
    honest, left = cases.load, [times]

    def load(case_id: str) -> Case:
        case = honest(case_id)
        if left[0]:
            left[0] -= 1
            number = left[0]
            left[0] = 0
            competing()
            left[0] = number
        return case

    monkeypatch.setattr(cases, "load", load)


def sound(case_id: str) -> bool:
    """Whether a case is what its record tells, unbroken."""
    record = cases.record_of(case_id)
    return fold(record) == cases.load(case_id) and first_break(record) is None


def test_of_two_handlers_who_sign_at_once_one_is_told_that_the_case_was_moved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.dispatched()

    def sign() -> Case:
        return handling.sign(case.case_id, case.version, desk.handler(case), desk.now)

    between(monkeypatch, sign)
    with pytest.raises(Changed):
        sign()
    assert [event.kind for event in cases.record_of(case.case_id)].count("Signed") == 1
    assert sound(case.case_id)


def test_a_citizen_is_not_told_that_a_handler_was_faster(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = desk.filed()
    desk.route_all()
    case = desk.case_of(receipt)
    between(monkeypatch, lambda: handling.sign(case.case_id, case.version, desk.handler(case), desk.now))
    desk.supplemented(receipt, "补充一句。")
    kinds = [event.kind for event in cases.record_of(case.case_id)]
    assert kinds[-2:] == ["Signed", "Supplemented"]
    assert sound(case.case_id)


def test_two_additions_at_once_are_both_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = desk.filed()
    desk.route_all()
    between(monkeypatch, lambda: desk.supplemented(receipt, "另一页上写的。"))
    desk.supplemented(receipt, "这一页上写的。")
    assert [added.text for added in load_folder(receipt.number).supplements] == ["另一页上写的。", "这一页上写的。"]
    assert desk.case_of(receipt).supplements == 2


def test_a_case_that_is_moved_at_every_try_is_given_up_in_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = desk.filed()
    desk.route_all()

    def noted() -> None:
        case = desk.case_of(receipt)
        if case.state is State.DISPATCHED:
            handling.note(case.case_id, case.version, desk.handler(case), desk.now, "又动了。", False)

    between(monkeypatch, noted, times=100)
    with pytest.raises(Changed):
        desk.supplemented(receipt)
    monkeypatch.undo()
    assert load_folder(receipt.number).supplements == ()
    assert sound(desk.case_of(receipt).case_id)


def test_a_double_click_on_the_rating_rates_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.domain.errors import NotAllowed

    case = desk.replied()
    receipt = desk.receipts[0]
    between(monkeypatch, lambda: desk.rated(receipt, "not"))
    with pytest.raises(NotAllowed):
        desk.rated(receipt, "not")
    assert [event.kind for event in cases.record_of(case.case_id)].count("Rated") == 1


def test_a_withdrawal_that_meets_the_reply_finds_the_matter_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.domain.errors import WrongState

    case = desk.drafted()
    receipt = desk.receipts[0]
    between(monkeypatch, lambda: handling.reply(case.case_id, case.version, desk.head(case), desk.now))
    with pytest.raises(WrongState):
        desk.withdrawn(receipt)
    assert cases.load(case.case_id).state is State.REPLIED


def test_a_clerk_who_registers_while_the_rules_do_wins_or_loses_but_never_both(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = desk.filed()
    case = desk.case_of(receipt)
    message = Message(Topic.ROUTING, case.case_id, 1)
    between(monkeypatch, lambda: handling.register(case.case_id, case.version, desk.clerk, desk.now, None, None))
    with pytest.raises(Changed):
        routing.route(message, desk.now)  # the queue brings it again
    monkeypatch.undo()
    routing.route(message, desk.now)
    assert [event.kind for event in cases.record_of(case.case_id)] == ["Filed", "Registered"]
    assert not outbox.waits(message)


def test_the_same_message_worked_on_twice_at_once_is_done_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = desk.filed()
    message = Message(Topic.ROUTING, load_submission(receipt.number).case_id, 1)
    between(monkeypatch, lambda: routing.route(message, desk.now))
    routing.route(message, desk.now)
    kinds = [event.kind for event in cases.record_of(message.case_id)]
    assert kinds == ["Filed", "Registered", "Accepted", "Dispatched"]
    assert sound(message.case_id)


def test_a_sweep_that_meets_a_handler_leaves_the_case_to_her(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = desk.dispatched()
    desk.later(days=3)
    honest = committing.finish

    def finish(*steps: object, **rest: object) -> None:
        monkeypatch.setattr(supervising, "finish", honest)
        handling.sign(case.case_id, case.version, desk.handler(case), desk.now)
        honest(*steps, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(supervising, "finish", finish)
    swept = desk.swept()
    assert swept.moved_meanwhile == 1
    assert swept.failed == 0
    assert cases.load(case.case_id).state is State.IN_HANDLING
    assert sound(case.case_id)


def test_two_sweeps_at_once_order_supervision_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = desk.signed()
    desk.later(days=12)
    honest = committing.finish

    def finish(*steps: object, **rest: object) -> None:
        monkeypatch.setattr(supervising, "finish", honest)
        desk.swept()
        honest(*steps, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(supervising, "finish", finish)
    desk.swept()
    kinds = [event.kind for event in cases.record_of(case.case_id)]
    assert kinds.count("Supervised") == 1
    assert kinds.count("Reminded") == 1
    assert sound(case.case_id)


def test_a_voice_that_joins_while_the_reply_goes_out_is_not_left_unanswered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from msgspec.structs import replace

    drafted = desk.drafted()
    late = desk.later(minutes=1).filed()
    message = Message(Topic.ROUTING, load_submission(late.number).case_id, 1)
    honest = committing.finish

    def finish(*steps: object, **rest: object) -> None:
        monkeypatch.setattr(routing, "finish", honest)
        handling.reply(drafted.case_id, drafted.version, desk.head(drafted), desk.now)
        honest(*steps, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(routing, "finish", finish)
    with pytest.raises(Changed):
        routing.route(message, desk.now)
    routing.route(message, desk.now)
    case = desk.case_of(late)
    assert case.case_id != drafted.case_id
    assert not case.ended
    assert replace(case, light=None).voice(late.number) is not None


def test_a_refused_step_changes_not_a_byte(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = desk.dispatched()
    between(monkeypatch, lambda: handling.note(case.case_id, case.version, desk.handler(case), desk.now, "一。", False))
    with pytest.raises(Changed):
        handling.sign(case.case_id, case.version, desk.handler(case), desk.now)
    monkeypatch.undo()
    before = everything()
    with pytest.raises(Changed):
        handling.sign(case.case_id, case.version, desk.handler(case), desk.now)
    assert everything() == before
    assert tracking.track(desk.receipts[0].number, desk.now).case.state is State.DISPATCHED
