"""Every answer carries what keeps a browser from being turned against its user: every route, every page of the site."""

import re
from pathlib import Path

import pytest

from app import app
from chalicelib.config import config
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.entrypoints.guarded import EVERYWHERE, HTTPS_ONLY
from infra import site
from infra.local.front import FILE_HEADERS, SITE_HEADERS
from tests.integration.desk import Desk
from tests.integration.visitor import Visitor, request

ROUTES = sorted((method, path) for path, methods in app.routes.items() for method in methods)
PUBLIC_AND_KEPT = {"/.well-known/security.txt", "/openapi.json", "/console/style.css"}
SENDS_ITS_ORIGIN = ("/console/session", "Referrer-Policy")
"""By "no-referrer" a browser would hide where the sign-in form was: then nobody could tell it from another site's."""

BARRED = ("'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data: blob:")


def answer_of(method: str, path: str, cookie: str = "") -> dict[str, str]:
    """The headers of one route's answer to somebody; what stands in its path is nobody's."""
    sent = {"Accept-Language": "zh", "Content-Type": "application/json", **({"Cookie": cookie} if cookie else {})}
    if path.startswith("/console"):
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    told = request(method, re.sub(r"\{\w+\}", "none", path), b"{}" if method == "POST" else b"", sent)
    return {name.lower(): str(value) for name, value in told.headers.items()}


def test_every_route_answers_with_every_header_to_a_stranger_and_to_the_staff(desk: Desk) -> None:
    cookie = Visitor(Staff("admin", "管理员", Role.ADMINISTRATOR, desk.city.desk_unit)).sign_in().cookie
    for method, path in ROUTES:
        for who in ("", cookie):
            if who and (not path.startswith("/console") or (method, path) == ("POST", "/console/session/end")):
                continue
            headers = answer_of(method, path, who)
            for name, value in EVERYWHERE.items():
                own = name in ("Content-Security-Policy", "Cache-Control") or (path, name) == SENDS_ITS_ORIGIN
                assert name.lower() in headers, (method, path, name)
                assert own or headers[name.lower()] == value, (method, path, name)
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'"), (method, path)
            assert "frame-ancestors 'none'" in policy, (method, path)
            assert "base-uri 'none'" in policy, (method, path)
            assert not [word for word in BARRED if word in policy.replace("img-src 'self' data:", "")], (method, path)


def test_nothing_of_a_person_s_is_kept_anywhere(desk: Desk) -> None:
    for method, path in ROUTES:
        kept = answer_of(method, path)["cache-control"]
        if method == "POST" or (path.startswith("/console") and path not in PUBLIC_AND_KEPT):
            assert "no-store" in kept, (method, path, kept)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/api/desk"), ("POST", "/api/health")])
def test_what_the_framework_itself_refuses_carries_them_too(table: str, method: str, path: str) -> None:
    headers = answer_of(method, path)
    assert set(map(str.lower, EVERYWHERE)) <= set(headers)


def test_by_https_every_answer_says_so_and_on_a_developer_s_machine_none(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "strict-transport-security" not in answer_of("GET", "/api/health")
    monkeypatch.setenv("SUNLIGHT_STAGE", "production")
    config.cache_clear()
    try:
        assert answer_of("GET", "/api/health")["strict-transport-security"] == HTTPS_ONLY
    finally:
        monkeypatch.undo()
        config.cache_clear()


def test_a_page_of_the_site_has_no_script_style_or_listener_in_it_and_loads_nothing_from_elsewhere(
    tmp_path: Path,
) -> None:
    site.build(tmp_path)
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) == 2 * len(site.PAGES) + 1
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r"<script(?![^>]*\bsrc=)", text), page
        assert not re.findall(r"<style|\sstyle=|\son\w+=|javascript:", text), page
        assert not re.findall(r"(?:src|action)=\"(?:https?:)?//", text), page
        assert not re.findall(r"<(?:iframe|object|embed|base)\b", text), page
    policy = SITE_HEADERS["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "worker-src 'self'", "frame-ancestors 'none'"):
        assert part in policy
    assert not [word for word in BARRED if word in policy.replace("img-src 'self' data:", "")]
    assert set(EVERYWHERE) <= set(SITE_HEADERS)


def test_what_the_console_is_drawn_from_has_no_script_or_style_in_it() -> None:
    for template in sorted((site.SOURCE.parent / "console").rglob("*.html")):
        text = template.read_text(encoding="utf-8")
        assert not re.findall(r"<script(?![^>]*\bsrc=)", text), template
        assert not re.findall(r"<style|\sstyle=|\son\w+=\"|javascript:", text), template


def test_a_file_that_somebody_uploaded_could_do_nothing_were_it_opened_at_our_address() -> None:
    assert "sandbox" in FILE_HEADERS["Content-Security-Policy"].split("; ")
    assert FILE_HEADERS["X-Content-Type-Options"] == "nosniff"
