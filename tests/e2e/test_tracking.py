"""Looking how a letter stands, adding to it, withdrawing it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESK, PHONE, Opener
from tests.e2e.people import Citizen
from tests.e2e.test_story import PDF

pytestmark = pytest.mark.e2e


def test_a_receipt_with_one_wrong_digit_is_found_out_before_the_desk_is_asked(opened: Opener) -> None:
    page = opened("/track.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.fill("#receipt", "4827 1093 5521")
    page.fill("#code", "K7QX 2M9P")
    page.locator("[data-asking] button[type=submit]").click()
    expect(page.locator("#receipt-fault")).to_be_visible()
    assert not any("/api/tracking" in url for url in asked)


def test_a_wrong_code_is_told_without_saying_which_half_was_wrong(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write()
    slip = citizen.send()
    page = opened("/track.html")
    page.fill("#receipt", slip.receipt)
    page.fill("#code", "AAAA AAAA" if slip.code != "AAAAAAAA" else "BBBB BBBB")
    page.locator("[data-asking] button[type=submit]").click()
    trouble = page.locator("[data-asking] [data-trouble]")
    expect(trouble).to_contain_text("没有找到")
    expect(page.locator("#receipt")).to_have_value(re.compile(slip.receipt[:4]))  # nothing typed is lost


def test_an_addition_with_a_file_stands_at_the_letter(opened: Opener, tmp_path: Path) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write()
    slip = citizen.send()
    citizen.track(slip)
    page = citizen.page
    page.locator("[data-act=supplement] summary").click()
    page.fill("[data-act=supplement] #text", "补充一点：昨天夜里又发生了一次。")
    file = tmp_path / "照片说明.pdf"
    file.write_bytes(PDF)
    page.set_input_files("[data-act=supplement] input[type=file]", str(file))
    expect(page.locator("[data-uploads] > li.done")).to_have_count(1)
    page.locator("[data-act=supplement] button[type=submit]").click()
    expect(page.locator("[data-done]")).to_be_visible()
    expect(page.locator("[data-story]")).to_contain_text("昨天夜里又发生了一次")
    citizen.sees(slip, "照片说明.pdf")


def test_a_letter_is_withdrawn_only_when_its_writer_is_sure(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write()
    slip = citizen.send()
    citizen.sees(slip, "已登记")
    page = citizen.page
    page.locator("[data-act=withdraw] summary").click()
    page.locator("[data-act=withdraw] button[type=submit]").click()
    expect(page.locator("[data-act=withdraw] #sure-fault")).to_be_visible()
    page.locator("[data-act=withdraw] [name=sure]").check()
    page.locator("[data-act=withdraw] button[type=submit]").click()
    expect(page.locator("[data-done]")).to_be_visible()
    expect(page.locator("[data-story]")).to_contain_text("已撤回")
    expect(page.locator("[data-act=withdraw]")).to_be_hidden()


def test_what_was_tracked_is_forgotten_by_this_device_when_asked(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write()
    citizen.track(citizen.send())
    citizen.page.locator("[data-leave]").click()
    citizen.page.reload()
    expect(citizen.page.locator("[data-asking]")).to_be_visible()
    expect(citizen.page.locator("#code")).to_have_value("")


@pytest.mark.parametrize("folder", ["/", "/en/"])
@pytest.mark.parametrize(
    "name",
    ["index", "file", "track", "verify", "campaign", "honours", "decisions", "about", "privacy", "receipt", "404"],
)
def test_every_page_fits_its_screen_and_runs_without_a_fault(opened: Opener, name: str, folder: str) -> None:
    page = opened(f"{folder}{name}.html", PHONE)
    page.wait_for_load_state("networkidle")
    for width, height in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator("h1:visible").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
