"""A name in the two languages of the desk."""

from msgspec import Struct


class Name(Struct, frozen=True):
    """A name in the two languages of the desk."""

    zh: str
    en: str

    def within(self, language: str) -> str:
        """The name for a reader of ``language`` ("zh" or "en")."""
        return self.en if language == "en" else self.zh
