"""Closed days: their roots, the leaves of each, and the index in which a day's events are found without a scan."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct
from pynamodb.exceptions import PutError

from chalicelib.config import config
from chalicelib.domain.roots import DayRoot, Page, Proof, close, page_node, prove
from chalicelib.storage.keys import leaves_key, root_key
from chalicelib.storage.records import pack, unpack
from chalicelib.storage.table import DeskItem, condition_failed, get, raw_client, under

HASH_BYTES = 32
ROOTS = "roots"  # the partition of all closed days


class _Leaves(Struct, frozen=True):
    """A page as it is kept: its hashes one behind the other."""

    number: int
    hashes: bytes


def hashes_on(day: date) -> Iterator[str]:
    """The hashes of all events of a day, as the index has them by now, in their order."""
    pages = raw_client().get_paginator("query")  # with the model, a busy day would take minutes
    found = pages.paginate(
        TableName=config().table,
        IndexName="day",
        KeyConditionExpression="#day = :day",
        ProjectionExpression="day_hash",
        ExpressionAttributeNames={"#day": "day"},
        ExpressionAttributeValues={":day": {"S": f"{day:%Y-%m-%d}"}},
    )
    for page in found:
        for item in page["Items"]:
            yield item["day_hash"]["S"]


def anything_on(day: date) -> bool:
    """Whether anything happened on a day."""
    return next(iter(DeskItem.day_index.query(f"{day:%Y-%m-%d}", limit=1)), None) is not None


def root_of(day: date) -> DayRoot | None:
    """The root of a closed day; None for one that is not closed. Raises MsgspecError when what is kept is no root."""
    item = get(*root_key(day))
    return None if item is None else unpack(item.body, DayRoot)


def last_root() -> DayRoot | None:
    """The day that was closed last."""
    newest = DeskItem.query(ROOTS, scan_index_forward=False, limit=1, consistent_read=True)
    return next((unpack(item.body, DayRoot) for item in newest), None)


def all_days() -> list[str]:
    """The days, as ``2026-03-02``, that have a root, earliest first."""
    return [item.sk for item in DeskItem.query(ROOTS, consistent_read=True)]


def roots_from(day: date, most: int) -> list[DayRoot]:
    """The closed days from ``day`` on, earliest first."""
    return [unpack(item.body, DayRoot) for item in DeskItem.query(ROOTS, DeskItem.sk >= root_key(day)[1], limit=most)]


def newest_roots(most: int) -> list[DayRoot]:
    """The days closed last, earliest first."""
    newest = DeskItem.query(ROOTS, scan_index_forward=False, limit=most)
    return [unpack(item.body, DayRoot) for item in newest][::-1]


def keep(closed: DayRoot, pages: list[Page]) -> DayRoot:
    """Keep a closed day; gives the one that is kept, which is the earlier where another was faster.

    The leaves are written first, under the root they make: until the root is there nobody reads them, and those of one
    who was slower or was cut off are never read.
    """
    for item in _leaves_items(closed, pages):
        item.save()
    try:
        DeskItem(*root_key(closed.day), body=pack(closed)).save(DeskItem.pk.does_not_exist())
    except PutError as error:
        if not condition_failed(error):
            raise
        kept = root_of(closed.day)
        assert kept is not None  # the condition failed because it is there
        return kept
    return closed


def _leaves_items(closed: DayRoot, pages: list[Page]) -> Iterator[DeskItem]:
    for page in pages:
        hashes = bytes.fromhex("".join(page.hashes))
        yield DeskItem(*_page_key(closed, page.hashes[0]), body=pack(_Leaves(page.number, hashes)))
    yield DeskItem(*_tops_key(closed), body=pack([page_node(page).hex() for page in pages]))


def leaves_of(closed: DayRoot) -> Iterator[str]:
    """The hashes of all events in a closed day's root, in their order."""
    for item in under(*_page_key(closed, "")):  # consistent: a leaf overlooked would be taken for one that came late
        yield from _page(item).hashes


def leaves_agree(closed: DayRoot) -> bool:
    """Whether the leaves that are kept make the root of their day, page by page and to the letter."""
    again, pages = close(closed.day, leaves_of(closed), closed.previous)
    tops = get(*_tops_key(closed))
    kept = [item.body for item in under(*_page_key(closed, ""))] + ([] if tops is None else [tops.body])
    return again == closed and kept == [item.body for item in _leaves_items(closed, pages)]


def proofs(closed: DayRoot, hashes: list[str]) -> dict[str, Proof]:
    """The proofs of those of ``hashes`` that stand in a closed day. One read for each page that they lie on."""
    found: dict[str, Proof] = {}
    page: Page | None = None
    tops: list[bytes] = []
    for hash_ in sorted(set(hashes)):
        if page is None or hash_ > page.hashes[-1]:
            page = _page_with(closed, hash_)
        if page is None:
            continue
        tops = tops or _tops_of(closed)
        proof = prove(hash_, page, tops, closed.events)
        if proof is not None:
            found[hash_] = proof
    return found


def _page_with(closed: DayRoot, hash_: str) -> Page | None:
    """The page that begins last at or before ``hash_``: if any holds it, this one."""
    first, last = _page_key(closed, "")[1], _page_key(closed, hash_)[1]
    before = DeskItem.query(
        leaves_key(closed.day),
        DeskItem.sk.between(first, last),
        scan_index_forward=False,
        limit=1,
        consistent_read=True,
    )
    return next((_page(item) for item in before), None)


def _tops_of(closed: DayRoot) -> list[bytes]:
    item = get(*_tops_key(closed))
    assert item is not None  # written before the root was
    return [bytes.fromhex(top) for top in unpack(item.body, list[str])]


def _page(item: DeskItem) -> Page:
    leaves = unpack(item.body, _Leaves)
    starts = range(0, len(leaves.hashes), HASH_BYTES)
    return Page(leaves.number, tuple(leaves.hashes[start : start + HASH_BYTES].hex() for start in starts))


def _page_key(closed: DayRoot, first: str) -> tuple[str, str]:
    return leaves_key(closed.day), f"page#{closed.root}#{first}"


def _tops_key(closed: DayRoot) -> tuple[str, str]:
    return leaves_key(closed.day), f"tops#{closed.root}"
