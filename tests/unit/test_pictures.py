"""Pictures: what a telephone writes into them beside the picture is left out."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.pictures import without_traces

GPS = b"30.123456N 103.654321E"
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00?\x00" + b"the picture itself\xff\x00" + b"\xff\xd9"


def segment(marker: int, said: bytes) -> bytes:
    """One segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(said) + 2) + said


def exif(order: str = "<", upright: int = 6) -> bytes:
    """What a telephone writes: which way is up, and where it was."""
    mark = {"<": b"II", ">": b"MM"}[order]
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, upright, 0) + struct.pack(f"{order}HHII", 0x8825, 4, 1, 60)
    tiff = struct.pack(f"{order}2sHIH", mark, 42, 8, 2) + entries + bytes(4) + GPS
    return segment(0xE1, b"Exif\x00\x00" + tiff)


def upright(value: int) -> bytes:
    """The one thing that is kept of it."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, value, 0, 0)
    return segment(0xE1, b"Exif\x00\x00" + tiff)


def photo(*, traces: bool = True) -> bytes:
    """A photograph, as it comes from a telephone, and as it is kept."""
    jfif, table = segment(0xE0, b"JFIF\x00" + bytes(9)), segment(0xDB, bytes(65))
    maker = segment(0xED, b"Photoshop 3.0" + GPS) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + GPS)
    profile = segment(0xE2, b"ICC_PROFILE\x00" + bytes(20))
    if traces:
        return b"\xff\xd8" + jfif + exif() + maker + profile + table + SCAN
    return b"\xff\xd8" + upright(6) + jfif + profile + table + SCAN


def chunk(kind: bytes, said: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(said)) + kind + said + struct.pack(">I", zlib.crc32(kind + said))


def test_a_photograph_keeps_its_picture_its_colours_and_which_way_is_up_and_nothing_of_where_it_was() -> None:
    kept = without_traces(photo(), "image/jpeg")
    assert kept == photo(traces=False)
    assert GPS not in kept
    assert without_traces(kept, "image/jpeg") == kept, "twice is once"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", range(1, 10))
def test_only_a_turned_picture_needs_to_say_so(order: str, value: int) -> None:
    kept = without_traces(b"\xff\xd8" + exif(order, value) + SCAN, "image/jpeg")
    assert kept == b"\xff\xd8" + (upright(value) if 2 <= value <= 8 else b"") + SCAN


def test_a_screenshot_says_nothing_of_its_device_and_what_hangs_on_behind_is_gone() -> None:
    head, body, end = chunk(b"IHDR", bytes(13)), chunk(b"IDAT", b"picture"), chunk(b"IEND", b"")
    traces = chunk(b"tEXt", b"Author\x00" + GPS) + chunk(b"eXIf", GPS) + chunk(b"tIME", bytes(7))
    png = b"\x89PNG\r\n\x1a\n"
    assert without_traces(png + head + traces + body + end + GPS, "image/png") == png + head + body + end


@given(st.binary(max_size=300), st.sampled_from(["image/jpeg", "image/png", "image/webp"]))
def test_whatever_comes_breaks_nothing_and_what_cannot_be_followed_stays(content: bytes, kind: str) -> None:
    start = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "image/webp": b"RIFF"}[kind]
    kept = without_traces(start + content, kind)
    assert kept.startswith(start[:2])
    assert len(kept) <= len(start + content) + len(upright(6))


@given(st.integers(0, len(photo())))
def test_a_photograph_cut_off_anywhere_breaks_nothing(length: int) -> None:
    assert without_traces(photo()[:length], "image/jpeg") is not None
