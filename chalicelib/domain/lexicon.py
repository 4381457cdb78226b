"""Finding many words in one text at once: the longest word at each place, none inside another."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")
_HEAD = 2  # characters by which words are looked up


class Found(Struct, Generic[T], frozen=True):
    """A word, and what it stands for."""

    word: str
    meanings: tuple[T, ...]


class Lexicon(Generic[T]):
    """Words with their meanings. A word has at least two characters; it may have several meanings."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        meanings: dict[str, list[T]] = {}
        for word, meaning in entries:
            if len(word) < _HEAD:
                raise ValueError(f"a word needs at least {_HEAD} characters: {word!r}")
            of_word = meanings.setdefault(word.casefold(), [])
            if meaning not in of_word:
                of_word.append(meaning)
        self._by_head: dict[str, list[Found[T]]] = {}
        for word in sorted(meanings, key=len, reverse=True):  # so that the longest is tried first
            self._by_head.setdefault(word[:_HEAD], []).append(Found(word, tuple(meanings[word])))

    def find(self, text: str) -> Iterator[Found[T]]:
        """The words of ``text`` in its order. Time grows with the text, not with the number of words."""
        text = text.casefold()
        by_head = self._by_head
        at, end = 0, len(text)
        while at < end:
            for found in by_head.get(text[at : at + _HEAD], ()):
                if text.startswith(found.word, at):
                    yield found
                    at += len(found.word)
                    break
            else:
                at += 1
