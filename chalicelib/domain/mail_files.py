"""What hangs on a mail: the files that the desk takes, by the rules of uploads, and the names of those it does not."""

from collections.abc import Iterable

from msgspec import Struct

from chalicelib.domain.submission import MOST_UPLOADS
from chalicelib.domain.uploads import LARGEST, TYPES, kind_found

FIRST_BYTES = 8192
SMALLEST_PICTURE = 10 * 2**10  # bytes: a smaller one within the text is a signature's
MOST_NAMED = 10  # of what was refused
_TYPE_OF = {ending: kind for kind, ending in TYPES.items()} | {"jpeg": "image/jpeg", "mpeg": "audio/mpeg"}


class Part(Struct, frozen=True):
    """A part of a mail that is no text of it. ``within``: the text shows it."""

    name: str
    content_type: str
    content: bytes
    within: bool


class File(Struct, frozen=True):
    """A file that the desk takes, still to be looked at as every upload is."""

    name: str
    content_type: str
    content: bytes


def files_of(parts: Iterable[Part]) -> tuple[tuple[File, ...], tuple[str, ...]]:
    """The files that are taken, and the names of those that are not."""
    taken: list[File] = []
    refused: list[str] = []
    for part in parts:
        if part.within and part.content_type.startswith("image/") and len(part.content) < SMALLEST_PICTURE:
            continue
        file = _taken(part)
        if file is not None and len(taken) < MOST_UPLOADS:
            taken.append(file)
        elif len(refused) < MOST_NAMED:
            refused.append(part.name or part.content_type)
    return tuple(taken), tuple(refused)


def _taken(part: Part) -> File | None:
    """The file, under the type that its content shows; many programs call everything an octet stream."""
    declared = part.content_type if part.content_type in TYPES else _TYPE_OF.get(part.name.rpartition(".")[2].lower())
    if declared is None or not 0 < len(part.content) <= LARGEST:
        return None
    found = kind_found(part.content[:FIRST_BYTES], declared)
    return File(part.name or f"file.{TYPES[found]}", found, part.content) if found is not None else None
