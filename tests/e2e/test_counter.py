"""登记台 in a real browser: a call is taken by the keyboard alone, while the caller speaks."""

import re

import pytest
from playwright.sync_api import expect

from infra.solving import CHALLENGES, with_proof
from tests.e2e.conftest import DESK, Opener
from tests.e2e.people import PATIENCE, Officer, unclear
from tests.integration.desk import form

pytestmark = pytest.mark.e2e
LONG = PATIENCE * 1000  # milliseconds, for whatever a function answers

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def test_a_call_is_taken_by_keys_alone_and_a_letter_with_its_scan(opened: Opener) -> None:
    page = Officer(opened("/console", DESK), "shouli").page
    letter = form(title="井盖松了", text=unclear(), name="易安居", phone="19900008888")
    proven = with_proof("submission", letter, lambda asked: page.request.post(CHALLENGES, data=asked).json())
    filed = page.request.post("/api/submissions", data=proven)
    earlier = filed.json()["receipt"]
    page.goto("/console/counter")
    keys = page.keyboard
    expect(page.locator("[name=phone]")).to_be_focused()
    keys.type("199-0000-8888")
    expect(page.locator("#earlier")).to_contain_text("井盖松了", timeout=LONG)
    keys.press("Alt+m")
    expect(page.locator("#earlier h3 a").first).to_be_focused()
    keys.press("Alt+v")
    expect(page.locator("[name=channel][value=visit]")).to_be_checked()
    keys.press("Alt+t")
    keys.press("Alt+n")
    keys.press("Enter")  # a habit: nothing is sent by it
    keys.press("Tab")
    keys.type("易安居")
    keys.press("Alt+x")
    keys.type(unclear())
    page.context.clear_cookies()  # the session runs out while the caller speaks
    keys.press("Control+Enter")
    expect(page.locator("[name=password]")).to_be_visible(timeout=LONG)
    page = Officer(page, "shouli").page
    page.goto("/console/counter")
    expect(page.locator("[data-restored]")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("易安居")
    page.keyboard.press("Control+Enter")  # no title yet
    expect(page.locator("[name=title]")).to_be_focused(timeout=LONG)
    page.keyboard.type("楼道灯不亮")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-code]")).to_have_text(re.compile(r"\w{4} \w{4}"), timeout=LONG)
    assert re.sub(r"\D", "", page.locator("[data-receipt]").inner_text()) != earlier
    page.keyboard.press("Enter")  # on to the next one
    expect(page.locator("[name=phone]")).to_be_focused(timeout=LONG)
    expect(page.locator("[data-restored]")).to_be_hidden()
    page.keyboard.press("Alt+l")
    page.fill("[name=name]", "祖德厚")
    page.fill("[name=address]", "云汀市荻洲区柳荫里6号")
    page.fill("[name=title]", "来信一件")
    page.fill("[name=text]", unclear())
    page.set_input_files("[name=scan]", {"name": "信.png", "mimeType": "image/png", "buffer": PNG})
    page.keyboard.press("Control+Enter")
    number = re.sub(r"\D", "", page.locator("[data-receipt]").inner_text())
    page.goto(f"/console/find?number={number}")
    expect(page.locator(".files")).to_contain_text("信.png", timeout=LONG)
