"""The day's root: one number over all that happened on a day. It is published, so nobody can alter a line afterwards.

A day's events are the leaves of a Merkle tree as Certificate Transparency has it (RFC 6962, section 2.1), in the order
of their hashes, and each day's root is chained to the day before. A day's hash can thus be printed in a newspaper and
stands for everything up to then.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.chain import GENESIS

PAGE = 1024  # leaves that are kept together. A power of two, so that each page is a subtree of the day's tree
ONE_DAY = timedelta(days=1)


class DayRoot(Struct, frozen=True):
    """A closed day. ``hash`` covers everything else in it, and so the day before, and all days before that."""

    day: date  # Shanghai's
    events: int
    root: str
    previous: str  # the hash of the day before; of the first day, zeros
    hash: str


class Page(Struct, frozen=True):
    """Some of a day's leaves: the hashes of events in their order. ``number`` counts the pages of a day from 0."""

    number: int
    hashes: tuple[str, ...]


class Proof(Struct, frozen=True):
    """That one leaf stands in a tree of ``size`` leaves: the sibling nodes on the way from it up to the root."""

    index: int
    size: int
    path: tuple[str, ...]


class Tree(Struct, frozen=True):
    """A Merkle tree, level by level from the leaves' nodes up; a node without a sibling goes up as it is."""

    levels: tuple[tuple[bytes, ...], ...]

    @property
    def root(self) -> bytes:
        """The node above all; over nothing, the digest of nothing."""
        return self.levels[-1][0] if self.levels[-1] else hashlib.sha256().digest()

    def path(self, index: int) -> Iterator[bytes]:
        """The siblings on the way up from the node at ``index`` of the lowest level."""
        for level in self.levels[:-1]:
            if index ^ 1 < len(level):
                yield level[index ^ 1]
            index //= 2


def day_of(at: datetime) -> date:
    """The day to which an event of that moment belongs."""
    return at.astimezone(SHANGHAI).date()


def close(day: date, hashes: Iterable[str], previous: str) -> tuple[DayRoot, list[Page]]:
    """The closed day over the events with these hashes, and its leaves page by page.

    Whatever the order of ``hashes`` and however often one is named, the same set gives the same root.
    """
    pages = list(_pages(sorted(set(hashes))))
    root = grow([page_node(page) for page in pages]).root.hex()
    events = sum(len(page.hashes) for page in pages)
    return DayRoot(day, events, root, previous, _day_hash(day, events, root, previous)), pages


def _pages(ordered: Sequence[str]) -> Iterator[Page]:
    for number, start in enumerate(range(0, len(ordered), PAGE)):
        yield Page(number, tuple(ordered[start : start + PAGE]))


def page_node(page: Page) -> bytes:
    """The node above all leaves of a page."""
    return _tree_of(page).root


def _tree_of(page: Page) -> Tree:
    return grow([_leaf(hash_) for hash_ in page.hashes])


def _leaf(event_hash: str) -> bytes:
    return hashlib.sha256(b"\x00" + bytes.fromhex(event_hash)).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(nodes: Sequence[bytes]) -> Tree:
    """The tree over ``nodes``, which are leaves' hashes, or the tops of equal subtrees but for the last."""
    levels = [tuple(nodes)]
    while len(below := levels[-1]) > 1:
        pairs = [_node(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
        levels.append((*pairs, *below[len(pairs) * 2 :]))
    return Tree(tuple(levels))


def _day_hash(day: date, events: int, root: str, previous: str) -> str:
    """SHA-256, in hexadecimal, over the line as JSON: ``["2026-03-02",12,"…root","…previous"]``."""
    return hashlib.sha256(msgspec.json.encode([day, events, root, previous])).hexdigest()


def prove(event_hash: str, page: Page, tops: Sequence[bytes], size: int) -> Proof | None:
    """That the event stands in the day whose pages have these ``tops``; None when it is not on this page."""
    place = bisect_left(page.hashes, event_hash)
    if place == len(page.hashes) or page.hashes[place] != event_hash:
        return None
    path = (*_tree_of(page).path(place), *grow(tops).path(page.number))
    return Proof(page.number * PAGE + place, size, tuple(node.hex() for node in path))


def proves(proof: Proof, event_hash: str, root: str) -> bool:
    """Whether ``proof`` leads from the event up to ``root`` (RFC 9162, section 2.1.3.2). Raises ValueError: no hex."""
    if not 0 <= proof.index < proof.size:
        return False
    at, last, node = proof.index, proof.size - 1, _leaf(event_hash)
    for sibling in map(bytes.fromhex, proof.path):
        if last == 0:
            return False
        if at % 2 or at == last:
            node = _node(sibling, node)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            node = _node(node, sibling)
        at, last = at // 2, last // 2
    return last == 0 and node.hex() == root


def first_broken(days: Iterable[DayRoot]) -> date | None:
    """The first day that does not follow the one before it, or whose hash is not its own; None when all do."""
    previous, expected = GENESIS, None
    for closed in days:
        own = _day_hash(closed.day, closed.events, closed.root, previous)
        if (closed.previous, closed.hash) != (previous, own) or closed.day != (expected or closed.day):
            return closed.day
        previous, expected = closed.hash, closed.day + ONE_DAY
    return None
