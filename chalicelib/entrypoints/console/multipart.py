"""Forms that carry files (RFC 7578): the few a clerk sends with a letter's scan."""

import re

from msgspec import Struct

MOST_PARTS = 60
LARGEST = 6 * 2**20  # bytes; a function is given no more
_BOUNDARY = re.compile(r'multipart/form-data\s*;.*?boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70})"?', re.IGNORECASE)
_PARAMETER = re.compile(r';\s*(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


class Part(Struct, frozen=True):
    """One field. ``filename``: None for a field that is no file."""

    name: str
    filename: str | None
    content_type: str
    content: bytes


def is_multipart(content_type: str) -> bool:
    """Whether a body of this type is such a form."""
    return content_type.lower().lstrip().startswith("multipart/form-data")


def parts_of(content_type: str, raw: bytes) -> list[Part]:
    """The parts of a form, in order; none of what is no form, or too much of one."""
    found = _BOUNDARY.match(content_type.strip())
    if found is None or len(raw) > LARGEST:
        return []
    line = b"\r\n--" + found[1].strip().encode()
    pieces = (b"\r\n" + raw).split(line, MOST_PARTS + 1)[1:]
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        return []  # it was cut off, or never closed
    return [part for piece in pieces[:-1] if (part := _part(piece)) is not None]


def _part(piece: bytes) -> Part | None:
    head, divided, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    said: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        said[name.strip().lower()] = value.strip()
    named = {name.lower(): value for name, value in _PARAMETER.findall(said.get("content-disposition", ""))}
    if not divided or "name" not in named:
        return None
    filename = named.get("filename")
    return Part(
        _said(named["name"]),
        None if filename is None else _said(filename).replace("\\", "/").rpartition("/")[2],
        said.get("content-type", "").partition(";")[0].strip().lower(),
        content,
    )


def _said(quoted: str) -> str:
    """As browsers write it: what would end the quotes is written in per cent."""
    return quoted.replace("%22", '"').replace("%0D", "").replace("%0A", "").replace('\\"', '"')


def fields_of(content_type: str, raw: bytes) -> dict[str, str]:
    """The fields that are no files, the first value of each."""
    fields: dict[str, str] = {}
    for part in parts_of(content_type, raw):
        if part.filename is None:
            fields.setdefault(part.name, part.content.decode("utf-8", "replace"))
    return fields


def files_of(content_type: str, raw: bytes, name: str) -> list[Part]:
    """The files that were chosen in the field ``name``; a field where none was sends one without a name."""
    return [part for part in parts_of(content_type, raw) if part.name == name and part.filename]
