"""Advice, from the letter to the public page and off it again, as its writer and everybody else see it."""

import pytest
from playwright.sync_api import expect

from infra.seed import DEMO_ACCOUNTS
from tests.e2e.conftest import DESK, Opener
from tests.e2e.people import Citizen, Officer

pytestmark = pytest.mark.e2e

UNIT = str(next(one for one in DEMO_ACCOUNTS if one.login == "chengguan").unit)


def test_advice_is_adopted_published_with_consent_and_taken_down_without(opened: Opener) -> None:
    citizen = Citizen(opened("/"))
    citizen.write(title="建议装扶手", kind="advice", may_publish=True, name="顾望舒", phone="19900004321")
    slip = citizen.send()
    clerk = Officer(opened("/console", DESK), "shouli")
    clerk.finds(slip, "转受理员判断")
    clerk.take("acceptance")
    clerk.take("dispatch", unit=UNIT)
    handler = Officer(opened("/console", DESK), "chengguan")
    handler.find(slip)
    handler.take("signature")
    handler.take("draft", outcome="adopted", text="顾望舒同志：已采纳，年底前装好。联系人：李工，电话0999-5550123。")
    head = Officer(opened("/console", DESK), "chengguan-head")
    head.find(slip)
    head.take("reply")

    clerk.page.goto("/console/queue?list=to-publish")
    clerk.page.get_by_role("link", name="建议装扶手").first.click()
    form = clerk.page.locator("form[action$='/publication']")
    expect(form.locator("[name=text]")).to_have_value("顾某某同志：已采纳，年底前装好。联系人：某某，电话*******。")
    clerk.take("publication", title="候车亭加装扶手", text="有市民建议在候车亭装扶手。已采纳，年底前装好。")

    citizen.sees(slip, "您的建议的采纳情况已公开")
    page = citizen.page
    page.get_by_role("link", name="去看看").click()
    expect(page.locator(".decision.meant")).to_contain_text("候车亭加装扶手")
    page.locator("[data-outcome=not_adopted]").click()
    expect(page.locator(".decision").first).to_have_class("decision not_adopted")
    expect(page.get_by_text("候车亭加装扶手")).to_have_count(0)

    citizen.track(slip)
    page.locator("[data-act=consent] summary").click()
    page.locator("[data-act=consent] button[type=submit]").click()
    expect(page.locator("[data-act=consent] #agreed-fault")).to_be_visible()
    page.locator("[name=agreed]").check()
    page.locator("[data-act=consent] button[type=submit]").click()
    expect(page.locator("[data-done]")).to_contain_text("已经撤回")
    expect(page.locator("[data-act=consent]")).to_be_hidden()
    stranger = opened("/decisions.html")
    expect(stranger.locator(".decision").first).to_be_visible()
    expect(stranger.get_by_text("候车亭加装扶手")).to_have_count(0)
