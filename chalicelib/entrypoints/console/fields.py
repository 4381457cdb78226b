"""The fields of a posted form, read one by one: what cannot be taken is refused by its name."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.fields import FieldReader
from chalicelib.entrypoints.console.visits import Visit

LONGEST_NUMBER = 8  # digits

Choice = TypeVar("Choice", bound=StrEnum)


def unknown(field: str) -> Invalid:
    """What is raised for a choice that is not offered."""
    return Invalid([FieldError(field, "field.unknown_choice")])


def chosen(choices: type[Choice], field: str, visit: Visit) -> Choice:
    """One of an enumeration's values. Raises Invalid."""
    answer = visit.form.get(field, "")
    if not answer:
        raise Invalid([FieldError(field, "field.choose")])
    try:
        return choices(answer)
    except ValueError:
        raise unknown(field) from None


def yes(field: str, visit: Visit) -> bool:
    """Whether "yes" was chosen and not "no". Raises Invalid for neither."""
    answer = visit.form.get(field, "")
    if not answer:
        raise Invalid([FieldError(field, "field.choose")])
    if answer not in ("yes", "no"):
        raise unknown(field)
    return answer == "yes"


def day(field: str, visit: Visit) -> date | None:
    """A day YYYY-MM-DD; None when absent. Raises Invalid."""
    reader = FieldReader(visit.form)
    found = reader.day(field, latest=date.max)
    reader.raise_errors()
    return found


def whole(text: str, otherwise: int = -1) -> int:
    """The whole number that an address or a hidden field holds, a version or a place in a list; ``otherwise`` for what
    is none, however long it is: Python refuses to read thousands of digits.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else otherwise


def number(field: str, visit: Visit) -> int:
    """A whole number of at most eight digits. Raises Invalid."""
    text = visit.form.get(field, "").strip()
    found = whole(text)
    if found < 0:
        raise Invalid([FieldError(field, "field.not_number")])
    return found


def moment(field: str, visit: Visit) -> datetime:
    """A day and a minute in Shanghai, as a browser writes them: 2026-03-02T09:00. Raises Invalid."""
    try:
        local = datetime.strptime(visit.form.get(field, ""), "%Y-%m-%dT%H:%M").replace(tzinfo=SHANGHAI)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid([FieldError(field, "field.not_moment")]) from None
