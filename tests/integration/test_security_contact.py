"""security.txt: whom to tell of a weakness, at the address where everybody looks, and never out of date."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from chalice.test import Client
from msgspec.structs import replace

from app import app
from chalicelib.desk import cities
from chalicelib.domain.security_contact import SecurityContact, security_txt
from tests.integration.desk import Desk

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def told() -> dict[str, list[str]]:
    """The file's fields, as it is served."""
    with Client(app) as client:
        answer = client.http.get("/.well-known/security.txt")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    fields: dict[str, list[str]] = {}
    for line in answer.body.decode().removesuffix("\r\n").split("\r\n"):
        name, _, value = line.partition(": ")
        fields.setdefault(name, []).append(value)
    return fields


def test_it_names_the_counter_s_telephone_where_the_office_named_nobody(desk: Desk) -> None:
    fields = told()
    assert set(fields) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}
    assert fields["Contact"] == ["tel:+86-999-5550100", "http://127.0.0.1:8000/about.html"]
    assert fields["Preferred-Languages"] == ["zh, en"]


def test_it_never_is_out_of_date_and_promises_less_than_a_year(desk: Desk) -> None:
    (expires,) = told()["Expires"]
    left = datetime.strptime(expires, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(days=90) < left < timedelta(days=365)


def test_it_names_whom_the_office_named(desk: Desk) -> None:
    contact = SecurityContact(("mailto:security@example.cn", "tel:+86-10-12345678"), "https://example.cn/policy")
    cities.use(replace(desk.city, security=contact))
    fields = told()
    assert fields["Contact"] == list(contact.contacts)
    assert fields["Policy"] == ["https://example.cn/policy"]


@pytest.mark.parametrize("wrong", ["security@example.cn", "http://example.cn", "mailto:a\r\nExpires: never", "tel:"])
def test_an_address_that_is_none_does_not_get_into_the_city(wrong: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"contacts": [wrong]}, SecurityContact)


def test_a_desk_without_a_telephone_still_says_where_to_turn() -> None:
    assert security_txt(SecurityContact(), "", "https://desk.example", AT).startswith("Contact: https://desk.example/")
