"""Everything a person reads: catalogues of Chinese and English, one file a room, one key a message."""

import json
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
_FOLDER = Path(__file__).with_name("catalogue")


class NoMessage(KeyError):
    """A key that no catalogue has. A defect of ours, never of the reader's."""


def say(key: str, language: str, **params: str) -> str:
    """The message ``key`` for a reader of ``language``, its places filled by ``params``. Raises NoMessage."""
    try:
        return catalogue(language)[key].format_map(params)
    except KeyError as missing:
        raise NoMessage(f"{key} ({language}): {missing}") from missing


@cache
def catalogue(language: str) -> dict[str, str]:
    """All messages of a language; of the default for one we do not have."""
    folder = _FOLDER / (language if language in LANGUAGES else DEFAULT)
    messages: dict[str, str] = {}
    for file in sorted(folder.glob("*.json")):
        messages |= json.loads(file.read_text(encoding="utf-8"))
    return messages


def preferred(accepted: str) -> str:
    """The first of our languages that an Accept-Language header names; Chinese when it names none."""
    for part in accepted.split(","):
        tag = part.split(";", 1)[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return DEFAULT
