"""Finding many words in one text at once: the longest word at each place, none inside another."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")
SHORTEST = 2  # characters of a word: by so many words are looked up


class Found(Struct, Generic[T], frozen=True):
    """A word, and what it stands for."""

    word: str
    meanings: tuple[T, ...]


class Lexicon(Generic[T]):
    """Words with their meanings. A word has at least two characters; it may have several meanings."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        meanings: dict[str, list[T]] = {}
        for word, meaning in entries:
            if len(word) < SHORTEST:
                raise ValueError(f"a word needs at least {SHORTEST} characters: {word!r}")
            of_word = meanings.setdefault(word.casefold(), [])
            if meaning not in of_word:
                of_word.append(meaning)
        self._found = {word: Found(word, tuple(of_word)) for word, of_word in meanings.items()}
        lengths: dict[str, set[int]] = {}
        for word in self._found:
            lengths.setdefault(word[:SHORTEST], set()).add(len(word))
        # however many words begin alike, a place in a text is tried once for each of their lengths, the longest first
        self._lengths = {head: tuple(sorted(several, reverse=True)) for head, several in lengths.items()}

    def find(self, text: str) -> Iterator[Found[T]]:
        """The words of ``text`` in its order. Time grows with the text, not with the number of words."""
        return (found for _, found in self.find_at(text))

    def find_at(self, text: str) -> Iterator[tuple[int, Found[T]]]:
        """The same, each with the place in ``text.casefold()`` at which it begins."""
        text = text.casefold()
        by_word, by_head = self._found, self._lengths
        at, end = 0, len(text)
        while at < end:
            for length in by_head.get(text[at : at + SHORTEST], ()):
                found = by_word.get(text[at : at + length])
                if found is not None:
                    yield at, found
                    at += length
                    break
            else:
                at += 1
