"""What the desk says: every message is there once, in both languages."""

import json
from collections import Counter
from pathlib import Path

import pytest

import chalicelib.web
from chalicelib.domain.events import PAYLOADS
from chalicelib.web.messages import LANGUAGES, catalogue

FOLDER = Path(chalicelib.web.__file__).parent / "catalogue"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_there_twice(language: str) -> None:
    keys = Counter(key for file in (FOLDER / language).glob("*.json") for key in json.loads(file.read_text("utf-8")))
    assert [key for key, times in keys.items() if times > 1] == []


def test_each_message_stands_in_both_languages() -> None:
    assert set(catalogue("zh")) == set(catalogue("en"))


@pytest.mark.parametrize("kind", PAYLOADS)
def test_whatever_happens_to_a_case_has_a_name_for_the_staff(kind: str) -> None:
    shown_apart = {"Looked", "PetitionerSeen"}  # in the list of who looked
    assert kind in shown_apart or f"event.{kind}" in catalogue("zh")
