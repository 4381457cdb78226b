"""After the straight road, in real browsers: a question answered, a reply reviewed by the level above."""

import pytest
from playwright.sync_api import expect

from infra.seed import DEMO_ACCOUNTS
from tests.e2e.conftest import DESK, Opener
from tests.e2e.people import Citizen, Officer

pytestmark = pytest.mark.e2e

UNIT = str(next(one for one in DEMO_ACCOUNTS if one.login == "zhujian").unit)


def test_a_citizen_answers_a_question_and_asks_for_review_of_the_reply(opened: Opener) -> None:
    citizen = Citizen(opened("/"))
    citizen.write(name="周宁", phone="19900005678")
    slip = citizen.send()
    clerk = Officer(opened("/console", DESK), "shouli")
    clerk.finds(slip, "转受理员判断")
    clerk.take("acceptance")
    clerk.take("dispatch", unit=UNIT)

    handler = Officer(opened("/console", DESK), "zhujian")
    handler.find(slip)
    handler.take("signature")
    handler.take("question", question="请补充是几号楼几单元。")
    citizen.sees(slip, "请补充是几号楼几单元。")
    page = citizen.page
    expect(page.locator(".light.grey")).to_be_visible()
    page.fill("[data-act=supplement] #text", "三号楼二单元。")
    page.locator("[data-act=supplement] button[type=submit]").click()
    expect(page.locator("[data-done]")).to_be_visible()
    expect(page.locator(".light.green")).to_be_visible()

    handler.find(slip)
    handler.take("draft", outcome="explained", text="经核查，该楼不在改造范围。联系人：周工，电话 0999-5551011。")
    head = Officer(opened("/console", DESK), "zhujian-head")
    head.find(slip)
    head.take("reply")
    citizen.sees(slip, "该楼不在改造范围")
    page.locator("[data-act=review] summary").click()
    page.locator("[data-act=review] button[type=submit]").click()
    expect(page.locator("[data-act=review] #why-fault")).to_be_visible()
    page.fill("[data-act=review] #why", "答复没有写明依据哪一条规定。")
    page.locator("[data-act=review] button[type=submit]").click()
    expect(page.locator("[data-done]")).to_be_visible()
    expect(page.locator("[data-story]")).to_contain_text("复查复核中")
    expect(page.locator("[data-act=review]")).to_be_hidden()
    clerk.finds(slip, "答复没有写明依据哪一条规定")
