"""The day's root: what it covers, how one line is shown to stand in it, and that nothing of it can be altered."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain import roots
from chalicelib.domain.chain import GENESIS
from chalicelib.domain.roots import DayRoot, Proof, close, day_of, first_broken, page_node, prove, proves

DAY = date(2026, 3, 2)
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
days = st.sets(hashes, min_size=1, max_size=70)


def numbered(count: int) -> list[str]:
    """So many hashes of events."""
    return sorted(hashlib.sha256(str(number).encode()).hexdigest() for number in range(count))


def by_the_book(leaves: list[str]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + bytes.fromhex(leaves[0])).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + by_the_book(leaves[:split]) + by_the_book(leaves[split:])).digest()


def proof_in(event_hash: str, all_of_it: list[str]) -> Proof:
    """The proof, from whichever page has it."""
    closed, pages = close(DAY, all_of_it, GENESIS)
    tops = [page_node(page) for page in pages]
    [proof] = [found for page in pages if (found := prove(event_hash, page, tops, closed.events)) is not None]
    return proof


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 1023, 1024, 1025, 2048, 3000, 5001])
def test_the_root_is_that_of_the_book_however_many_pages_a_day_has(count: int) -> None:
    leaves = numbered(count)
    closed, pages = close(DAY, leaves, GENESIS)
    assert closed.root == by_the_book(leaves).hex()
    assert (closed.events, len(pages)) == (count, -(-count // roots.PAGE))


@given(days.flatmap(lambda those: st.tuples(st.just(those), st.permutations(sorted(those)))))
def test_the_order_in_which_events_are_found_is_nothing_to_the_root(both: tuple[set[str], list[str]]) -> None:
    those, shuffled = both
    assert close(DAY, [*shuffled, *shuffled], GENESIS) == close(DAY, those, GENESIS)


@given(days)
def test_every_event_of_a_day_can_be_shown_to_stand_in_its_root(those: set[str]) -> None:
    closed, _ = close(DAY, those, GENESIS)
    for event_hash in those:
        assert proves(proof_in(event_hash, sorted(those)), event_hash, closed.root)


@pytest.mark.parametrize("count", [1025, 2050])
def test_a_proof_goes_up_through_the_pages_of_a_full_day(count: int) -> None:
    leaves = numbered(count)
    closed, _ = close(DAY, leaves, GENESIS)
    for place in (0, 1, 1023, 1024, count - 1):
        assert proves(proof_in(leaves[place], leaves), leaves[place], closed.root)


@given(days, hashes)
def test_an_event_that_is_not_of_the_day_has_no_proof(those: set[str], other: str) -> None:
    closed, pages = close(DAY, those - {other}, GENESIS)
    tops = [page_node(page) for page in pages]
    assert all(prove(other, page, tops, closed.events) is None for page in pages)


@given(days, st.data())
def test_a_proof_of_which_anything_was_altered_proves_nothing(those: set[str], data: st.DataObject) -> None:
    closed, _ = close(DAY, those, GENESIS)
    event_hash = data.draw(st.sampled_from(sorted(those)))
    proof = proof_in(event_hash, sorted(those))
    forged = data.draw(
        st.one_of(
            st.integers(-1, closed.events + 1).map(lambda index: replace(proof, index=index)),
            st.just(replace(proof, path=proof.path[:-1])),
            st.just(replace(proof, path=(*proof.path, "00" * 32))),
            st.just(replace(proof, path=tuple(reversed(proof.path)))),
            st.integers(0, max(0, len(proof.path) - 1)).map(
                lambda at: replace(proof, path=(*proof.path[:at], "00" * 32, *proof.path[at + 1 :]))
            ),
        )
    )
    assert forged == proof or not proves(forged, event_hash, closed.root)


@given(days, st.data())
def test_one_altered_bit_of_one_event_is_another_root(those: set[str], data: st.DataObject) -> None:
    victim = data.draw(st.sampled_from(sorted(those)))
    bit = data.draw(st.integers(0, 255))
    altered = f"{int(victim, 16) ^ (1 << bit):064x}"
    before, _ = close(DAY, those, GENESIS)
    after, _ = close(DAY, (those - {victim}) | {altered}, GENESIS)
    assert after.root != before.root
    assert not proves(proof_in(victim, sorted(those)), altered, before.root)


def a_fortnight() -> list[DayRoot]:
    """Days, one after the other; on some nothing happened."""
    chained: list[DayRoot] = []
    for number in range(14):
        previous = chained[-1].hash if chained else GENESIS
        chained.append(close(DAY + timedelta(days=number), numbered(number % 5), previous)[0])
    return chained


def test_days_follow_each_other_without_a_gap() -> None:
    chained = a_fortnight()
    assert first_broken(chained) is None
    assert first_broken([]) is None
    assert first_broken([*chained[:3], *chained[4:]]) == chained[4].day


@settings(max_examples=60)
@given(st.integers(0, 13), st.data())
def test_a_day_altered_later_does_not_fit_its_place(number: int, data: st.DataObject) -> None:
    chained = a_fortnight()
    old = chained[number]
    forged = data.draw(
        st.sampled_from(
            [
                replace(old, root="ab" * 32),
                replace(old, events=old.events + 1),
                replace(old, previous="cd" * 32),
                replace(old, hash="ef" * 32),
                replace(old, day=old.day + timedelta(days=1)),
            ]
        )
    )
    assert first_broken([*chained[:number], forged, *chained[number + 1 :]]) == forged.day


def test_a_day_forged_with_its_own_new_hash_breaks_the_next() -> None:
    chained = a_fortnight()
    forged, _ = close(chained[4].day, numbered(9), chained[3].hash)
    assert first_broken([*chained[:4], forged, *chained[5:]]) == chained[5].day


def test_a_day_is_shanghai_s() -> None:
    assert day_of(datetime(2026, 3, 1, 15, 59, 59, 999999, tzinfo=UTC)) == date(2026, 3, 1)
    assert day_of(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)
