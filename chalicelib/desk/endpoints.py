"""Where other agencies are told of steps: each endpoint's address, what it is told of, and its keys."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.desk.agencies import LONGEST_NAME, LONGEST_URL, check_address, new_id, new_secret
from chalicelib.domain.city import City, Endpoint, Name
from chalicelib.domain.errors import NotFound, RuleBroken
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.hooks import (
    KEYS_LIVE_TOGETHER,
    MOST_ENDPOINTS,
    MOST_WARNED,
    STEP_TYPES,
    WARNING_TYPES,
    live_keys,
)
from chalicelib.storage import hooks

LONGEST_ABOUT = 200
TYPE, UNIT = "type.", "unit."  # what the boxes of a type and of a unit are called, before its name
PAUSED = "paused"


def find(endpoint_id: str) -> Endpoint:
    """The endpoint of an id. Raises NotFound."""
    found = cities.current().endpoint(endpoint_id) or cities.refreshed().endpoint(endpoint_id)
    if found is None:
        raise NotFound()
    return found


def add_endpoint(raw: Mapping[str, object]) -> Endpoint:
    """Tell another agency of steps from now on. Its secret is made here and shown to the administrator once.

    ``raw``: ``name``, ``url``, ``about``; ``agency``, the id of the agency that it is, if it refers petitions to us
    too: it is then told its own numbers; ``warnings`` "yes": it is told of lights and orders too; ``form`` "full" or
    "thin"; ``type.…`` and ``unit.…`` "yes" for what is chosen. Raises Invalid naming the field, also for an
    address the desk never sends to.
    """
    read = _read(raw, Endpoint(new_id(), Name("", ""), "", new_secret()))

    def added(city: City) -> City:
        _check_room(city)
        return replace(city, endpoints=(*city.endpoints, read))

    cities.change(added)
    return read


def change_endpoint(endpoint_id: str, raw: Mapping[str, object]) -> Endpoint:
    """Set an endpoint to what ``raw`` says, as for a new one; its keys stay. Raises Invalid, NotFound."""
    before = find(endpoint_id)
    read = _read(raw, before)
    names = ("name", "url", "about", "agency", "warnings", "types", "units", "thin")
    said = {name: getattr(read, name) for name in names}
    changed = _change(endpoint_id, lambda endpoint: replace(endpoint, **said))
    if changed.url != before.url:
        hooks.forget(endpoint_id)  # how it went was the old address's
    return changed


def _read(raw: Mapping[str, object], endpoint: Endpoint) -> Endpoint:
    reader = FieldReader(raw)
    name = reader.text("name", required=True, longest=LONGEST_NAME)
    url = reader.text("url", required=True, longest=LONGEST_URL)
    if url:
        check_address(reader, "url", url)
    about = reader.text("about", longest=LONGEST_ABOUT)
    agency = reader.text("agency", longest=LONGEST_NAME) or None
    if agency and cities.current().agency(agency) is None:
        reader.refuse("agency", "field.unknown_choice")
    warnings = _ticked(reader, "warnings")
    if warnings and _warned_besides(endpoint) >= MOST_WARNED:
        reader.refuse("warnings", "endpoint.warnings", most=str(MOST_WARNED))
    types = tuple(one for one in (*STEP_TYPES, *WARNING_TYPES) if _ticked(reader, f"{TYPE}{one}"))
    if not warnings and not set(types).isdisjoint(WARNING_TYPES):
        reader.refuse("warnings", "hooks.warnings_needed")
    units = tuple(one.id for one in cities.current().units if _ticked(reader, f"{UNIT}{one.id}"))
    form = reader.text("form", longest=LONGEST_NAME) or "full"
    if form not in ("full", "thin"):
        reader.refuse("form", "field.unknown_choice")
    reader.raise_errors()
    return replace(
        endpoint,
        name=Name(name, name),
        url=url,
        about=about,
        agency=agency,
        warnings=warnings,
        types=types,
        units=units,
        thin=form == "thin",
    )


def _ticked(reader: FieldReader, field: str) -> bool:
    answer = reader.text(field, longest=LONGEST_NAME)
    if answer not in ("", "yes"):
        reader.refuse(field, "field.unknown_choice")
    return answer == "yes"


def _warned_besides(endpoint: Endpoint) -> int:
    return sum(one.warnings for one in cities.current().endpoints if one.id != endpoint.id)


def _check_room(city: City) -> None:
    if len(city.endpoints) >= MOST_ENDPOINTS:
        raise RuleBroken("hooks.most", most=str(MOST_ENDPOINTS))


def close(endpoint_id: str, why: str, at: datetime) -> None:
    """Tell an endpoint nothing more for now. ``why``: "paused", or "gone". One that was removed stays so."""

    def closed(endpoint: Endpoint) -> Endpoint:
        return replace(endpoint, enabled=False, closed_at=at, closed_why=why) if endpoint.enabled else endpoint

    _change(endpoint_id, closed)


def reopen(endpoint_id: str) -> None:
    """Begin again, as if it had never failed. Raises NotFound."""
    _change(endpoint_id, lambda endpoint: replace(endpoint, enabled=True, closed_at=None, closed_why=""))
    hooks.forget(endpoint_id)


def remove(endpoint_id: str) -> None:
    """It is told nothing any more, and what waits for it is dropped at its next turn. Raises NotFound."""
    find(endpoint_id)
    cities.change(lambda city: replace(city, endpoints=tuple(one for one in city.endpoints if one.id != endpoint_id)))
    hooks.forget(endpoint_id)


def new_key(endpoint_id: str, at: datetime) -> Endpoint:
    """Another secret. The one before signs too, for a day or until it is retired.

    Raises NotFound, and RuleBroken while two are live: a third would end one that may still be in use.
    """
    secret = new_secret()

    def renewed(endpoint: Endpoint) -> Endpoint:
        if len(live_keys(endpoint, at)) > 1:
            raise RuleBroken("hooks.two_keys")
        until = at + KEYS_LIVE_TOGETHER
        return replace(endpoint, secret=secret, older_secret=endpoint.secret, older_until=until)

    return _change(endpoint_id, renewed)


def retire_key(endpoint_id: str) -> None:
    """The older secret signs no more. Raises NotFound."""
    _change(endpoint_id, lambda endpoint: replace(endpoint, older_secret="", older_until=None))


def _change(endpoint_id: str, how: Callable[[Endpoint], Endpoint]) -> Endpoint:
    """Raises NotFound, and what ``how`` raises."""

    def changed(city: City) -> City:
        if city.endpoint(endpoint_id) is None:
            raise NotFound()
        return replace(city, endpoints=tuple(how(one) if one.id == endpoint_id else one for one in city.endpoints))

    cities.change(changed)
    return find(endpoint_id)
