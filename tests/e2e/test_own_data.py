"""One's own data: a copy as a file, and the erasure that is offered once the desk says that its time has come."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.people import Citizen, Slip

pytestmark = pytest.mark.e2e


def filed(opened: Opener) -> tuple[Citizen, Slip]:
    """Somebody who looks how her letter stands."""
    citizen = Citizen(opened("/file.html"))
    citizen.write(title="我要一份我的资料", name="端木清扬", phone="13912345678")
    slip = citizen.send()
    citizen.sees(slip, "已登记")
    return citizen, slip


def come(route: Any) -> None:
    """What the desk tells years later."""
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "may_erase": True})


def test_all_that_the_desk_keeps_is_downloaded_as_one_file(opened: Opener) -> None:
    citizen, slip = filed(opened)
    with citizen.page.expect_download() as downloading:
        citizen.page.locator("[data-copy]").click()
    copy = json.loads(Path(downloading.value.path()).read_text(encoding="utf-8"))
    assert downloading.value.suggested_filename == f"sunlight-{slip.receipt}.json"
    assert (copy["title"], copy["name"], copy["phone"]) == ("我要一份我的资料", "端木清扬", "13912345678")
    expect(citizen.page.locator("[data-done]")).to_contain_text("请妥善保管")


def test_erasure_is_not_offered_before_its_time_and_refused_in_words_if_asked_for(opened: Opener) -> None:
    citizen, slip = filed(opened)
    page = citizen.page
    expect(page.locator("[data-erase]")).to_be_hidden()
    page.route("**/api/tracking", come)
    citizen.track(slip)
    page.locator("[data-erase] summary").click()
    page.locator("[data-erase] button[type=submit]").click()
    expect(page.locator("[data-erase] [data-field=certain]")).to_have_class("field wrong")
    page.locator("[data-erase] [name=certain]").check()
    page.locator("[data-erase] button[type=submit]").click()
    expect(page.locator("[data-erase] [data-faults]")).to_contain_text("事项还没有办结")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_once_erased_the_page_shows_nothing_of_it_any_more(opened: Opener) -> None:
    citizen, slip = filed(opened)
    page = citizen.page
    page.route("**/api/tracking", come)
    told = {"receipt": slip.receipt, "erased_at": "2031-11-24T01:00:00Z", "done": False}
    page.route("**/erasure", lambda route: route.fulfill(json=told))
    citizen.track(slip)
    page.locator("[data-erase] summary").click()
    page.locator("[data-erase] [name=certain]").check()
    page.locator("[data-erase] button[type=submit]").click()
    expect(page.locator("[data-done]")).to_contain_text("已按您的要求删除")
    expect(page.locator("main")).not_to_contain_text("我要一份我的资料")
    assert "我要一份我的资料" not in (page.locator("main").text_content() or "")
    assert slip.code not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")
