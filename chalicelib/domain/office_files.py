"""What an office file must not bring along: macros, and more than it says. Only names and sizes are looked at; nothing
in it is unpacked or run.
"""

import io
import zipfile

MOST_UNPACKED = 200 * 2**20  # bytes, of all parts together
MOST_PARTS = 5_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2
_MACROS = ("vbaproject.bin", "vbadata.xml")  # [MS-OFFMACRO2] 2.2
_MACRO_FOLDERS = ("activex/", "macrosheets/", "dialogsheets/")
_OLD_MACROS = ("_VBA_PROJECT", "VBA_PROJECT_CUR", "PROJECTwm")  # [MS-OVBA] 2.2.1, in the directory of a compound file


def is_sound(content: bytes) -> bool:
    """Whether an office file has no macros, is not encrypted, and unpacks to what anybody could have written."""
    return _old_is_sound(content) if content.startswith(OLE) else _new_is_sound(content)


def _old_is_sound(content: bytes) -> bool:
    return not any(name.encode("utf-16-le") in content for name in _OLD_MACROS)


def _new_is_sound(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return False
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        return False
    return not any(part.flag_bits & 1 or _runs(part.filename.lower().replace("\\", "/")) for part in parts)


def _runs(name: str) -> bool:
    return name.endswith(_MACROS) or any(folder in name for folder in _MACRO_FOLDERS)
