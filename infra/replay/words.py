"""The words of the report, from its catalogue."""

import json
from functools import cache
from pathlib import Path

_CATALOGUE = Path(__file__).with_name("words.json")


class Words:
    """The report's words in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **params: object) -> str:
        """The words of ``key``. Raises KeyError for words that nobody wrote."""
        return _catalogue()[key][self.language].format(**params)


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = json.loads(_CATALOGUE.read_text(encoding="utf-8"))
    return read
