"""The terms are set: as the city's next version, with who changed what beside it, so that it can be put back."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.domain import setting_terms as rules
from chalicelib.domain.city import City
from chalicelib.domain.errors import Changed, NotFound
from chalicelib.domain.people import Staff
from chalicelib.domain.setting_terms import TermsChange
from chalicelib.domain.terms import Terms
from chalicelib.storage import settings

SHOWN = 20


def history() -> list[TermsChange]:
    """The last changes, latest first."""
    return settings.terms_changes(SHOWN)


def set_terms(raw: Mapping[str, object], seen: int, by: Staff, at: datetime) -> bool:
    """Set what the form says; False when that is what is in force. ``seen``: the last change that its writer saw.

    Raises Invalid naming the fields, Changed when somebody else has set terms since.
    """
    return _set(lambda terms: rules.read_terms(raw, terms), seen, by, at)


def put_back(version: int, seen: int, by: Staff, at: datetime) -> bool:
    """What a change changed is as it was before. Raises NotFound, Changed, and Invalid where the law is against it."""
    change = next((one for one in history() if one.version == version), None)
    if change is None:
        raise NotFound()
    return _set(lambda terms: rules.put_back(terms, change), seen, by, at)


def _set(how: Callable[[Terms], Terms], seen: int, by: Staff, at: datetime) -> bool:
    latest = settings.terms_changes(1)
    if latest and latest[0].version > seen:
        raise Changed()
    made: list[TermsChange] = []

    def changed(city: City) -> City:
        terms = how(city.terms)
        changes = rules.changes_of(city.terms, terms)
        made[:] = [TermsChange(city.version + 1, at, by.login, by.name, changes)] if changes else []
        return replace(city, terms=terms)

    changed(cities.refreshed())  # nothing changed makes no version
    if not made:
        return False
    cities.change(changed, lambda city: [settings.terms_change_item(made[0])])
    return True
