"""Notices made at night: none goes out in the quiet hours, none is lost, and each goes out once when they are over."""

import random
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, time, timedelta

import pytest

from chalicelib.desk import receiving, setting_words
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.case import Case
from chalicelib.domain.people import Staff
from chalicelib.domain.quiet import Quiet
from chalicelib.domain.ways import Way
from chalicelib.domain.words import Role
from chalicelib.storage import notices
from chalicelib.storage.notices import Sending
from tests.integration import providers
from tests.integration.desk import Desk
from tests.integration.receiving import booked, planned
from tests.integration.telling import BOTH, steps, tell
from tests.integration.watching import lost, outbox

ADMIN = Staff("guanli", "管理员", Role.ADMINISTRATOR)
NIGHT = Quiet(time(21), time(8), (Way.SMS,))
EVENING = datetime(2026, 3, 2, 22, 30, tzinfo=SHANGHAI).astimezone(UTC)
MORNING = datetime(2026, 3, 3, 8, 0, tzinfo=SHANGHAI).astimezone(UTC)
ROUTED = ["Registered", "Accepted", "Dispatched"]


def quiet(start: str = "21:00", end: str = "08:00", **ways: str) -> None:
    """From now on it is quiet at these hours."""
    form = {"start": start, "end": end, **{f"quiet.{way}": "yes" for way in ways or {"sms": ""}}}
    setting_words.set_quiet(form, 0, ADMIN, datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def real(desk: Desk) -> Iterator[Desk]:
    """A desk at half past ten in the evening that sends by SNS and SES, and is quiet from nine to eight."""
    with providers.in_business():
        quiet()
        desk.now = EVENING
        yield desk


def reached() -> tuple[int, int]:
    """How many SMS and mails the providers took."""
    return len(providers.sms()), len(providers.mails())


def waiting() -> int:
    """How many messages are still to be acted upon."""
    return sum(identity.startswith("notices.") for identity in outbox())


def gone_to_the_queue(desk: Desk, at: datetime) -> int:
    """The sweep runs at ``at``; gives how many messages it sent again. The letter has found its topic before."""
    desk.route_all()
    desk.now = at
    return desk.swept().resent


def sent(case: Case, way: str) -> list[tuple[str, Sending, int]]:
    """What went out by one way: step, how it stands, after how many attempts."""
    return [(step, state, attempts) for step, by, state, attempts in steps(case) if by == way]


def test_at_night_the_mail_goes_out_and_the_sms_waits_for_the_morning(real: Desk) -> None:
    case = real.routed(**BOTH)
    for _ in range(2):
        assert tell(real) == [], "the queue has done its part"
        assert (reached(), waiting()) == ((0, 3), 3)
    assert gone_to_the_queue(real, MORNING - timedelta(seconds=1)) == 0, "nothing is due before"
    assert tell(real) == []
    assert (reached(), waiting()) == ((0, 3), 3)
    assert gone_to_the_queue(real, MORNING) == 3
    for _ in range(2):
        assert tell(real) == []
    assert (reached(), waiting()) == ((3, 3), 0)
    assert sent(case, "sms") == sent(case, "mail") == [(step, Sending.SENT, 1) for step in ROUTED]


def test_by_day_nothing_waits(real: Desk) -> None:
    real.now = MORNING
    real.routed(**BOTH)
    assert tell(real) == []
    assert (reached(), waiting()) == ((3, 3), 0)


def test_what_the_queue_lost_at_night_goes_out_in_the_morning_and_not_before(real: Desk) -> None:
    with lost("SendMessageBatch"):
        real.routed(**BOTH)
    assert gone_to_the_queue(real, EVENING + timedelta(minutes=15)) == 3 + 1  # and what has the letter find its topic
    assert tell(real) == []
    assert (reached(), waiting()) == ((0, 3), 3)
    assert gone_to_the_queue(real, MORNING) == 3
    assert tell(real) == []
    assert (reached(), waiting()) == ((3, 3), 0)


def test_a_function_that_is_cut_off_before_it_could_hold_the_message_loses_nothing(real: Desk) -> None:
    real.routed(**BOTH)
    with lost("UpdateItem"):
        assert len(tell(real)) == 3
    assert (reached(), waiting()) == ((0, 3), 3)
    assert tell(real) == [], "the queue brings it again"
    assert reached() == (0, 3)
    gone_to_the_queue(real, MORNING)
    assert tell(real) == []
    assert (reached(), waiting()) == ((3, 3), 0)


def test_a_mail_that_fails_at_night_is_tried_at_night_and_the_sms_still_waits(real: Desk) -> None:
    real.routed(**BOTH)
    with providers.down("sesv2"):
        assert len(tell(real)) == 3
    assert tell(real.later(minutes=6)) == []
    assert (reached(), waiting()) == ((0, 3), 3)
    gone_to_the_queue(real, MORNING)
    assert tell(real) == []
    assert reached() == (3, 3)


def test_a_mail_that_fails_until_the_morning_does_not_keep_the_sms_waiting_longer(real: Desk) -> None:
    real.now = MORNING - timedelta(minutes=10)
    real.routed(**BOTH)
    with providers.down("sesv2"):
        assert len(tell(real)) == 3
        assert gone_to_the_queue(real, MORNING) == 3
        assert tell(real)
    assert reached() == (3, 0)


def test_who_withdrew_overnight_is_not_told_of_what_went_before(real: Desk) -> None:
    receipt = real.filed(**BOTH)
    real.route_all()
    assert tell(real) == []
    real.later(minutes=5).withdrawn(receipt)
    assert tell(real) == []
    gone_to_the_queue(real, MORNING)
    assert tell(real) == []
    assert [("撤回" in text) for _, text in providers.sms()] == [True]
    assert waiting() == 0


def test_of_a_reception_of_tomorrow_she_is_told_at_night_and_of_one_next_week_in_the_morning(real: Desk) -> None:
    for days, told_at_once in ((1, 1), (7, 0)):
        before = len(providers.sms())
        real.now = EVENING - timedelta(hours=3)
        reception = planned(real, days, time="09:00")
        booked(real, reception, phone="13800138000")
        real.now = EVENING
        receiving.call_off(reception.id, {"reason": "领导临时有会"}, real.clerk, real.now)
        assert tell(real) == []
        assert len(providers.sms()) - before == told_at_once
        gone_to_the_queue(real, MORNING)
        assert tell(real) == []
        assert len(providers.sms()) - before == 1
        assert waiting() == 0


@pytest.mark.parametrize("seed", range(2))
def test_whatever_the_hours_and_whenever_it_happens_each_goes_out_once_and_never_inside(desk: Desk, seed: int) -> None:
    """Random hours, letters at random moments, a queue that brings each message again, and now and then not at all."""
    chance = random.Random(seed)
    start, hours = chance.randrange(24 * 60), chance.randrange(1, 14 * 60)
    end = (start + hours) % (24 * 60)
    quiet(f"{start // 60:02}:{start % 60:02}", f"{end // 60:02}:{end % 60:02}", sms="", mail="")
    hold = Quiet(time(*divmod(start, 60)), time(*divmod(end, 60)), (Way.SMS, Way.MAIL))
    filed = [desk.now + timedelta(minutes=chance.randrange(20 * 60)) for _ in range(2)]
    until = max(filed) + timedelta(hours=16)
    seen: dict[str, datetime] = {}
    while desk.now < until:
        for moment in [one for one in filed if one <= desk.now]:
            filed.remove(moment)
            with lost("SendMessageBatch") if chance.random() < 0.3 else nullcontext():
                desk.routed(**BOTH, title=f"第{len(filed)}件 {seed}")
        desk.swept()
        assert tell(desk) == []
        for case in {desk.case_of(receipt).case_id for receipt in desk.receipts}:
            for one in notices.of_case(case):
                assert (one.state, one.attempts) == (Sending.SENT, 1)
                seen.setdefault(f"{one.case_id}{one.event}{one.recipient}{one.way}", one.at)
        desk.later(minutes=chance.choice([60, 90, 150]))
    assert waiting() == 0
    assert len(seen) >= 2 * 2
    assert not [at for at in seen.values() if hold.until("sms", at) is not None]
