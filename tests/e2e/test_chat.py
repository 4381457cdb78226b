"""在线沟通 between two real browsers: a citizen with a telephone, and a clerk at a desk."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESK, PHONE, Opener
from tests.e2e.people import Citizen, Officer, Slip

pytestmark = pytest.mark.e2e

HOSTILE = "<img src=x onerror=alert(1)> 㐂𠮷😀"


def clerk_of(opened: Opener) -> Page:
    """A clerk with the room open."""
    page = Officer(opened("/console", DESK), "shouli").page
    page.goto("/console/chat")
    expect(page.locator("h1")).to_have_text("在线沟通")
    return page


def caller_of(opened: Opener, nickname: str) -> Page:
    """A citizen who has begun to wait."""
    page = opened("/chat.html", PHONE)
    expect(page.locator("#nickname")).to_be_visible(timeout=90_000)  # the page asks again whether anybody is there
    page.fill("#nickname", nickname)
    page.locator("[data-begin]").dblclick()
    expect(page.locator("[data-standing]")).to_contain_text("预计等")
    return page


def say(page: Page, words: str) -> None:
    """The citizen says something."""
    page.fill("#words", words)
    page.locator("[data-send]").click()
    expect(page.locator("#words")).to_have_value("")


def fits(page: Page) -> bool:
    """Whether nobody has to push the page sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_talk_from_the_line_to_the_receipt_in_the_citizen_s_window(opened: Opener) -> None:
    clerk = clerk_of(opened)
    citizen = caller_of(opened, "王女士")
    say(citizen, HOSTILE)
    line = clerk.locator("[data-live=lists] li", has_text="王女士")
    expect(line).to_have_count(1)  # it came by itself, and a double click began one talk
    line.locator("a").click()
    expect(clerk.locator(".talk li.citizen p")).to_have_text(HOSTILE)
    clerk.locator("[data-live=head]").get_by_role("button", name="接这一位").click()
    expect(citizen.locator("[data-standing]")).to_contain_text("正在和您沟通")

    clerk.locator(".phrases summary").click()
    clerk.locator(".phrases button").first.click()
    text = clerk.locator("form[data-say] textarea")
    expect(text).to_have_value("您好，我是市信访局工作人员，请讲。")
    text.press("Control+Enter")
    expect(text).to_have_value("")
    expect(citizen.locator(".said li.clerk p")).to_have_text("您好，我是市信访局工作人员，请讲。")
    text.fill("写到一半")
    say(citizen, "幸福路12号院外路灯坏了三天")
    expect(clerk.locator(".talk li.citizen")).to_have_count(2)
    expect(text).to_have_value("写到一半")  # what is being typed stays
    citizen.reload()
    expect(citizen.locator(".said li")).to_have_count(3)

    clerk.locator("details.step summary", has_text="转为来信").click()
    form = clerk.locator("form[action$='/submission']")
    everything = f"{HOSTILE}\n幸福路12号院外路灯坏了三天"
    expect(form.locator("[name=text]")).to_have_value(everything)  # also what she said after she was taken
    form.locator("[name=title]").fill("幸福路路灯不亮")
    form.locator("button").dblclick()
    expect(clerk.locator("[data-live=head]")).to_contain_text("已转为来信")
    slip = citizen.locator("[data-receipt]")
    expect(slip).to_be_visible()
    number, code = (slip.locator(f"[data-{part}]").inner_text().replace(" ", "") for part in ("number", "code"))
    assert fits(citizen)
    assert fits(clerk)
    clerk.locator("details.step summary", has_text="结束沟通").click()
    clerk.get_by_role("button", name="结束这次沟通").click()
    expect(citizen.locator("[data-standing]")).to_contain_text("工作人员结束了这次沟通")
    expect(citizen.locator("[data-saying]")).to_be_hidden()
    writer = Citizen(opened("/track.html"))
    writer.sees(Slip(number, code), "幸福路路灯不亮")


def test_who_leaves_makes_a_submission_herself_out_of_what_she_said(opened: Opener) -> None:
    clerk_of(opened)
    citizen = caller_of(opened, "")
    say(citizen, "小区二次供水水压低")
    citizen.once("dialog", lambda dialog: dialog.accept())
    citizen.locator("[data-leave]").click()
    citizen.locator("[data-hand-in] summary").click()
    expect(citizen.locator("#text")).to_have_value("小区二次供水水压低")
    citizen.fill("#name", "王秀英")
    citizen.locator("[data-file]").click()
    expect(citizen.locator("#reach-fault")).to_be_visible()  # a name needs a way to be reached
    citizen.fill("#reach", "19900001234")
    citizen.locator("[data-file]").click()
    expect(citizen.locator("[data-receipt]")).to_be_visible()
    expect(citizen.locator("[data-hand-in]")).to_be_hidden()


@pytest.mark.parametrize("folder", ["/", "/en/"])
def test_the_page_fits_a_telephone(opened: Opener, folder: str) -> None:
    page = opened(f"{folder}chat.html", PHONE)
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-desk]")).not_to_have_attribute("aria-busy", "true")
    assert fits(page)


def test_a_network_that_fails_loses_nothing_that_was_typed(opened: Opener) -> None:
    clerk_of(opened)
    citizen = caller_of(opened, "李先生")
    citizen.route("**/api/chat/messages", lambda route: route.abort())
    citizen.fill("#words", "路灯坏了")
    citizen.locator("[data-send]").click()
    expect(citizen.locator("#words-fault")).to_be_visible(timeout=15_000)
    expect(citizen.locator("#words")).to_have_value("路灯坏了")
    citizen.unroute("**/api/chat/messages")
    citizen.locator("[data-send]").click()
    expect(citizen.locator(".said li.citizen")).to_have_count(1)
