"""What the desk says: every message is there once, in both languages."""

import json
from collections import Counter
from pathlib import Path

import pytest

import chalicelib.web
from chalicelib.web.messages import LANGUAGES, catalogue

FOLDER = Path(chalicelib.web.__file__).parent / "catalogue"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_there_twice(language: str) -> None:
    keys = Counter(key for file in (FOLDER / language).glob("*.json") for key in json.loads(file.read_text("utf-8")))
    assert [key for key, times in keys.items() if times > 1] == []


def test_each_message_stands_in_both_languages() -> None:
    assert set(catalogue("zh")) == set(catalogue("en"))
