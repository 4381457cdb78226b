"""security.txt (RFC 9116): whom to tell of a weakness of the desk, and until when that is sure to hold."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

LASTS = timedelta(days=180)  # from the moment it is asked for: RFC 9116, 2.5.5, wants less than a year
Address = Annotated[str, Meta(pattern="^(mailto:|tel:|https://)[!-~]{3,200}$")]
Page = Annotated[str, Meta(pattern="^(https://[!-~]{3,200})?$")]


class SecurityContact(Struct, frozen=True):
    """Whom an office wants to be told (``security`` of its city.json): addresses in order of preference, and the page
    that says how weaknesses are dealt with.
    """

    contacts: tuple[Address, ...] = ()
    policy: Page = ""


def security_txt(contact: SecurityContact, phone: str, origin: str, at: datetime) -> str:
    """The file as it stands at ``at``. ``phone``: the counter's, ``origin``: the desk's own address; they serve where
    the office has named nobody.
    """
    contacts = contact.contacts or tuple(filter(None, (_telephone(phone), f"{origin}/about.html")))
    lines = [
        *(f"Contact: {one}" for one in contacts),
        f"Expires: {(at + LASTS).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: zh, en",
        f"Canonical: {origin}/.well-known/security.txt",
        *([f"Policy: {contact.policy}"] if contact.policy else ()),
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _telephone(phone: str) -> str:
    """A Chinese number as others dial it (RFC 3966); "" for none."""
    digits = "".join(char for char in phone if char.isascii() and (char.isdigit() or char == "-"))
    return f"tel:+86-{digits.removeprefix('0')}" if digits else ""
