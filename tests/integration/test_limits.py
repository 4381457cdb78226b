"""Limits by person, by telephone and by address: counted with what they limit, told in words, nobody locked out."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.desk import cities, limits, proving, submitting, tracking
from chalicelib.desk.gates import of_letter
from chalicelib.desk.submitting import Receipt
from chalicelib.domain.errors import TooMany
from chalicelib.domain.words import Channel
from chalicelib.storage import counts
from chalicelib.storage.counts import Count, Exhausted
from tests.integration.desk import Desk, form
from tests.integration.watching import everything, watched

CAFE, HOME = "203.0.113.7", "198.51.100.20"
PHONE = "19900007777"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk that allows little, and asks for no work: that is another matter."""
    few = replace(desk.city.gates, letters_of_person=3, letters_from_address=5, additions=2, work=0)
    desk.city = cities.use(replace(desk.city, gates=few))
    return desk


def filed(desk: Desk, address: str = HOME, **changes: object) -> Receipt:
    """A letter by the public form, from somewhere."""
    raw = form(**changes)
    return submitting.submit(raw, "zh", desk.now, of_letter(raw, address, desk.now))


def letters() -> int:
    """How many were filed."""
    return sum(key.startswith("receipt#") and key.endswith(" submission") for key in everything())


def test_a_person_writes_so_many_letters_a_day_wherever_she_is(desk: Desk) -> None:
    for number in range(3):
        filed(desk, address=f"203.0.113.{number}", phone=PHONE)
    before = everything()
    with pytest.raises(TooMany) as told:
        filed(desk, address="203.0.113.99", phone="199 0000 7777")
    assert told.value.code == "too_many_letters_own"
    assert told.value.params["phone"] == "0999-5550100"
    assert told.value.seconds == 15 * 3600 + 1, "until midnight in Shanghai"
    assert everything() == before, "all or nothing"
    filed(desk, phone="19900008888")
    filed(desk.later(hours=15), phone=PHONE)


def test_an_address_sends_so_many_an_hour_whoever_writes_there(desk: Desk) -> None:
    for _ in range(5):
        filed(desk, CAFE)
    with pytest.raises(TooMany) as told:
        filed(desk, CAFE)
    assert (told.value.code, told.value.params["minutes"]) == ("too_many_letters_address", "61")
    filed(desk, HOME)
    filed(desk.later(hours=1), CAFE)


def test_who_says_nothing_of_herself_is_counted_by_her_address_alone(desk: Desk) -> None:
    for number in range(5):
        filed(desk, anonymous=True, name="", phone="", kind="accusation", mailbox="discipline", title=f"第{number}件")
    assert not [key for key in everything() if key.startswith("count#letters") and "#@" not in key]


def test_the_same_form_again_counts_once_and_gets_its_receipt_at_the_bound_too(desk: Desk) -> None:
    raw = form(phone=PHONE)
    first = submitting.submit(raw, "zh", desk.now, of_letter(raw, CAFE, desk.now))
    for _ in range(4):
        assert submitting.submit(raw, "zh", desk.now, of_letter(raw, CAFE, desk.now)).number == first.number
    filed(desk, CAFE, phone=PHONE)
    filed(desk, CAFE, phone=PHONE)
    again = submitting.submit(raw, "zh", desk.now, of_letter(raw, CAFE, desk.now))
    assert (again.number, again.repeated) == (first.number, True)


def test_it_is_counted_in_the_letter_s_own_transaction(desk: Desk) -> None:
    filed(desk)
    with watched() as calls:
        filed(desk)
    assert calls == ["TransactWriteItems", "SendMessageBatch"]


def test_nobody_who_reads_the_table_learns_an_address_and_counts_forget_themselves(desk: Desk) -> None:
    filed(desk, CAFE, phone=PHONE)
    kept = {key: item for key, item in everything().items() if key.startswith("count#")}
    assert len(kept) == 2
    assert CAFE not in str(everything())
    assert PHONE not in str(kept)
    assert all(int(item["expires"]["N"]) > desk.now.timestamp() for item in kept.values())
    filed(desk.later(days=1), CAFE, phone=PHONE)
    days = {key.split()[0] for key in everything() if key.startswith("count#letters#@")}
    assert len(days) == 2, "and one address is another digest the next day"


def test_two_at_once_are_two_and_the_bound_holds(desk: Desk) -> None:
    count = Count("letters", "somebody", "today", desk.now + timedelta(hours=1), 2)
    counts.take(count)
    counts.take(count)
    with pytest.raises(Exhausted):
        counts.take(count)
    assert counts.used(count) == 2


def test_a_letter_is_added_to_so_often_a_day_and_the_counter_adds_all_the_same(desk: Desk) -> None:
    receipt = filed(desk)
    desk.supplemented(receipt)
    desk.supplemented(receipt)
    with pytest.raises(TooMany) as told:
        desk.supplemented(receipt)
    assert told.value.code == "too_many_additions_own"
    hand = tracking.Hand(desk.clerk.actor, Channel.PHONE)
    tracking.supplement(receipt.number, {"key": "k" * 20, "text": "来电补充", "uploads": []}, desk.now, hand)
    desk.later(days=1).supplemented(receipt)


def test_counter_staff_and_other_desks_are_not_counted(desk: Desk) -> None:
    for _ in range(7):
        desk.filed(phone=PHONE)
    assert not [key for key in everything() if key.startswith("count#")]


def test_uploads_messages_and_webhooks_have_their_bounds(desk: Desk) -> None:
    few = replace(desk.city.gates, uploads_from_address=1, messages=1, webhooks=1)
    cities.use(replace(desk.city, gates=few))
    limits.count_upload(CAFE, desk.now)
    limits.count_message("talk", desk.now)
    limits.count_webhook("province", desk.now)
    with pytest.raises(TooMany) as uploads:
        limits.count_upload(CAFE, desk.now)
    with pytest.raises(TooMany) as messages:
        limits.count_message("talk", desk.now)
    with pytest.raises(TooMany) as webhooks:
        limits.count_webhook("province", desk.now)
    codes = [told.value.code for told in (uploads, messages, webhooks)]
    assert codes == ["too_many_uploads_address", "too_many_messages_own", "too_many_webhooks_own"]
    limits.count_upload(HOME, desk.now)
    limits.count_message("talk", desk.now + timedelta(minutes=1))


def test_the_work_grows_with_what_comes_from_an_address_and_is_bounded(desk: Desk) -> None:
    cities.use(replace(desk.city, gates=replace(desk.city.gates, work=10, hardest=4)))
    now = datetime.now(UTC)
    desk.now = now

    def most() -> int:
        made = proving.challenge({"purpose": "submission", "key": "k" * 20}, CAFE, now)
        assert made is not None
        return made.most

    grown = [most()]
    for _ in range(5):
        counts.take(limits._from_address("letters", CAFE, now, 99))
        grown.append(most())
    assert grown == [15, 15, 30, 60, 60, 60]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::1%eth0", True),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("nonsense:x", "nonsense:y", False),
    ],
)
def test_a_household_of_ipv6_is_one_address(desk: Desk, one: str, other: str, same: bool) -> None:
    digests = {limits._from_address("letters", address, desk.now, 5).whom for address in (one, other)}
    assert (len(digests) == 1) is same
