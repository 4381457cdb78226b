"""The console in a real browser: each role, each room, at both widths, in both languages."""

import re

import pytest
from playwright.sync_api import Page, expect

from infra.seed import DEMO_ACCOUNTS
from tests.e2e.conftest import DESK, PHONE, Opener
from tests.e2e.people import Officer

pytestmark = pytest.mark.e2e


def links(page: Page, place: str) -> list[str]:
    """The addresses of the links in a part of the page."""
    return [str(link.get_attribute("href")) for link in page.locator(f"{place} a").all()]


def rooms(page: Page) -> list[str]:
    """The addresses of all rooms: of each wing, its own."""
    found: list[str] = []
    for wing in links(page, ".wings"):
        page.goto(wing)
        found += links(page, ".rooms") or [wing]
    return found


def fits(page: Page) -> bool:
    """Whether nobody has to push the page sideways, at a desk or on a telephone."""
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            return False
    return True


@pytest.mark.parametrize("login", [account.login for account in DEMO_ACCOUNTS])
def test_every_room_of_a_role_opens_and_fits_its_screen(opened: Opener, login: str) -> None:
    officer = Officer(opened("/console", DESK), login)
    found = rooms(officer.page)
    assert found
    for room in found:
        officer.page.goto(room)
        expect(officer.page.locator("h1")).to_be_visible()
        assert fits(officer.page), room
    officer.page.goto(found[0])
    for case in officer.page.locator("td.what a").all()[:1]:
        case.click()
        expect(officer.page.locator("ol.timeline li").first).to_be_visible()
        assert fits(officer.page)


@pytest.mark.parametrize(("login", "among"), [("shouli", "/console/backlog"), ("admin", "/console/calendar")])
def test_the_console_is_there_in_english_and_stays_so(opened: Opener, login: str, among: str) -> None:
    officer = Officer(opened("/console", DESK), login)
    officer.page.get_by_role("link", name="English").click()
    found = rooms(officer.page)
    assert among in found
    for room in found:
        officer.page.goto(room)
        expect(officer.page.locator("html")).to_have_attribute("lang", "en")
        assert fits(officer.page), room
        ours = officer.page.locator("h1, h2, th, .tabs a").filter(has_not=officer.page.locator("[lang=zh]"))
        headings = ours.all_inner_texts()  # what citizens wrote stays as it is
        own = [one for one in headings if re.search(r"[\u4e00-\u9fff]", one)]
        assert not own, room


def test_whoever_signed_out_is_shown_nothing_more(opened: Opener) -> None:
    officer = Officer(opened("/console", DESK), "chengguan")
    page = officer.page
    page.goto("/console/queue")
    page.get_by_role("button", name="退出").click()
    expect(page.locator("[name=password]")).to_be_visible()
    page.goto("/console/queue")
    expect(page.locator("[name=password]")).to_be_visible()


def test_a_leader_finds_the_months_that_are_over_reported_in_the_demo_city(opened: Opener) -> None:
    page = Officer(opened("/console", DESK), "shuji").page
    page.goto("/console/reports")
    months = page.locator("main a[href*='/period/20']").all_inner_texts()
    assert any("月" in one and "未完" not in one for one in months), months


def test_a_month_is_downloaded_as_a_table(opened: Opener) -> None:
    officer = Officer(opened("/console", DESK), "duban")
    officer.page.goto("/console/assessment")
    with officer.page.expect_download() as download:
        officer.page.get_by_role("link", name="CSV").click()
    text = download.value.path().read_text("utf-8")
    assert text.startswith("\ufeff")
    assert "荻洲区城市管理和综合执法局" in text


def test_an_administrator_is_shown_a_new_agency_s_secret_once(opened: Opener) -> None:
    officer = Officer(opened("/console", DESK), "admin")
    page = officer.page
    page.goto("/console/admin")
    page.get_by_text("增加一个来件机关").click()
    form = page.locator("form[action='/console/admin/agencies']")
    form.locator("[name=name]").fill("省信访局")
    form.locator("button").click()
    expect(page.locator(".secret")).to_contain_text("whsec_")
    page.goto("/console/admin")
    expect(page.locator("main")).to_contain_text("省信访局")
    assert "whsec_" not in page.content()
