"""Films and HEIC pictures: what a telephone writes into them is written over, and nothing else is touched."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.boxes import Misshapen, film_without_traces, heic_without_traces
from chalicelib.domain.pictures import without_traces
from tests.patience import never_stuck

FOLDER = Path(__file__).with_name("from_a_telephone")
FILES = {
    "picture.heic": "image/heic",
    "picture.webp": "image/webp",
    "film.mp4": "video/mp4",
    "film.mov": "video/quicktime",
}
TRACES = (b"30.1234", b"SunPhone", b"loci", b"udta", b"xmpmeta><a>")


def content_of(name: str) -> bytes:
    """A file as an encoder wrote it, with place and device."""
    return (FOLDER / name).read_bytes()


def picture_of(name: str, content: bytes) -> bytes:
    """What is seen and heard: the coded picture or film itself."""
    mark = b"VP8 " if name.endswith("webp") else b"mdat"
    starts = content.index(mark)
    size = struct.unpack_from("<I", content, starts + 4)[0] + 8 if name.endswith("webp") else None
    if size is None:
        size = struct.unpack_from(">I", content, starts - 4)[0] - 4
    return content[starts : starts + size]


@pytest.mark.parametrize("name", FILES)
def test_what_is_seen_stays_and_nobody_reads_in_it_where_it_was_taken_and_with_what(name: str) -> None:
    content = content_of(name)
    assert any(trace in content for trace in TRACES)
    kept = without_traces(content, FILES[name])
    assert not any(trace in kept for trace in TRACES)
    assert without_traces(kept, FILES[name]) == kept, "twice is once"
    if name != "picture.heic":  # whose traces lie beside the picture, in the same box
        assert picture_of(name, kept) == picture_of(name, content)
    if not name.endswith("webp"):
        assert len(kept) == len(content), "every place that its boxes name is where it was"


def test_a_heic_picture_differs_only_where_its_traces_lay() -> None:
    content = content_of("picture.heic")
    kept = heic_without_traces(content)
    changed = [place for place, (one, other) in enumerate(zip(content, kept, strict=True)) if one != other]
    exif, xmp = content.index(b"MM\x00*"), content.index(b"<x:xmpmeta")
    assert exif - 10 <= changed[0]  # where its TIFF begins, and "Exif", come before it
    assert changed[-1] < xmp + len(content[xmp:].partition(b"</x:xmpmeta>")[0]) + len(b"</x:xmpmeta>")
    assert b"MM\x00*\x00\x00\x00\x08\x00\x00" in kept, "an Exif without an entry, which every program can read"


def test_a_webp_picture_still_says_which_way_is_up() -> None:
    kept = without_traces(content_of("picture.webp"), "image/webp")
    tiff = kept[kept.index(b"EXIF") + 8 :]
    assert struct.unpack(">2sHIHHHIHHI", tiff[:26]) == (b"MM", 42, 8, 1, 0x0112, 3, 1, 6, 0, 0)
    assert kept[kept.index(b"VP8X") + 8] & 0x0C == 0x08, "it announces Exif, and no XMP"
    assert struct.unpack_from("<I", kept, 4)[0] == len(kept) - 8


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
def test_a_file_cut_off_or_altered_anywhere_breaks_nothing(name: str, data: st.DataObject) -> None:
    content = bytearray(content_of(name))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))
    ends = data.draw(st.integers(0, len(content)))
    kept = without_traces(bytes(content[:ends]), FILES[name])
    assert len(kept) <= ends + 34  # what says which way is up may come first to its own chunk


def box(kind: bytes, content: bytes) -> bytes:
    """One box."""
    return struct.pack(">I4s", len(content) + 8, kind) + content


def heic(sizes: int, items: bytes) -> bytes:
    """A picture with one Exif item, whose places are ``items``."""
    named = box(b"infe", b"\x02\x00\x00\x00" + struct.pack(">HH4s", 1, 0, b"Exif"))
    told = box(b"iinf", bytes(4) + struct.pack(">H", 1) + named)
    placed = box(b"iloc", bytes(4) + struct.pack(">HH", sizes, 1) + items)
    return box(b"meta", bytes(4) + told + placed)


@pytest.mark.parametrize(
    "items",
    [
        struct.pack(">HHHII", 1, 0, 1, 0, 10**9),  # it would lie beyond the end
        struct.pack(">HHH", 1, 0, 65535) + struct.pack(">II", 0, 200) * 65535,  # the same bytes, many thousand times
    ],
)
def test_a_picture_whose_places_cannot_be_is_left_as_it_is(items: bytes) -> None:
    with never_stuck(), pytest.raises(Misshapen):
        heic_without_traces(heic(0x4400, items))


def test_a_stretch_without_an_end_is_no_stretch() -> None:
    with pytest.raises(Misshapen):
        heic_without_traces(heic(0x4000, struct.pack(">HHHI", 1, 0, 1, 0)))


def test_boxes_within_boxes_without_end_are_not_followed() -> None:
    film = b""
    for _ in range(5000):
        film = box(b"moov", film)
    assert film_without_traces(film) == film
