"""The file of a subject model: a mark, what the file says of itself, a table of small numbers, and a check sum.

    "SUNSUBJ", version (1 byte) · length of the head (4 bytes, little endian) · head (JSON) · table · CRC-32 of all that

The table holds one row for the weight of each bucket, unsigned, and one row a label, signed: a byte each. It is read
where it lies and never unpacked, so that a function that starts has nothing to wait for.
"""

import struct
import zlib

import msgspec
from msgspec import Struct

from chalicelib.domain.model_card import Card
from chalicelib.domain.subject_grams import PARTS

MARK = b"SUNSUBJ"
VERSION = 1
MOST_BITS = 20
MOST_LABELS = 500
_GREATEST = 1e6  # of any number in the head: sums over a letter stay finite
_LEAD = struct.Struct("<7sBI")
_CHECK = struct.Struct("<I")


class NotAModel(Exception):
    """Bytes that are no model this program can use; the message says why."""


class Head(Struct, frozen=True):
    """How to read the table: ``2 ** bits`` buckets; ``scales``: of each label's row; ``starts``: what each label has
    before a word is read; ``shares``: of each of ``subject_grams.PARTS``; ``trust``: slope and shift that turn how far
    the best is ahead (log-odds) into how often that was right.
    """

    card: Card
    bits: int
    scales: tuple[float, ...]
    starts: tuple[float, ...]
    shares: tuple[float, ...]
    trust: tuple[float, float]


def pack(head: Head, table: bytes) -> bytes:
    """The file. Raises NotAModel when ``table`` is not what ``head`` says."""
    _check(head, len(table))
    written = msgspec.json.encode(head)
    body = _LEAD.pack(MARK, VERSION, len(written)) + written + table
    return body + _CHECK.pack(zlib.crc32(body))


def unpack(data: bytes) -> tuple[Head, memoryview]:
    """Head and table, the table not copied. Raises NotAModel, saying whether the file is foreign, new or damaged."""
    view = memoryview(data)
    if len(view) < _LEAD.size or view[: len(MARK)] != MARK:
        raise NotAModel("not a subject model")
    _, version, length = _LEAD.unpack_from(view)
    if version > VERSION:
        raise NotAModel(f"written in version {version}; this program reads up to {VERSION}")
    end = len(view) - _CHECK.size
    if end < _LEAD.size + length:
        raise NotAModel("cut short")
    if zlib.crc32(view[:end]) != _CHECK.unpack_from(view, end)[0]:
        raise NotAModel("damaged or cut short: the check sum differs")
    table = view[_LEAD.size + length : end]
    try:
        head = msgspec.json.decode(view[_LEAD.size : _LEAD.size + length], type=Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotAModel(f"its head cannot be read: {error}") from error
    _check(head, len(table))
    return head, table


def _check(head: Head, size: int) -> None:
    """Whether the head agrees with itself and with the table."""
    labels = head.card.labels
    if not 2 <= len(labels) <= MOST_LABELS or len(set(labels)) != len(labels) or not all(labels):
        raise NotAModel("its labels are not two or more different names")
    if not 1 <= head.bits <= MOST_BITS or size != (len(labels) + 1) << head.bits:
        raise NotAModel("its table is not of the size that its head tells")
    if len(head.scales) != len(labels) or len(head.starts) != len(labels) or len(head.shares) != len(PARTS):
        raise NotAModel("its head has not one number for each label and part of a letter")
    if not all(abs(number) <= _GREATEST for number in (*head.scales, *head.starts, *head.shares, *head.trust)):
        raise NotAModel("its head holds a number beyond all measure")
    if head.trust[0] < 0:
        raise NotAModel("it trusts itself the less the surer it is")
    if head.card.made_at.tzinfo is None or not all(0 <= share <= 1 for share in _shown(head.card)):
        raise NotAModel("its card holds a time without zone, or a share outside 0 to 1")


def _shown(card: Card) -> tuple[float, ...]:
    return (card.sure_from, card.macro_f1, card.accuracy)
