"""Office files: what they must not bring along."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.office_files import MOST_PARTS, OLE, is_sound
from tests.unit.test_uploads import SAMPLES, office

OFFICE = [content for kind, content in SAMPLES if "office" in kind or "ms" in kind]


def with_part(name: str, content: bytes = b"x") -> bytes:
    """A document with one more part."""
    written = io.BytesIO(office("word"))
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return written.getvalue()


def test_what_people_write_is_sound() -> None:
    assert OFFICE
    assert all(is_sound(content) for content in OFFICE)
    assert is_sound(with_part("word/media/image1.png"))


@pytest.mark.parametrize(
    "name",
    [
        "word/vbaProject.bin",
        "xl/VBAPROJECT.BIN",
        "word\\vbaProject.bin",
        "word/activeX/activeX1.bin",
        "xl/macrosheets/sheet1.xml",
        "xl/dialogsheets/sheet1.xml",
        "word/vbaData.xml",
    ],
)
def test_macros_are_refused_wherever_they_lie(name: str) -> None:
    assert not is_sound(with_part(name))


def test_macros_of_the_old_formats_are_refused_too() -> None:
    plain = OLE + bytes(4096)
    assert is_sound(plain)
    for folder in ("_VBA_PROJECT_CUR", "_VBA_PROJECT", "PROJECTwm"):
        assert not is_sound(plain + folder.encode("utf-16-le") + bytes(64))


def test_a_bomb_is_refused_by_what_it_says_of_itself_and_never_unpacked() -> None:
    written = bytearray(with_part("word/media/huge.bin", bytes(1000)))
    entry = written.rindex(b"PK\x01\x02")
    struct.pack_into("<I", written, entry + 24, 2**31)
    assert not is_sound(bytes(written))
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(MOST_PARTS + 1):
            archive.writestr(f"{number}", b"")
    assert not is_sound(many.getvalue())


def test_what_is_encrypted_cannot_be_looked_into_and_is_refused() -> None:
    written = bytearray(with_part("word/secret.xml"))
    entry = written.rindex(b"PK\x01\x02")
    written[entry + 8] |= 1
    assert not is_sound(bytes(written))


@given(st.binary(max_size=200))
def test_whatever_comes_is_judged_and_breaks_nothing(content: bytes) -> None:
    assert not is_sound(b"PK\x03\x04" + content)
    assert is_sound(OLE + content) in (True, False)
