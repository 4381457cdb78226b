"""``/.well-known/security.txt`` (RFC 9116). Made when it is asked for, so that it never is out of date."""

from datetime import UTC, datetime

from chalice.app import Blueprint, Response

from chalicelib.config import config
from chalicelib.desk import cities
from chalicelib.domain.security_contact import security_txt

security_contact = Blueprint(__name__)
A_WHILE = 86_400  # seconds that anyone may keep it


@security_contact.route("/.well-known/security.txt", methods=["GET"])
def told() -> Response:
    """Whom to tell of a weakness."""
    city = cities.current()
    desk = city.unit(city.desk_unit)
    phone = desk.phone if desk is not None else ""
    text = security_txt(city.security, phone, config().public_origin, datetime.now(UTC))
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/plain; charset=utf-8",
        "Cache-Control": f"public, max-age={A_WHILE}",
    }
    return Response(text, status_code=200, headers=headers)
