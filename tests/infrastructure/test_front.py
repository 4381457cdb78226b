"""The front hands everything through as it came: the site from its folder, the rest from the stack behind it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from infra.local.front import SITE_HEADERS, application
from infra.local.stack import Stack

STACK = Stack({"RestAPIId": "api1", "UploadsBucketName": "uploads-1"}, "http://127.0.0.1:4566", "http://127.0.0.1:8000")


class Behind:
    """What stands behind the front: remembers what it was asked, and answers as told."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.answer = httpx.Response(200, stream=httpx.ByteStream(b"ok"))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer


@pytest.fixture
def behind() -> Behind:
    """A stack that only listens."""
    return Behind()


@dataclass
class Visitor:
    """Somebody at the front's address, without a browser's memory."""

    front: Starlette

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request and wait for the answer."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.front, client=("198.51.100.9", 50000))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())


@pytest.fixture
def visitor(behind: Behind, tmp_path: Path) -> Visitor:
    """A visitor of a small site."""
    (tmp_path / "en").mkdir()
    (tmp_path / "index.html").write_text("<h1>阳光信访</h1>", encoding="utf-8")
    (tmp_path / "en" / "index.html").write_text("<h1>Sunlight</h1>", encoding="utf-8")
    (tmp_path / "404.html").write_text("没有这一页", encoding="utf-8")
    (tmp_path / "form.js").write_text("'use strict'", encoding="utf-8")
    return Visitor(application(STACK, tmp_path, httpx.AsyncClient(transport=httpx.MockTransport(behind))))


def test_the_stage_of_the_gateway_is_put_in_front_of_the_path(visitor: Visitor, behind: Behind) -> None:
    visitor.ask("GET", "/api/desk?a=1&a=%E4%BD%A0&b=%2F")
    assert str(behind.asked[0].url) == (
        "http://127.0.0.1:4566/_aws/execute-api/api1/desk/api/desk?a=1&a=%E4%BD%A0&b=%2F"
    )


def test_a_path_is_not_decoded_on_the_way(visitor: Visitor, behind: Behind) -> None:
    visitor.ask("GET", "/console/cases/a%2Fb%E4%BD%A0")
    assert behind.asked[0].url.raw_path.endswith(b"/console/cases/a%2Fb%E4%BD%A0")


def test_a_body_of_ten_megabytes_arrives_byte_for_byte(visitor: Visitor, behind: Behind) -> None:
    body = bytes(range(256)) * (10 * 2**20 // 256)
    visitor.ask("POST", "/uploads/", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert behind.asked[0].content == body
    assert behind.asked[0].headers["content-type"] == "multipart/form-data; boundary=x"
    assert str(behind.asked[0].url) == "http://127.0.0.1:4566/uploads-1/"


def test_several_cookies_a_redirect_and_binary_come_back_as_they_were_sent(visitor: Visitor, behind: Behind) -> None:
    behind.answer = httpx.Response(
        303,
        headers=[("Set-Cookie", "a=1; Path=/console"), ("Set-Cookie", "b=2; Path=/"), ("Location", "/console/session")],
        stream=httpx.ByteStream(bytes(range(256))),
    )
    answer = visitor.ask("POST", "/console/session", content=b"login=x")
    assert answer.status_code == 303
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/console", "b=2; Path=/"]
    assert answer.headers["location"] == "/console/session"
    assert answer.content == bytes(range(256))


def test_one_visitor_s_cookies_are_never_sent_for_another(visitor: Visitor, behind: Behind) -> None:
    behind.answer = httpx.Response(200, headers={"Set-Cookie": "session=secret; Path=/"}, stream=httpx.ByteStream(b""))
    visitor.ask("POST", "/console/session", content=b"login=x")
    behind.answer = httpx.Response(200, stream=httpx.ByteStream(b""))
    visitor.ask("GET", "/console/cases")
    assert "cookie" not in behind.asked[1].headers


def test_nobody_can_write_the_address_that_they_come_from(visitor: Visitor, behind: Behind) -> None:
    forged = {"CloudFront-Viewer-Address": "198.51.100.7:1", "X-Forwarded-For": "198.51.100.7"}
    visitor.ask("GET", "/api/desk", headers=forged)
    assert behind.asked[0].headers.get_list("cloudfront-viewer-address") == ["198.51.100.9:50000"]
    assert "x-forwarded-for" not in behind.asked[0].headers


def test_a_page_comes_with_its_type_and_the_headers_of_the_site(visitor: Visitor) -> None:
    for path, content_type in (("/", "text/html"), ("/en/", "text/html"), ("/form.js", "text/javascript")):
        answer = visitor.ask("GET", path)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == f"{content_type}; charset=utf-8"
        for name, value in SITE_HEADERS.items():
            assert answer.headers[name] == value


def test_a_folder_s_address_ends_with_a_slash_so_that_its_links_lead_on(visitor: Visitor) -> None:
    answer = visitor.ask("GET", "/en")
    assert (answer.status_code, answer.headers["location"]) == (301, "/en/")


@pytest.mark.parametrize("path", ["/none", "/..%2f..%2fetc/passwd", "/en/../../secret"])
def test_what_is_not_of_the_site_is_not_there(visitor: Visitor, path: str) -> None:
    assert visitor.ask("GET", path).status_code == 404


def test_a_stack_that_does_not_answer_is_said_to(tmp_path: Path) -> None:
    def gone(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    visitor = Visitor(application(STACK, tmp_path, httpx.AsyncClient(transport=httpx.MockTransport(gone))))
    assert visitor.ask("GET", "/api/desk").status_code == 502
