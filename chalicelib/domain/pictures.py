"""A picture, film or recording without the traces that a telephone leaves in it: where it was taken, when, with whose
device.

Only what stands beside the picture is left out; the picture itself stays byte for byte. Which way is up is kept.
A picture that is not built as its format says is left as it is.
"""

import struct

from chalicelib.domain.boxes import Misshapen, film_without_traces, heic_without_traces

_EXIF = b"Exif\x00\x00"
_TRACES = range(0xE1, 0xF0)  # APP1…APP15: Exif, XMP, IPTC, maker's notes (Exif 2.32, 4.5.4); APP0 is JFIF itself
_COLOURS = 0xE2, b"ICC_PROFILE\x00"  # which the picture looks wrong without
_ADOBE = 0xEE, b"Adobe"  # how its colours are coded
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_TRACES = (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME")  # PNG 3rd edition, 11.3
_WEBP_TRACES, _WEBP_SAYS = (b"EXIF", b"XMP "), 0x0C  # RFC 9649, 2.7; and the bits that announce them
_ORIENTATION = 0x0112


def without_traces(content: bytes, content_type: str) -> bytes:
    """A picture, film or recording without its traces; anything else as it is."""
    try:
        match content_type:
            case "image/jpeg":
                return _jpeg(content)
            case "image/png":
                return _png(content)
            case "image/webp":
                return _webp(content)
            case "image/heic":
                return heic_without_traces(content)
            case "video/mp4" | "video/quicktime" | "video/3gpp" | "audio/mp4":
                return film_without_traces(content)
    except (struct.error, IndexError, Misshapen):
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
            upright = _segment(_upright(said[len(_EXIF) :])) or upright
        place += 2 + length
    if content[place] != 0xFF:
        return content
    return b"".join([kept[0], upright, *kept[1:], content[place:]])


def _is(known: tuple[int, bytes], marker: int, said: bytes) -> bool:
    return marker == known[0] and said.startswith(known[1])


def _segment(tiff: bytes) -> bytes:
    said = _EXIF + tiff
    return b"\xff\xe1" + struct.pack(">H", len(said) + 2) + said if tiff else b""


def _upright(tiff: bytes) -> bytes:
    """What says which way is up and nothing else; "" where the picture says nothing of it."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return b""
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    (entries,) = struct.unpack_from(f"{order}H", tiff, first)
    for number in range(entries):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
        if tag == _ORIENTATION and kind == 3 and 2 <= value <= 8:
            return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
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


def _webp(content: bytes) -> bytes:
    """RFC 9649, 2.3: chunks of a name, a length, and what they hold, filled up to an even length."""
    kept: list[bytes] = []
    upright, place = b"", 12
    ends = min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])  # what hangs on behind it is no picture
    while place < ends:
        kind, length = struct.unpack_from("<4sI", content, place)
        after = place + 8 + length + length % 2
        if after > len(content):
            return content
        if kind == b"EXIF":
            upright = _upright(content[place + 8 : after].removeprefix(_EXIF)) or upright
        elif kind not in _WEBP_TRACES:
            kept.append(content[place:after])
        place = after
    if kept and kept[0][:4] == b"VP8X":
        says = kept[0][8] & ~_WEBP_SAYS | (0x08 if upright else 0)
        kept[0] = kept[0][:8] + bytes([says]) + kept[0][9:]
    exif = struct.pack("<4sI", b"EXIF", len(upright)) + upright if upright else b""
    body = b"WEBP" + b"".join(kept) + exif
    return b"RIFF" + struct.pack("<I", len(body)) + body
