"""期限设置: the terms of a city as an office sets them, within what the law leaves it."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.terms import Term, Terms, TermUnit, read_term
from chalicelib.domain.words import Kind

HANDLE = "handle."  # and a kind: the promise to answer it
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("arrival", ("register", "register_law", "accept", "accept_law", "dispatch")),
    ("handling", ("sign", "return_within", *(f"{HANDLE}{kind}" for kind in Kind), "handle_urgent", "handle_law")),
    ("more", ("most_extended", "answer", "assist", "minutes", "rework_least")),
    (
        "after",
        (
            "rating_asked",
            "rating_window",
            "review_window",
            "review_law",
            "settlement",
            "called_back_of_100",
            "contest_days",
        ),
    ),
    (
        "watch",
        (
            "yellow_parts",
            "yellow_days",
            "keeper_reminder_percent",
            "supervision_order",
            "supervision_step",
            "inspect_every",
            "backlog_age",
            "backlog_reworks",
            "backlog_owner",
        ),
    ),
    ("record", ("retention", "lay_sees_for", "contest_days")),
)
"""Every term that an office sets, as the page groups them."""

AT_MOST = {"register_law": 15, "accept_law": 15, "handle_law": 60, "most_extended": 30, "review_law": 30}
"""Calendar days (《信访工作条例》 art. 22, 23, 34-36): an office may be faster than the law, not slower."""
AT_LEAST = {"review_window": 30}
"""Calendar days (art. 35, 36): what a citizen is given, an office cannot shorten."""
NUMBERS = {
    "most_extended": (0, 30),
    "called_back_of_100": (0, 100),
    "backlog_reworks": (1, 20),
    "contest_days": (0, 60),
    "yellow_parts": (2, 10),
    "yellow_days": (0, 20),
    "keeper_reminder_percent": (0, 90),
}
BY_LAW = {"register": "register_law", "accept": "accept_law", "handle_urgent": "handle_law"}
LONGEST = {TermUnit.HOURS: 720, TermUnit.WORKING_DAYS: 1_000, TermUnit.CALENDAR_DAYS: 3_653}


class Set(Struct, frozen=True):
    """One term that was changed. ``before``, ``after``: as ``shown`` has them."""

    name: str
    before: str
    after: str


class TermsChange(Struct, frozen=True):
    """What one person changed. ``version``: of the city from which it is in force."""

    version: int
    at: datetime
    by: str  # login
    name: str
    changes: tuple[Set, ...]


def value_of(terms: Terms, name: str) -> Term | int:
    """The term, or the number, of ``name`` (one of GROUPS)."""
    value = terms.handle[Kind(name.removeprefix(HANDLE))] if name.startswith(HANDLE) else getattr(terms, name)
    assert isinstance(value, Term | int)
    return value


def shown(value: Term | int) -> str:
    """A term in few letters ("5w", "60d", "24h"), or a number."""
    return value.short if isinstance(value, Term) else str(value)


def names() -> list[str]:
    """All of GROUPS, in order."""
    return [name for _, group in GROUPS for name in group]


def read_terms(raw: Mapping[str, object], terms: Terms) -> Terms:
    """``terms`` with what a form says: ``<name>`` and, of a term, ``<name>_unit``. Raises Invalid naming all fields."""
    values: dict[str, Term | int] = {}
    errors: list[FieldError] = []
    for name in names():
        try:
            values[name] = _read(raw, name, value_of(terms, name))
        except Invalid as refused:
            errors += refused.errors
    errors += _against_law(values)
    if errors:
        raise Invalid(errors)
    return with_values(terms, values)


def with_values(terms: Terms, values: Mapping[str, Term | int]) -> Terms:
    """``terms`` with other ``values``, by their names."""
    kinds = {Kind(name.removeprefix(HANDLE)): value for name, value in values.items() if name.startswith(HANDLE)}
    rest = {name: value for name, value in values.items() if not name.startswith(HANDLE)}
    return replace(terms, handle={**terms.handle, **kinds}, **rest)


def _read(raw: Mapping[str, object], name: str, now: Term | int) -> Term | int:
    number = _number(name, str(raw.get(name, "")).strip())
    if not isinstance(now, Term):
        least, most = NUMBERS[name]
        return _between(name, number, least, most)
    try:
        unit = TermUnit(str(raw.get(f"{name}_unit", "")))
    except ValueError:
        raise Invalid([FieldError(name, "field.unknown_choice")]) from None
    return Term(_between(name, number, 1, LONGEST[unit]), unit)


def _number(name: str, text: str) -> int:
    if not text:
        raise Invalid([FieldError(name, "field.empty")])
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Invalid([FieldError(name, "terms.not_a_number")])
    return int(text)


def _between(name: str, number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise Invalid([FieldError(name, "terms.between", (("least", str(least)), ("most", str(most))))])
    return number


def _against_law(values: Mapping[str, Term | int]) -> list[FieldError]:
    """What would take from a citizen what the law gives her."""
    errors = []
    for name, most in AT_MOST.items():
        if name in values and not _within(values[name], most):
            errors.append(FieldError(name, "terms.law_at_most", (("days", str(most)),)))
    for name, least in AT_LEAST.items():
        value = values.get(name)
        if value is not None and not (_counts_calendar_days(value) and _days(value) >= least):
            errors.append(FieldError(name, "terms.law_at_least", (("days", str(least)),)))
    promises = {**BY_LAW, **{f"{HANDLE}{kind}": "handle_law" for kind in Kind}}
    for name, law in promises.items():
        if name in values and law in values and _days(values[name]) > _days(values[law]):
            errors.append(FieldError(name, "terms.beyond_law"))
    return errors


def _within(value: Term | int, most: int) -> bool:
    return _counts_calendar_days(value) and _days(value) <= most


def _counts_calendar_days(value: Term | int) -> bool:
    return isinstance(value, int) or value.unit is TermUnit.CALENDAR_DAYS


def _days(value: Term | int) -> float:
    """How many days it takes at the least: working days may be more."""
    if isinstance(value, int):
        return value
    return value.amount / 24 if value.unit is TermUnit.HOURS else value.amount


def changes_of(before: Terms, after: Terms) -> tuple[Set, ...]:
    """What differs."""
    pairs = ((name, shown(value_of(before, name)), shown(value_of(after, name))) for name in names())
    return tuple(Set(name, was, now) for name, was, now in pairs if was != now)


def put_back(terms: Terms, change: TermsChange) -> Terms:
    """``terms`` with what ``change`` changed as it was before. Raises Invalid where the law is against it."""
    values = {one.name: _unshown(one.before) for one in change.changes if one.name in names()}
    undone = with_values(terms, values)
    errors = _against_law({name: value_of(undone, name) for name in names()})
    if errors:
        raise Invalid(errors)
    return undone


def _unshown(text: str) -> Term | int:
    if text.isdigit():
        return int(text)
    term = read_term(text)
    assert term is not None  # ``shown`` wrote it
    return term
