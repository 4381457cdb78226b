"""Which formula a month is counted by, and what each version said."""

from datetime import date

from chalicelib.domain import enacting
from chalicelib.domain.enacting import FIRST, Enacted
from chalicelib.domain.errors import NotFound
from chalicelib.domain.formula import Formula
from chalicelib.storage import formulas


def in_force(month: date) -> Formula:
    """The formula by which ``month`` (its first day) is counted."""
    return enacting.in_force(formulas.versions(), month).formula


def of_version(number: int) -> Formula:
    """The formula of that version, as it was put in force. Raises NotFound."""
    found = FIRST if number == FIRST.version else formulas.version(number)
    if found is None:
        raise NotFound()
    return found.formula


def versions() -> list[Enacted]:
    """Every version, latest first."""
    return [FIRST, *formulas.versions()][::-1]
