"""Films, recordings and HEIC pictures without the traces of a telephone: where, when and with whose device they were
made. They are built of boxes (ISO/IEC 14496-12), which tell of each other by their places in the file: so nothing is
taken out of it, what tells too much is written over. Which way is up stands elsewhere, and stays.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

_FREE = b"free"  # a box whose content means nothing
_TOLD = (b"udta", b"meta", b"uuid")  # 8.10.1, 8.11.1, 11.1: the place (©xyz, loci), the device, Apple's keys, XMP
_WITHIN = (b"moov", b"trak", b"mdia")  # each in the one before: in which they may stand
_DATED = (b"mvhd", b"tkhd", b"mdhd")  # 8.2.2, 8.3.2, 8.4.2: when it was made, when it was changed
_EXIF, _XMP = b"Exif", b"application/rdf+xml"  # ISO/IEC 23008-12, annex A
_NO_EXIF = bytes(4) + b"MM\x00*\x00\x00\x00\x08" + bytes(6)  # where its TIFF begins, and one without an entry
_NO_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
_FILLS = {_NO_EXIF: b"\x00", _NO_XMP: b" "}


class Misshapen(ValueError):
    """It is not built as its format says."""


class _Box(NamedTuple):
    """One box: what it is, where it starts, where its content starts, where it ends."""

    kind: bytes
    starts: int
    holds: int
    ends: int


class _Reader:
    """Reads numbers one after the other."""

    def __init__(self, content: bytes | bytearray, place: int, ends: int) -> None:
        self._content, self._place, self._ends = content, place, ends

    def number(self, size: int) -> int:
        """The next number, of ``size`` bytes; 0 of none. Raises Misshapen at the end."""
        return int.from_bytes(self.some(size))

    def some(self, size: int) -> bytes:
        """The next ``size`` bytes. Raises Misshapen at the end."""
        if self._place + size > self._ends:
            raise Misshapen
        self._place += size
        return bytes(self._content[self._place - size : self._place])

    def rest(self) -> bytes:
        """What is left."""
        return self.some(self._ends - self._place)


def film_without_traces(content: bytes) -> bytes:
    """A film or recording (MP4, QuickTime, 3GPP) without its traces, as long as it was. Raises Misshapen."""
    film = bytearray(content)
    _forget(film, 0, len(film), _TOLD, _WITHIN)
    return bytes(film)


def heic_without_traces(content: bytes) -> bytes:
    """A HEIC picture without its traces, as long as it was. Raises Misshapen."""
    picture = bytearray(content)
    for box in _boxes(content, 0, len(content)):
        if box.kind == b"meta":
            for starts, ends, instead in _told_beside(content, box):
                picture[starts:ends] = instead.ljust(ends - starts, _FILLS[instead])[: ends - starts]
    _forget(picture, 0, len(picture), (b"udta", b"uuid"), _WITHIN)
    return bytes(picture)


def _forget(film: bytearray, starts: int, ends: int, told: tuple[bytes, ...], within: tuple[bytes, ...]) -> None:
    for box in _boxes(film, starts, ends):
        if box.kind in told:
            film[box.starts + 4 : box.starts + 8] = _FREE
            film[box.holds : box.ends] = bytes(box.ends - box.holds)
        elif box.kind in within[:1]:
            _forget(film, box.holds, box.ends, _TOLD, within[1:])
        elif box.kind in _DATED:
            dates = 16 if _Reader(film, box.holds, box.ends).number(1) else 8  # behind version and flags
            if box.holds + 4 + dates > box.ends:
                raise Misshapen
            film[box.holds + 4 : box.holds + 4 + dates] = bytes(dates)


def _boxes(content: bytes | bytearray, starts: int, ends: int) -> Iterator[_Box]:
    while starts + 8 <= ends:
        size, kind = struct.unpack_from(">I4s", content, starts)
        holds = starts + 8
        if size == 1:  # the true size stands behind the name
            size, holds = _Reader(content, holds, ends).number(8), holds + 8
        elif size == 0:  # it goes on to the end
            size = ends - starts
        if size < holds - starts or starts + size > ends:
            raise Misshapen
        yield _Box(kind, starts, holds, starts + size)
        starts += size


def _told_beside(content: bytes, meta: _Box) -> list[tuple[int, int, bytes]]:
    """Where the items lie that tell of the picture, from and to, and what is to stand there instead."""
    found = {box.kind: box for box in _boxes(content, meta.holds + 4, meta.ends)}
    if b"iinf" not in found or b"iloc" not in found:
        return []
    telling = dict(_telling_items(content, found[b"iinf"]))
    data = found[b"idat"].holds if b"idat" in found else None
    places = _places(content, found[b"iloc"], data)
    told = [(starts, ends, telling[item]) for item, starts, ends in places if item in telling]
    if any(ends > len(content) for _, ends, _ in told) or sum(ends - starts for starts, ends, _ in told) > len(content):
        raise Misshapen
    return told


def _telling_items(content: bytes, items: _Box) -> Iterator[tuple[int, bytes]]:
    """8.11.6: the numbers of the items that are Exif or XMP, with what says nothing."""
    header = 4 + (4 if content[items.holds] else 2)  # version, flags, and how many there are
    for box in _boxes(content, items.holds + header, items.ends):
        reader = _Reader(content, box.holds, box.ends)
        version = reader.number(1)
        if box.kind != b"infe" or version < 2:
            continue
        reader.some(3)
        number = reader.number(2 if version == 2 else 4)
        reader.some(2)
        kind = reader.some(4)
        if kind == _EXIF:
            yield number, _NO_EXIF
        elif kind == b"mime" and _XMP in reader.rest():
            yield number, _NO_XMP


def _places(content: bytes, located: _Box, data: int | None) -> Iterator[tuple[int, int, int]]:
    """8.11.3: every item's number with a stretch of the file in which it lies, from and to.

    ``data``: where the box of small items begins. What lies in another file or within another item is left out.
    """
    reader = _Reader(content, located.holds, located.ends)
    version = reader.number(1)
    reader.some(3)
    sizes = reader.number(2)
    of_offset, of_length, of_base, of_index = (sizes >> shift & 0xF for shift in (12, 8, 4, 0))
    if not of_length:  # no stretch has an end
        raise Misshapen
    for _ in range(reader.number(2 if version < 2 else 4)):
        item = reader.number(2 if version < 2 else 4)
        way = reader.number(2) & 0xF if version else 0
        elsewhere = reader.number(2)
        base = reader.number(of_base) + (data or 0 if way == 1 else 0)
        for _ in range(reader.number(2)):
            reader.some(of_index if version else 0)
            starts = base + reader.number(of_offset)
            length = reader.number(of_length)
            if not elsewhere and (way == 0 or (way == 1 and data is not None)):
                yield item, starts, starts + length
