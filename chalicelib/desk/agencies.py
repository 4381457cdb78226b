"""The other agencies that may refer petitions to the office."""

import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.domain.agency_words import Stands
from chalicelib.domain.city import Agency, City, Name
from chalicelib.domain.errors import NotFound
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.words import Channel
from chalicelib.gateways import webhooks

LONGEST_NAME = 60
SECRET_BYTES = 32  # Standard Webhooks asks for 24 to 64
LONGEST_URL = 500
SHORTEST_SECRET = 24  # bytes
CHANNELS = (Channel.AGENCY, Channel.MICRO_BLOG, Channel.PHONE, Channel.CHAT)  # what an agency may hand in
_ORIGIN = re.compile(r"https?://[^/?#@\\\s]+")
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


def add_agency(raw: Mapping[str, object]) -> Agency:
    """Let another agency refer petitions to us. Its secret is made here and shown to the administrator once.

    ``raw``: ``name`` and ``mailbox``, the id of the mailbox its referrals come to; ``stands``, ``channel`` and what
    ``set_desk`` reads. Raises Invalid naming the field.
    """
    reader = FieldReader(raw)
    name = reader.text("name", required=True, longest=LONGEST_NAME)
    mailbox = reader.text("mailbox", required=True, longest=LONGEST_NAME)
    if mailbox and cities.current().mailbox(mailbox) is None:
        reader.refuse("mailbox", "field.unknown_choice")
    reader.raise_errors()
    agency = _with_desk(Agency(new_id(), Name(name, name), new_secret(), mailbox), raw)
    cities.change(lambda city: replace(city, agencies=(*city.agencies, agency)))
    return agency


def set_desk(agency_id: str, raw: Mapping[str, object]) -> Agency:
    """Where an agency stands, what its referrals count as, and how its own desk is written to.

    ``raw``: ``stands``, ``channel``, ``origin``, ``as_agency`` and ``secret_out``, "" for the one that is known.
    Raises NotFound, Invalid naming the field, also for an address that the desk never sends to.
    """
    agency = cities.refreshed().agency(agency_id)
    if agency is None:
        raise NotFound()
    changed = _with_desk(agency, raw)
    desk = {name: getattr(changed, name) for name in ("stands", "channel", "origin", "as_agency", "secret_out")}

    def set_in(city: City) -> City:
        return replace(
            city, agencies=tuple(replace(one, **desk) if one.id == agency_id else one for one in city.agencies)
        )

    return cities.change(set_in).agency(agency_id) or changed


def _with_desk(agency: Agency, raw: Mapping[str, object]) -> Agency:
    reader = FieldReader(raw)
    stands = reader.choice("stands", Stands) if raw.get("stands") else agency.stands
    channel = reader.choice("channel", Channel) if raw.get("channel") else agency.channel
    if channel is not None and channel not in CHANNELS:
        reader.refuse("channel", "field.unknown_choice")
    origin = reader.text("origin", longest=LONGEST_URL).rstrip("/")
    as_agency = reader.text("as_agency", longest=LONGEST_URL)
    secret_out = reader.text("secret_out", longest=LONGEST_URL) or (agency.secret_out if origin else "")
    if origin or as_agency or secret_out:
        _check_desk(reader, origin, as_agency, secret_out)
    reader.raise_errors()
    assert stands is not None
    assert channel is not None  # else they were refused
    return replace(agency, stands=stands, channel=channel, origin=origin, as_agency=as_agency, secret_out=secret_out)


def _check_desk(reader: FieldReader, origin: str, as_agency: str, secret_out: str) -> None:
    for field, value in (("origin", origin), ("as_agency", as_agency), ("secret_out", secret_out)):
        if not value:
            reader.refuse(field, "agency.incomplete")
    if origin and not _ORIGIN.fullmatch(origin):
        reader.refuse("origin", "agency.origin")
    elif origin:
        check_address(reader, "origin", origin)
    if as_agency and not _ID.fullmatch(as_agency):
        reader.refuse("as_agency", "agency.as_agency")
    if secret_out and not _signs(secret_out):
        reader.refuse("secret_out", "agency.secret")


def _signs(secret: str) -> bool:
    if not secret.startswith("whsec_"):
        return False
    try:
        return len(b64decode(secret.removeprefix("whsec_"), validate=True)) >= SHORTEST_SECRET
    except ValueError:
        return False


def renew_secret(agency_id: str) -> Agency:
    """Another secret for an agency. The old one is refused everywhere within five minutes. Raises NotFound."""
    secret = new_secret()

    def renewed(city: City) -> City:
        if city.agency(agency_id) is None:
            raise NotFound()
        agencies = tuple(replace(one, secret=secret) if one.id == agency_id else one for one in city.agencies)
        return replace(city, agencies=agencies)

    found = cities.change(renewed).agency(agency_id)
    assert found is not None  # else nothing was changed
    return found


def check_address(reader: FieldReader, field: str, url: str) -> None:
    """Note it where ``url`` is an address the desk never sends to."""
    try:
        webhooks.check(url)
    except webhooks.Refused:
        reader.refuse(field, "endpoint.not_public")
    except webhooks.NoAnswer:
        reader.refuse(field, "endpoint.no_such_host")


def new_id() -> str:
    """An id by chance."""
    return secrets.token_hex(4)


def new_secret() -> str:
    """A secret by chance, as Standard Webhooks writes it."""
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
