"""What the desk at work lacks of what it held then; told by kind and number, never by content."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from chalicelib.domain.events import Erased
from infra.kept import Item, items, key_of

CASE, RECEIPT = "case", "receipt"
COMES_BACK = frozenset(
    {
        *("settings", "staff", "roots", "leaves", "runs", "run", "ledger", "facts", "formula", "contest"),
        *(
            "reports",
            "report",
            "paper",
            "papers",
            "serial",
            "honours",
            "praised",
            "agency-number",
            "exam",
            "exam-marks",
        ),
        *("reception", "lay", "clearing", "clearings"),
    }
)
"""Kinds of which the desk at work deletes nothing by itself: what lacks of them was lost."""

OF_A_CASE = ("decisions", "matters")  # come back with their case alone: they are also taken down
NEVER = frozenset({("settings", "pulse"), ("settings", "recount")})
Key = tuple[str, str]


class _Told(Struct):
    kind: str
    payload: msgspec.Raw


class Differences(Struct):
    """Between two tables: what is gone from the one at work, what is there and other, and what is new since.

    ``erased``: receipts whose writers have had their data erased, in either; what is theirs stays gone.
    """

    gone: list[Key]
    altered: list[Key]
    new: int
    erased: frozenset[str]

    def told(self) -> dict[str, Any]:
        """By kind, for a person to read."""
        return {
            "gone": dict(sorted(Counter(kind_of(key) for key in self.gone).items())),
            "altered": dict(sorted(Counter(kind_of(key) for key in self.altered).items())),
            "new": self.new,
        }


def kind_of(key: Key) -> str:
    """What an item is, e.g. ``case event``, ``receipt petitioner``, ``outbox``."""
    kind = key[0].partition("#")[0]
    return f"{kind} {key[1].partition('#')[0]}" if kind in (CASE, RECEIPT) else kind


def compare(database: Any, live: str, restored: str) -> Differences:
    """Read both tables whole. About 200 bytes of memory an item."""
    erased: set[str] = set()
    then = dict(_digests(items(database, restored), erased))
    altered: list[Key] = []
    new = 0
    for key, digest in _digests(items(database, live), erased):
        was = then.pop(key, None)
        if was is None:
            new += 1
        elif was != digest:
            altered.append(key)
    return Differences(sorted(then), sorted(altered), new, frozenset(erased))


def _digests(found: Iterable[Item], erased: set[str]) -> Iterable[tuple[Key, bytes]]:
    for item in found:
        key = key_of(item)
        if "expires" in item:  # goes by itself
            continue
        if key[1].startswith("event#") and Erased.__name__ in item["body"]["S"]:
            told = msgspec.json.decode(item["body"]["S"], type=_Told)
            if told.kind == Erased.__name__:
                erased.add(msgspec.json.decode(told.payload, type=Erased).receipt)
        yield key, hashlib.blake2b(json.dumps(item, sort_keys=True).encode(), digest_size=16).digest()


def to_bring_back(found: Differences) -> list[Key]:
    """Which of the items that are gone were lost, and not deleted by the desk at its work."""
    lost_cases = frozenset(key[0].removeprefix("case#") for key in found.gone if key[1] == CASE)
    return [key for key in found.gone if _was_lost(key, found.erased, lost_cases)]


def _was_lost(key: Key, erased: frozenset[str], lost_cases: frozenset[str]) -> bool:
    pk, sk = key
    kind, _, number = pk.partition("#")
    if kind == RECEIPT:
        return number not in erased
    if kind == CASE:
        told, *rest = sk.split("#")
        if told == "notice":
            return not erased.intersection(rest)
        return told in ("event", CASE)
    if kind in OF_A_CASE:
        return sk.rpartition("#")[2] in lost_cases
    return kind in COMES_BACK and key not in NEVER
