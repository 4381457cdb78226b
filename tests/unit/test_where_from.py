"""Where a request came from: the word of those before us, never the visitor's."""

from datetime import timedelta

import pytest
from chalice.app import Request
from msgspec.structs import replace

from chalicelib.config import config
from chalicelib.entrypoints.answers import address_of
from chalicelib.gateways import objects


def request(**headers: str) -> Request:
    """A request as the gateway hands it over."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        {
            "multiValueQueryStringParameters": None,
            "headers": named,
            "pathParameters": {},
            "requestContext": {"httpMethod": "GET", "resourcePath": "/", "identity": {"sourceIp": "192.0.2.1"}},
            "body": "",
            "stageVariables": {},
            "isBase64Encoded": False,
        }
    )


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "192.0.2.1"),
        ({"x_forwarded_for": "192.0.2.1"}, "192.0.2.1"),
        ({"x_forwarded_for": "203.0.113.9, 192.0.2.1"}, "203.0.113.9"),
        ({"x_forwarded_for": "1.1.1.1, 10.0.0.1, 203.0.113.9, 192.0.2.1"}, "203.0.113.9"),
        ({"x_forwarded_for": "2001:db8::7,192.0.2.1"}, "2001:db8::7"),
        ({"cloudfront_viewer_address": "203.0.113.9:5000", "x_forwarded_for": "1.1.1.1, 192.0.2.1"}, "203.0.113.9"),
        ({"cloudfront_viewer_address": "2001:db8::7:443"}, "2001:db8::7"),
    ],
)
def test_a_visitor_is_where_the_last_who_passed_the_request_on_saw_her(headers: dict[str, str], address: str) -> None:
    assert address_of(request(**headers)) == address


@pytest.mark.parametrize(
    ("told", "url"),
    [("", "http://127.0.0.1:8000/uploads/"), ("https://files.example.cn/", "https://files.example.cn/")],
)
def test_a_file_goes_below_the_desk_s_own_address_unless_the_deployment_says_where(
    told: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "config", lambda: replace(config(), uploads_url=told))
    assert objects.presigned_post("incoming/1", "image/png", 1000, timedelta(minutes=5)).url == url
