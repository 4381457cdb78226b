"""Programs of others that hand in submissions by Open311. Their keys are shown once, and only hashes are kept."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.domain.city import Application, City, Name
from chalicelib.domain.errors import NotFound, SlowDown
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.georeport import BadKey
from chalicelib.domain.words import Kind
from chalicelib.storage import applications
from chalicelib.storage.applications import Use

LONGEST_NAME = 60
KEY_BYTES = 32
MOST_A_MINUTE = 60  # submissions by one key


def add(raw: Mapping[str, object]) -> tuple[Application, str]:
    """Let a program hand in submissions. Gives it with its key, which is shown to the administrator once.

    ``raw``: ``name`` and ``mailbox``, the id of the mailbox that they go to, which takes appeals. Raises Invalid naming
    the field.
    """
    reader = FieldReader(raw)
    name = reader.text("name", required=True, longest=LONGEST_NAME)
    mailbox = cities.current().mailbox(reader.text("mailbox", required=True, longest=LONGEST_NAME))
    if mailbox is None or Kind.APPEAL not in mailbox.kinds:
        reader.refuse("mailbox", "application.mailbox")
    reader.raise_errors()
    assert mailbox is not None
    key = secrets.token_urlsafe(KEY_BYTES)
    made = Application(secrets.token_hex(4), Name(name, name), _hash(key), mailbox.id)
    cities.change(lambda city: replace(city, applications=(*city.applications, made)))
    return made, key


def set_enabled(application_id: str, enabled: bool) -> None:
    """Take nothing more by a key, or take it again: everywhere within five minutes. Raises NotFound."""

    def switched(city: City) -> City:
        if all(one.id != application_id for one in city.applications):
            raise NotFound()
        changed = (replace(one, enabled=enabled) if one.id == application_id else one for one in city.applications)
        return replace(city, applications=tuple(changed))

    cities.change(switched)


def owner_of(key: str) -> Application:
    """Whose key this is. Raises BadKey, also for one that is switched off."""
    found = _owner(cities.current(), key)
    if found is None:
        # what this process knows of the city may be old; only a refusal is worth asking again
        found = _owner(cities.refreshed(), key)
    if found is None or not found.enabled:
        raise BadKey()
    return found


def _owner(city: City, key: str) -> Application | None:
    digest = _hash(key)
    return next((one for one in city.applications if compare_digest(one.key_hash, digest)), None)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def admit(application: Application, at: datetime) -> None:
    """Let it hand in one more. Raises SlowDown after too many in a minute."""
    if applications.count_minute(application.id, at) > MOST_A_MINUTE:
        raise SlowDown(60 - at.second)


def used(application: Application, at: datetime) -> None:
    """Count that it has handed something in."""
    applications.count_use(application.id, at)


def use_of(application: Application) -> Use:
    """How often its key was used."""
    return applications.use_of(application.id)
