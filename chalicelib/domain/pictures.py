"""A picture without the traces that a telephone leaves in it: where it was taken, when, with whose device.

Only what stands beside the picture is left out; the picture itself stays byte for byte. Which way is up is kept.
A picture that is not built as its format says is left as it is.
"""

import struct

_EXIF = b"Exif\x00\x00"
_TRACES = range(0xE1, 0xF0)  # APP1…APP15: Exif, XMP, IPTC, maker's notes (Exif 2.32, 4.5.4); APP0 is JFIF itself
_COLOURS = 0xE2, b"ICC_PROFILE\x00"  # which the picture looks wrong without
_ADOBE = 0xEE, b"Adobe"  # how its colours are coded
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TRACES = (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME")  # PNG 3rd edition, 11.3
_ORIENTATION = 0x0112


def without_traces(content: bytes, content_type: str) -> bytes:
    """A JPEG or PNG without its traces; anything else as it is."""
    try:
        if content_type == "image/jpeg":
            return _jpeg(content)
        if content_type == "image/png":
            return _png(content)
    except (struct.error, IndexError):
        return content
    return content


def _jpeg(content: bytes) -> bytes:
    """ITU-T T.81, B.1: segments of a marker and a length, up to the start of the scan."""
    kept, place = [content[:2]], 2
    upright = b""
    while content[place] == 0xFF and content[place + 1] != 0xDA:
        marker, (length,) = content[place + 1], struct.unpack_from(">H", content, place + 2)
        if length < 2 or place + 2 + length > len(content):
            return content
        segment = content[place : place + 2 + length]
        said = segment[4:]
        if marker not in _TRACES or _is(_COLOURS, marker, said) or _is(_ADOBE, marker, said):
            kept.append(segment)
        elif said.startswith(_EXIF):
            upright = _upright(said[len(_EXIF) :]) or upright
        place += 2 + length
    if content[place] != 0xFF:
        return content
    return b"".join([kept[0], upright, *kept[1:], content[place:]])


def _is(known: tuple[int, bytes], marker: int, said: bytes) -> bool:
    return marker == known[0] and said.startswith(known[1])


def _upright(tiff: bytes) -> bytes:
    """An Exif segment that says which way is up and nothing else; "" where the picture says nothing of it."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return b""
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    (entries,) = struct.unpack_from(f"{order}H", tiff, first)
    for number in range(entries):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
        if tag == _ORIENTATION and kind == 3 and 2 <= value <= 8:
            said = _EXIF + struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
            return b"\xff\xe1" + struct.pack(">H", len(said) + 2) + said
    return b""


def _png(content: bytes) -> bytes:
    """PNG 3rd edition, 5.3: chunks of a length, a type, and what they hold with its checksum."""
    kept, place = [_PNG], len(_PNG)
    while place < len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        ends = place + 12 + length
        if ends > len(content):
            return content
        if kind not in _PNG_TRACES:
            kept.append(content[place:ends])
        place = ends
        if kind == b"IEND":
            break  # what hangs on behind it is no picture
    return b"".join(kept)
