"""Who booked on a reception is told of what becomes of it, and reminded the day before: once, by what she left."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pynamodb.exceptions import TransactWriteError

from chalicelib.desk import booking, receiving
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import NotAllowed, NotFound
from chalicelib.domain.messages import ReceptionMessage, Topic
from chalicelib.domain.receptions import Reception
from chalicelib.domain.words import STAFF, Role
from chalicelib.entrypoints import queues
from chalicelib.storage import notices, receptions
from chalicelib.storage.keys import booking_key
from chalicelib.storage.notices import Sending
from chalicelib.storage.records import pack
from chalicelib.storage.table import DeskItem
from tests.integration import providers
from tests.integration.desk import Desk
from tests.integration.receiving import ADDRESS, MATTER, between, booked, booking_form, joint, plan_form, planned
from tests.integration.telling import tell
from tests.integration.test_console import visitor
from tests.integration.test_queues import batch
from tests.integration.watching import everything, in_plain, lost, outbox, sent_at_all, watched

PHONE, MAIL = "19900001234", "chunhua@example.cn"


@pytest.fixture
def real(desk: Desk) -> Iterator[Desk]:
    """A desk that sends by SNS and SES."""
    with providers.in_business():
        yield desk


def moved(desk: Desk, reception: Reception, **changes: str) -> Reception:
    """The clerk moves it by a day, or changes what ``changes`` says."""
    form = plan_form(reception.plan.starts_at + timedelta(days=0 if changes else 1), **changes)
    revision = str(len(receptions.load(reception.id).changes))
    return receiving.change(
        reception.id, {**form, "reason": "市里临时开会。", "revision": revision}, desk.clerk, desk.now
    )


def rebooked(desk: Desk, reception: Reception, number: str, turn: str) -> Reception:
    """The clerk changes one booking."""
    return receiving.rebook(reception.id, number, {"turn": turn, "reason": "本人来电"}, desk.clerk, desk.now)


def texts() -> list[str]:
    """The text of every SMS."""
    return [text for _, text in providers.sms()]


def recorded(reception: Reception) -> list[tuple[int, str, Sending, int]]:
    """What is on record: the news, the way, how it stands, after how many attempts."""
    return [(one.event, one.way, one.state, one.attempts) for one in notices.of_reception(reception.id)]


def test_a_reception_that_is_moved_is_told_once_by_each_way_that_was_left(real: Desk) -> None:
    reception = planned(real)
    number = booked(real, reception, phone=PHONE, email=MAIL).standing.number
    moved(real, reception)
    for _ in range(3):
        assert tell(real) == []
    [(phone, text)] = providers.sms()
    [mail] = providers.mails()
    assert phone == f"+86{PHONE}"
    old, new = (
        f"{(reception.plan.starts_at + timedelta(days=days)).astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for days in (0, 1)
    )
    spoken = f"{number[:4]} {number[4:8]} {number[8:]}"
    for told in (text, mail.html):
        assert all(word in told for word in (old, new, spoken, "市里临时开会", "receptions.html"))
    assert mail.to == MAIL
    assert spoken in mail.subject
    assert recorded(reception) == [(1, "mail", Sending.SENT, 1), (1, "sms", Sending.SENT, 1)]
    assert outbox() == set()


def test_a_notice_names_nobody_and_says_nothing_of_the_matter(real: Desk) -> None:
    reception = planned(real)
    made = booked(real, reception, name="欧阳春华", phone=PHONE, email=MAIL, about="家里进水了")
    moved(real, reception)
    tell(real)
    for told in (*texts(), *(mail.html for mail in providers.mails())):
        assert not any(secret in told for secret in ("欧阳", "家里进水了", made.code))
    for secret in ("欧阳春华", PHONE, MAIL, "家里进水了"):
        assert secret not in in_plain()


def test_each_is_told_in_her_own_language(real: Desk) -> None:
    reception = joint(real)
    booking.book(reception.id, booking_form(phone=PHONE, email=MAIL), "en", ADDRESS, real.now)
    receiving.call_off(reception.id, {"reason": "Flood watch."}, real.clerk, real.now)
    tell(real)
    [text], [mail] = texts(), providers.mails()
    assert "is called off: please do not come. Reason: Flood watch. You can" in text
    assert "/en/receptions.html" in text
    assert mail.subject.startswith("The reception that you booked is called off")


def test_who_withdrew_before_the_notice_went_out_is_not_told(real: Desk) -> None:
    reception = planned(real)
    stays, goes = (booked(real, reception, phone=phone) for phone in (PHONE, "19900005678"))
    moved(real, reception)
    booking.cancel(goes.standing.number, real.now)
    assert tell(real) == []
    assert [phone for phone, _ in providers.sms()] == [f"+86{PHONE}"]
    assert booking.look_up(stays.standing.number).booking is not None


def test_who_cancelled_after_a_try_that_was_cut_off_leaves_nothing_that_is_sending_for_ever(real: Desk) -> None:
    reception = planned(real)
    goes = booked(real, reception, phone=PHONE)
    moved(real, reception)
    with providers.killed_after("sns"), pytest.raises(providers.Killed):
        tell(real)
    booking.cancel(goes.standing.number, real.later(minutes=1).now)
    assert tell(real) == []
    assert [state for _, _, state, _ in recorded(reception)] == [Sending.SENDING]
    real.later(minutes=5)
    assert tell(real) == []
    assert [state for _, _, state, _ in recorded(reception)] == [Sending.SETTLED]
    assert len(providers.sms()) == 1


def test_nothing_is_sent_where_nobody_booked_or_nothing_changes_for_who_did(desk: Desk) -> None:
    reception = planned(desk)
    moved(desk, reception)
    booked(desk, reception)
    moved(desk, receptions.load(reception.id), places="9")
    assert outbox() == set()
    assert sent_at_all(Topic.NOTICES) == []


def test_a_booking_that_the_office_changes_is_told_to_its_citizen_alone(real: Desk) -> None:
    reception = planned(real)
    number = booked(real, reception, phone=PHONE).standing.number
    booked(real, reception)
    rebooked(real, reception, number, "2")
    tell(real)
    rebooked(real, reception, number, "off")
    tell(real)
    assert [phone for phone, _ in providers.sms()] == [f"+86{PHONE}"] * 2
    shifted, released = texts()
    later = (reception.plan.starts_at + timedelta(minutes=40)).astimezone(SHANGHAI)
    assert f"改到{later:%Y-%m-%d %H:%M}" in shifted
    assert f"{later:%Y-%m-%d %H:%M}的接访预约" in released
    assert "已由接待人员取消。原因：本人来电。" in released
    assert len(receptions.load(reception.id).bookings) == 1


def test_the_change_and_its_message_are_one_transaction(desk: Desk) -> None:
    reception = planned(desk)
    number = booked(desk, reception).standing.number
    before = everything()
    with lost("TransactWriteItems"):
        with pytest.raises(TransactWriteError):
            moved(desk, reception)
        with pytest.raises(TransactWriteError):
            rebooked(desk, reception, number, "off")
    assert everything() == before
    with watched() as calls:
        moved(desk, reception)
    assert calls.count("TransactWriteItems") == 1
    assert outbox() == {ReceptionMessage(reception.id, 1).id}


def test_what_the_queue_did_not_take_is_sent_by_the_sweep(real: Desk) -> None:
    reception = planned(real)
    booked(real, reception)
    with lost("SendMessageBatch"):
        moved(real, reception)
    assert tell(real) == []
    assert texts() == []
    assert real.later(minutes=3).swept().resent == 1
    assert tell(real) == []
    assert len(texts()) == 1
    assert outbox() == set()


@pytest.mark.parametrize("provider", ["sns", "sesv2"])
def test_while_one_provider_is_down_the_other_way_is_told_and_the_message_comes_again(
    real: Desk, provider: str
) -> None:
    reception = planned(real)
    booked(real, reception, phone=PHONE, email=MAIL)
    moved(real, reception)
    with providers.down(provider):
        assert tell(real) == [ReceptionMessage(reception.id, 1)]
    assert len(providers.sms()) + len(providers.mails()) == 1
    assert {(one.state, one.error) for one in notices.of_reception(reception.id)} == {
        (Sending.SENT, ""),
        (Sending.FAILED, "EndpointConnectionError"),
    }
    assert tell(real.later(minutes=6)) == []
    assert (len(providers.sms()), len(providers.mails())) == (1, 1)
    assert outbox() == set()


def test_a_late_notice_tells_how_it_stands_now_and_not_how_it_stood(real: Desk) -> None:
    reception = planned(real)
    booked(real, reception, phone=PHONE)
    moved(real, reception, place="二楼会议室")
    with providers.down("sns"):
        tell(real)
    moved(real, reception, place="三楼会议室")
    assert tell(real.later(minutes=6)) == []
    [text] = texts()
    assert "到三楼会议室" in text


def test_two_changes_on_one_another_s_heels_are_told_as_one_from_what_she_knew(real: Desk) -> None:
    reception = planned(real)
    number = booked(real, reception, phone=PHONE).standing.number
    rebooked(real, reception, number, "2")
    moved(real, reception, place="二楼会议室")
    assert tell(real) == []
    [text] = texts()
    old, new = (
        f"{(reception.plan.starts_at + timedelta(minutes=later)).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        for later in (0, 40)
    )
    assert f"请在{new}到二楼会议室" in text
    assert f"原定{old}，{reception.plan.place}" in text
    moved(real, reception, place="三楼会议室")
    assert tell(real) == []
    assert f"原定{new}，二楼会议室" in texts()[-1]


def test_who_is_forgotten_by_now_is_not_told_and_stops_nobody(real: Desk) -> None:
    reception = planned(real)
    gone = booked(real, reception).standing.number
    booked(real, reception, phone=PHONE)
    moved(real, reception)
    DeskItem(*booking_key(gone)).delete()
    assert tell(real) == []
    assert [phone for phone, _ in providers.sms()] == [f"+86{PHONE}"]


def test_the_room_of_notices_shows_what_was_sent_masked_with_the_way_to_the_reception(real: Desk) -> None:
    reception = planned(real)
    booked(real, reception, phone=PHONE, email=MAIL)
    moved(real, reception)
    tell(real)
    page = visitor(Role.CLERK).get(f"/console/messages?day={real.now.astimezone(SHANGHAI):%Y-%m-%d}").page
    assert "您预约的接访有变动" in page
    assert "199******34" in page
    assert "c***@example.cn" in page
    assert f'href="/console/receptions/{reception.id}"' in page
    assert PHONE not in page
    assert "/console/cases/" not in page


def test_the_clerk_sees_at_each_booking_what_was_sent_and_what_failed(real: Desk) -> None:
    reception = planned(real)
    booked(real, reception, phone=PHONE, email=MAIL)
    moved(real, reception)
    with providers.down("sns"):
        tell(real)
    page = visitor(Role.CLERK).get(f"/console/receptions/{reception.id}").page
    assert "变动通知：短信发送失败" in page
    assert "变动通知：邮件已发出" in page
    assert "变动通知" not in visitor(Role.SUPERVISOR).get(f"/console/receptions/{reception.id}").page


def test_the_queue_s_function_tells_of_receptions_and_the_routing_queue_s_refuses_them(real: Desk) -> None:
    real.now = datetime.now(UTC)  # the functions read the real clock
    reception = planned(real)
    booked(real, reception)
    moved(real, reception)
    body = pack(ReceptionMessage(reception.id, 1))
    assert len(queues.route_submissions(batch(body))["batchItemFailures"]) == 1
    assert texts() == []
    assert queues.send_notices(batch(body)) == {"batchItemFailures": []}
    assert len(texts()) == 1


@pytest.mark.parametrize("role", sorted(STAFF - {Role.CLERK}))
def test_only_the_clerk_changes_a_booking(desk: Desk, role: Role) -> None:
    from chalicelib.domain.people import Staff

    reception = planned(desk)
    number = booked(desk, reception).standing.number
    before = everything()
    with pytest.raises(NotAllowed):
        receiving.rebook(
            reception.id, number, {"turn": "off", "reason": "x"}, Staff("x", "某人", role, "housing"), desk.now
        )
    with pytest.raises(NotFound):
        rebooked(desk, reception, "482710935526", "off")
    assert everything() == before


def test_a_booking_that_is_changed_while_others_book_costs_nobody_a_place(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reception = planned(desk)
    number = booked(desk, reception).standing.number
    between(monkeypatch, lambda: booked(desk, reception))
    rebooked(desk, reception, number, "2")
    assert [one.place for one in receptions.load(reception.id).bookings] == [1, 2]


def test_who_was_heard_is_told_nothing_any_more(real: Desk) -> None:
    reception = planned(real, days=1)
    number = booked(real, reception).standing.number
    moved(real, reception, place="二楼会议室")
    real.later(days=1)
    receiving.hear(reception.id, number, MATTER, real.clerk, real.now)
    assert tell(real) == []
    assert not any("二楼会议室" in text for text in texts())
