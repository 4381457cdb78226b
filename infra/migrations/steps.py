"""The migrations, in their order. A new one is a module ``m0003_….py`` beside these, and a line here."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from chalicelib.storage.unit_of_work import Work
from infra.migrations import m0001_public_matters, m0002_cases_folded_anew


class Unreadable(Exception):
    """A case that cannot be looked at; the others are."""


class Migration(Struct, frozen=True):
    """One step. ``work``: what is to be written of one case at a moment, None when it is as it should be.

    Its writes are conditional: on a case that somebody moved since it was read, ``commit`` raises Changed.
    """

    number: int
    what: str
    work: Callable[[str, datetime], Work | None]


MIGRATIONS = (
    Migration(1, m0001_public_matters.WHAT, m0001_public_matters.work),
    Migration(2, m0002_cases_folded_anew.WHAT, m0002_cases_folded_anew.work),
)
LATEST = MIGRATIONS[-1].number
