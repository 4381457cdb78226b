"""登录设置: who needs a second step, and the city's OpenID Provider, as an administrator sets them."""

from collections.abc import Mapping

from msgspec.structs import replace

from chalicelib.desk import cities
from chalicelib.desk.agencies import LONGEST_NAME, LONGEST_URL, check_address
from chalicelib.desk.provider import secret_place
from chalicelib.desk.vault import vault
from chalicelib.domain.fields import FieldReader
from chalicelib.domain.signing import SEALED, Passwords, Provider, Second, Signing
from chalicelib.domain.words import STAFF
from chalicelib.gateways import oidc

LONGEST_SECRET = 500
MOST_ACR = 10
GROUPS = (*sorted(STAFF), SEALED)
BOX = "second."  # and a role: the box to tick


def set_required(raw: Mapping[str, object]) -> None:
    """Who needs a second step from the next sign-in on: ``second.<role>`` and ``second.sealed`` are "yes"."""
    reader = FieldReader(raw)
    required = tuple(str(one) for one in GROUPS if reader.text(f"{BOX}{one}", longest=3) == "yes")
    reader.raise_errors()
    cities.change(lambda city: replace(city, signing=replace(city.signing, required=required)))


def set_provider(raw: Mapping[str, object]) -> None:
    """Let the provider that ``raw`` describes sign people in. It is asked for its description first, so that nobody
    finds out at the door that an address was mistyped.

    ``name``, ``issuer``, ``client_id``, ``secret`` ("" keeps the one that is there for the same issuer), ``claim``,
    ``passwords``, ``second``, ``acr`` (one a line). Raises Invalid naming the field.
    """
    reader, before = FieldReader(raw), cities.refreshed().signing.provider
    name = reader.text("name", required=True, longest=LONGEST_NAME)
    issuer = reader.text("issuer", required=True, longest=LONGEST_URL)
    client_id = reader.text("client_id", required=True, longest=LONGEST_SECRET)
    secret = reader.text("secret", longest=LONGEST_SECRET)
    claim = reader.text("claim", required=True, longest=LONGEST_NAME)
    passwords, second = reader.choice("passwords", Passwords), reader.choice("second", Second)
    acr = tuple(reader.text("acr", longest=LONGEST_SECRET * MOST_ACR, many_lines=True).split())
    if len(acr) > MOST_ACR:
        reader.refuse("acr", "field.too_many", most=str(MOST_ACR))
    kept = before is not None and before.issuer == issuer
    if not secret and not kept:
        reader.refuse("secret", "field.empty")
    if issuer:
        _check_issuer(reader, issuer)
    reader.raise_errors()
    assert passwords is not None  # what is no choice was refused
    assert second is not None
    sealed = before.secret if kept and not secret and before is not None else vault().seal(secret, secret_place(issuer))
    provider = Provider(issuer, client_id, sealed, name, claim, passwords, second, acr)
    cities.change(lambda city: replace(city, signing=replace(city.signing, provider=provider)))


def _check_issuer(reader: FieldReader, issuer: str) -> None:
    check_address(reader, "issuer", issuer)
    if reader.errors:
        return
    oidc.forget()
    try:
        oidc.described(issuer)
    except oidc.Down:
        reader.refuse("issuer", "oidc.issuer")


def remove_provider() -> None:
    """Everybody signs in by password again."""
    cities.change(lambda city: replace(city, signing=Signing(city.signing.required)))
