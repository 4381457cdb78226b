"""The other agencies that the office works with: whom the desk tells of public steps, and who may refer petitions."""

import secrets
from base64 import b64encode
from collections.abc import Mapping

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.domain.city import Agency, City, Endpoint, Name
from chalicelib.domain.errors import FieldError, Invalid, NotFound
from chalicelib.domain.submission import FieldReader
from chalicelib.gateways import webhooks

LONGEST_NAME = 60
LONGEST_URL = 500
SECRET_BYTES = 32  # Standard Webhooks asks for 24 to 64
MOST_WARNED = 3  # endpoints: each warning is a message to each of them, in one commit of at most a hundred items


def add_endpoint(raw: Mapping[str, object]) -> Endpoint:
    """Tell another agency of public steps from now on. Its secret is made here and shown to the administrator once.

    ``raw``: ``name``, ``url``, ``agency``, the id of the agency that it is, if it refers petitions to us too: it is
    then told its own numbers; ``warnings`` "yes": it is told of lights and orders too. Raises Invalid naming the field,
    also for an address the desk never sends to.
    """
    reader = FieldReader(raw)
    name = reader.text("name", required=True, longest=LONGEST_NAME)
    url = reader.text("url", required=True, longest=LONGEST_URL)
    if url:
        _check_address(reader, url)
    agency = reader.text("agency", longest=LONGEST_NAME) or None
    if agency and cities.current().agency(agency) is None:
        reader.refuse("agency", "field.unknown_choice")
    warnings = _ticked(reader, "warnings")
    if warnings and sum(endpoint.warnings for endpoint in cities.current().endpoints) >= MOST_WARNED:
        reader.refuse("warnings", "endpoint.warnings", most=str(MOST_WARNED))
    reader.raise_errors()
    endpoint = Endpoint(_new_id(), Name(name, name), url, _new_secret(), agency=agency, warnings=warnings)
    cities.change(lambda city: replace(city, endpoints=(*city.endpoints, endpoint)))
    return endpoint


def _ticked(reader: FieldReader, field: str) -> bool:
    answer = reader.text(field, longest=LONGEST_NAME)
    if answer not in ("", "yes"):
        reader.refuse(field, "field.unknown_choice")
    return answer == "yes"


def _check_address(reader: FieldReader, url: str) -> None:
    try:
        webhooks.check(url)
    except webhooks.Refused:
        reader.refuse("url", "endpoint.not_public")
    except webhooks.NoAnswer:
        reader.refuse("url", "endpoint.no_such_host")


def set_enabled(endpoint_id: str, enabled: bool) -> None:
    """Tell an endpoint nothing more for now, or begin again. Raises NotFound."""

    def switched(city: City) -> City:
        if all(endpoint.id != endpoint_id for endpoint in city.endpoints):
            raise NotFound()
        endpoints = tuple(
            replace(endpoint, enabled=enabled) if endpoint.id == endpoint_id else endpoint
            for endpoint in city.endpoints
        )
        return replace(city, endpoints=endpoints)

    cities.change(switched)


def add_agency(raw: Mapping[str, object]) -> Agency:
    """Let another agency refer petitions to us. Its secret is made here and shown to the administrator once.

    ``raw``: ``name`` and ``mailbox``, the id of the mailbox its referrals come to. Raises Invalid naming the field.
    """
    reader = FieldReader(raw)
    name = reader.text("name", required=True, longest=LONGEST_NAME)
    mailbox = reader.text("mailbox", required=True, longest=LONGEST_NAME)
    if mailbox and cities.current().mailbox(mailbox) is None:
        reader.refuse("mailbox", "field.unknown_choice")
    reader.raise_errors()
    agency = Agency(_new_id(), Name(name, name), _new_secret(), mailbox)
    cities.change(lambda city: replace(city, agencies=(*city.agencies, agency)))
    return agency


def renew_secret(agency_id: str) -> Agency:
    """Another secret for an agency. The old one is refused everywhere within five minutes. Raises NotFound."""
    secret = _new_secret()

    def renewed(city: City) -> City:
        if city.agency(agency_id) is None:
            raise NotFound()
        agencies = tuple(replace(one, secret=secret) if one.id == agency_id else one for one in city.agencies)
        return replace(city, agencies=agencies)

    found = cities.change(renewed).agency(agency_id)
    if found is None:
        raise Invalid([FieldError("agency", "field.unknown_choice")])
    return found


def _new_id() -> str:
    return secrets.token_hex(4)


def _new_secret() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
