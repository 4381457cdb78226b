"""The other agencies that may refer petitions to the office."""

import secrets
from base64 import b64encode
from collections.abc import Mapping

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.domain.city import Agency, City, Name
from chalicelib.domain.errors import FieldError, Invalid, NotFound
from chalicelib.domain.fields import FieldReader

LONGEST_NAME = 60
SECRET_BYTES = 32  # Standard Webhooks asks for 24 to 64


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
    agency = Agency(new_id(), Name(name, name), new_secret(), mailbox)
    cities.change(lambda city: replace(city, agencies=(*city.agencies, agency)))
    return agency


def renew_secret(agency_id: str) -> Agency:
    """Another secret for an agency. The old one is refused everywhere within five minutes. Raises NotFound."""
    secret = new_secret()

    def renewed(city: City) -> City:
        if city.agency(agency_id) is None:
            raise NotFound()
        agencies = tuple(replace(one, secret=secret) if one.id == agency_id else one for one in city.agencies)
        return replace(city, agencies=agencies)

    found = cities.change(renewed).agency(agency_id)
    if found is None:
        raise Invalid([FieldError("agency", "field.unknown_choice")])
    return found


def new_id() -> str:
    """An id by chance."""
    return secrets.token_hex(4)


def new_secret() -> str:
    """A secret by chance, as Standard Webhooks writes it."""
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
