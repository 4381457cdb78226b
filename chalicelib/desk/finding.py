"""A case by any number it is known by: ours, a receipt's, or another agency's own."""

from contextlib import suppress

from chalicelib.desk import referring
from chalicelib.domain.case import Case
from chalicelib.domain.errors import NotFound
from chalicelib.storage import cases
from chalicelib.storage.submissions import load_submission

LONGEST_NUMBER = 40  # digits; ours have twelve


def case_numbered(number: str) -> Case | None:
    """The case of ``number``, as it was read out or copied; None for none. Whether the reader may know is not asked."""
    digits = "".join(char for char in number if char.isdigit())
    return _ours(digits) or _theirs(number) or _theirs(digits) or _passed_on_as(number)


def _ours(digits: str) -> Case | None:
    if not 0 < len(digits) <= LONGEST_NUMBER:
        return None  # longer than a key of the table may be
    with suppress(NotFound):
        return cases.load(digits)
    with suppress(NotFound):
        return cases.load(load_submission(digits).case_id)
    return None


def _theirs(number: str) -> Case | None:
    """What another agency knows by ``number``: it referred it to us, or we passed it on."""
    case_id = referring.case_known_by(number)
    return cases.load(case_id) if case_id is not None else None


def _passed_on_as(number: str) -> Case | None:
    """Our own number for what we passed on a second time: 031884467290-2."""
    case_id, dash, _ = number.strip().partition("-")
    return _ours(case_id) if dash and case_id.isdigit() else None
