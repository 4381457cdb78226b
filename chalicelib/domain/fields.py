"""The fields of what comes over the wire, read one by one; what is wrong with them is gathered and told at once."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from chalicelib.domain.errors import FieldError, Invalid

LONGEST = {
    "title": 100,
    "text": 5_000,
    "place": 200,
    "name": 50,
    "email": 200,
    "phone": 20,
    "words": 1_000,
    "reason": 1_000,
}
_KEPT_CONTROLS = "\n\t"
Choice = TypeVar("Choice", bound=StrEnum)


class FieldReader:
    """Reads the fields of one form and gathers what is wrong with them."""

    def __init__(self, raw: Mapping[str, object]) -> None:
        self.raw = raw
        self.errors: list[FieldError] = []

    def refuse(self, field: str, code: str, **params: str) -> None:
        """Note that ``field`` cannot be taken; the first complaint about a field stands."""
        if all(error.field != field for error in self.errors):
            self.errors.append(FieldError(field, code, tuple(params.items())))

    def raise_errors(self) -> None:
        """Raise Invalid when anything was noted."""
        if self.errors:
            raise Invalid(self.errors)

    def text(self, field: str, *, required: bool = False, longest: int | None = None, many_lines: bool = False) -> str:
        """A text, NFC, stripped; "" when it is absent or cannot be taken."""
        value = self.raw.get(field)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.refuse(field, "field.not_text")
            return ""
        value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        limit = LONGEST.get(field, 200) if longest is None else longest
        if required and not value:
            self.refuse(field, "field.empty")
        elif len(value) > limit:
            self.refuse(field, "field.too_long", longest=str(limit), length=str(len(value)))
        elif not _readable(value, _KEPT_CONTROLS if many_lines else ""):
            self.refuse(field, "field.control_characters")
        return value

    def matching(self, field: str, pattern: re.Pattern[str]) -> str:
        """A text of the shape ``pattern``."""
        value = self.text(field, required=True, longest=200)
        if value and not pattern.fullmatch(value):
            self.refuse(field, "field.malformed")
        return value

    def choice(self, field: str, choices: type[Choice]) -> Choice | None:
        """One of an enumeration's values."""
        value = self.text(field, required=True)
        try:
            return choices(value) if value else None
        except ValueError:
            self.refuse(field, "field.unknown_choice")
            return None

    def flag(self, field: str) -> bool:
        """A yes or no; absent is no."""
        value = self.raw.get(field, False)
        if not isinstance(value, bool):
            self.refuse(field, "field.not_flag")
            return False
        return value

    def day(self, field: str, latest: date) -> date | None:
        """A day YYYY-MM-DD not after ``latest``; None when absent."""
        value = self.text(field, longest=10)
        if not value:
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.refuse(field, "field.not_day")
            return None
        if day.isoformat() != value:  # Python reads other spellings of ISO 8601 too
            self.refuse(field, "field.not_day")
        elif day > latest or day.year < 1900:
            self.refuse(field, "field.day_out_of_range")
        return day

    def texts(self, field: str, most: int) -> tuple[str, ...]:
        """A list of texts."""
        value = self.raw.get(field, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(field, "field.not_list")
            return ()
        if len(value) > most:
            self.refuse(field, "field.too_many", most=str(most))
        return tuple(value)


def _readable(value: str, kept: str) -> bool:
    """No control characters and no lone surrogates: they break paper, mail and UTF-8 alike."""
    return all(char in kept or unicodedata.category(char) not in ("Cc", "Cs") for char in value)
