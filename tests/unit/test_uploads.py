"""What a file is by its content, whatever its name and the browser say."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.uploads import TYPES, kind_found

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def office(folder: str) -> bytes:
    """A file as Office writes it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", "<Relationships/>")
        archive.writestr(f"{folder}/document.xml", "<document/>")
    return written.getvalue()


def plain_zip() -> bytes:
    """An archive of something else."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("virus.exe", "MZ")
    return written.getvalue()


def mp4(brand: bytes) -> bytes:
    """The head of a film or a recording."""
    return struct.pack(">I", 24) + b"ftyp" + brand + b"\x00\x00\x02\x00" + brand + b"mp41" + bytes(64)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"\xec\xa5\xc1\x00" + bytes(2000)
SAMPLES: list[tuple[str, bytes]] = [
    ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(64)),
    ("image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)),
    ("image/gif", b"GIF89a" + bytes(64)),
    ("image/webp", b"RIFF\x40\x00\x00\x00WEBPVP8 " + bytes(64)),
    ("image/heic", mp4(b"heic")),
    ("application/pdf", b"%PDF-1.7\n" + bytes(64)),
    ("application/msword", OLE),
    ("application/vnd.ms-excel", OLE),
    ("application/vnd.ms-powerpoint", OLE),
    (DOCX, office("word")),
    (XLSX, office("xl")),
    (PPTX, office("ppt")),
    ("audio/mpeg", b"ID3\x03\x00\x00\x00\x00\x00\x21" + bytes(64)),
    ("audio/mp4", mp4(b"M4A ")),
    ("audio/aac", b"\xff\xf1\x50\x80" + bytes(64)),
    ("audio/amr", b"#!AMR\n" + bytes(64)),
    ("audio/ogg", b"OggS" + bytes(64)),
    ("audio/wav", b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(64)),
    ("video/mp4", mp4(b"isom")),
    ("video/quicktime", mp4(b"qt  ")),
    ("video/webm", b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + bytes(64)),
    ("video/3gpp", mp4(b"3gp5")),
]
FORBIDDEN = {
    "an executable": b"MZ\x90\x00\x03\x00\x00\x00" + bytes(64),
    "a Linux executable": b"\x7fELF\x02\x01\x01" + bytes(64),
    "a page": b"<!DOCTYPE html><script>alert(1)</script>",
    "a drawing with script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "an archive": plain_zip(),
    "a rar archive": b"Rar!\x1a\x07\x00" + bytes(64),
    "a text": "你好".encode(),
    "nothing": b"",
    "zeroes": bytes(4096),
}


def test_there_is_a_sample_of_everything_the_desk_takes() -> None:
    assert {content_type for content_type, _ in SAMPLES} == set(TYPES)


@pytest.mark.parametrize(("declared", "content"), SAMPLES, ids=[content_type for content_type, _ in SAMPLES])
def test_a_sound_file_of_every_type_is_taken(declared: str, content: bytes) -> None:
    found = kind_found(content, declared)
    assert found in TYPES
    if declared.startswith("image/") or declared == "application/pdf":
        assert found == declared


@pytest.mark.parametrize("declared", TYPES)
@pytest.mark.parametrize("content", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_what_the_desk_does_not_take_is_refused_under_any_name(content: bytes, declared: str) -> None:
    assert kind_found(content, declared) is None


@pytest.mark.parametrize(("declared", "content"), SAMPLES, ids=[content_type for content_type, _ in SAMPLES])
def test_a_file_of_another_family_is_refused(declared: str, content: bytes) -> None:
    for other in ("image/png", "application/pdf", "audio/mpeg", DOCX):
        family = {"image/png": "image", "application/pdf": "pdf", "audio/mpeg": "audio video", DOCX: "office"}[other]
        own = declared.partition("/")[0]
        same = own in family or (declared == "application/pdf" and family == "pdf")
        same = same or (declared.startswith("application/") and declared != "application/pdf" and family == "office")
        assert (kind_found(content, other) is not None) == same, other


@given(st.binary(max_size=200), st.sampled_from([*TYPES, "text/html", "", "image/", "x"]))
def test_whatever_bytes_come_the_answer_is_a_type_the_desk_takes_or_none(content: bytes, declared: str) -> None:
    assert kind_found(content, declared) in {*TYPES, None}
