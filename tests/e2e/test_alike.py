"""Before she sends it, a citizen reads what is public of the same matter, and joins it or goes on."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.people import Citizen

pytestmark = pytest.mark.e2e

TITLE = "洗笔路小学放学的时候太堵"
TEXT = "洗笔路小学放学时间校门口堵得走不动，建议低年级和高年级错开放学时间，缓解校门口拥堵。"
PUBLIC = re.compile(r'"alike":"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{12}"')
KNOWN = "洗笔路小学分批放学"


def test_she_joins_what_is_public_changes_her_mind_and_joins_again(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    page = citizen.page
    citizen.write(title=TITLE, text=TEXT, kind="advice")
    offered = page.locator("[data-alike]")
    expect(offered.get_by_role("heading", name=KNOWN)).to_be_visible()
    expect(offered).to_contain_text("三批错时放学")
    offered.get_by_role("button", name="这就是我要反映的事").first.click()
    expect(offered).to_contain_text("您说这就是您要反映的事")
    offered.get_by_role("button", name="不，另外办理").click()
    offered.get_by_role("button", name="这就是我要反映的事").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with page.expect_request("**/api/submissions") as sent:
        slip = citizen.send()
    assert PUBLIC.search(sent.value.post_data or "")
    assert len(slip.receipt) == 12
    expect(page.locator("[data-joins]")).to_contain_text(KNOWN)


def test_who_goes_on_sends_her_letter_by_itself(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write(title=TITLE, text=TEXT, kind="advice")
    citizen.page.get_by_role("button", name="都不是，继续填写").click()
    expect(citizen.page.locator("[data-alike]")).to_be_hidden()
    with citizen.page.expect_request("**/api/submissions") as sent:
        citizen.send()
    assert '"alike":""' in (sent.value.post_data or "")
    expect(citizen.page.locator("[data-joins]")).to_be_hidden()
