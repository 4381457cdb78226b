"""The whole story of one petition, in real browsers, before the stack that `make run` starts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESK, Opener
from tests.e2e.people import RARE, TITLE, Citizen, Officer, Slip

pytestmark = pytest.mark.e2e

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
REPLY = "您好！经查，您反映的情况属实，我局已安排专人与您联系，将于本月底前办结。联系人：马超，电话 0999-5551010。"
PROMISED = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


def test_a_letter_is_filed_accepted_dispatched_answered_rated_and_told_of(opened: Opener, tmp_path: Path) -> None:
    photo, proof = tmp_path / "门口.pdf", tmp_path / "材料.pdf"
    photo.write_bytes(PDF)
    proof.write_bytes(b"MZ\x90\x00 this is a program and no document")
    citizen = Citizen(opened("/"))
    citizen.write(files=(photo, proof), name="林晓", phone="19900001234", email="lin@example.com", place="莲子巷口")
    slip = citizen.send()
    assert (len(slip.receipt), len(slip.code)) == (12, 8)
    citizen.sees(slip, "已登记")

    case = _clerk_accepts_and_dispatches(opened, slip)
    _handler_drafts(opened, slip, photo)
    _head_approves(opened, slip)

    citizen.sees(slip, REPLY)
    for words in ("荻洲区城市管理和综合执法局", "受理", "交办", "签收"):
        expect(citizen.page.locator("[data-status]")).to_contain_text(words)
    _rate(citizen)
    citizen.track(slip)
    expect(citizen.page.locator("[data-status]")).to_contain_text("回复很快")
    _office_sees_the_end(opened, slip, case)


def _clerk_accepts_and_dispatches(opened: Opener, slip: Slip) -> str:
    clerk = Officer(opened("/console", DESK), "shouli")
    clerk.finds(slip, "转受理员判断")
    expect(clerk.page.locator("article.letter")).to_contain_text(RARE)
    expect(clerk.page.locator(".reasons").first).to_be_visible()
    assert "draft" not in clerk.steps
    clerk.take("acceptance")
    clerk.take("dispatch", unit=_unit_of("chengguan"), note="请当面听取来信人意见。")
    clerk.finds(slip, "已通过检查")  # the attachment was looked into meanwhile
    clerk.finds(slip, "未通过检查")
    return clerk.page.url.split("?")[0].rpartition("/")[2]


def _handler_drafts(opened: Opener, slip: Slip, photo: Path) -> None:
    handler = Officer(opened("/console", DESK), "chengguan")
    handler.page.goto("/console/queue")
    expect(handler.page.get_by_role("link", name=TITLE).first).to_be_visible()
    handler.find(slip)
    assert "dispatch" not in handler.steps
    assert "reply" not in handler.steps
    handler.take("signature")
    with handler.page.expect_download() as download:
        handler.page.get_by_role("link", name="门口.pdf").click()
    assert download.value.path().read_bytes() == photo.read_bytes()
    assert handler.page.get_by_role("link", name="材料.pdf").count() == 0
    handler.page.get_by_role("button", name="查看来信人").click()
    expect(handler.page.locator("article.letter")).to_contain_text("19900001234")
    handler.find(slip)
    handler.take("draft", outcome="by_date", done_on=PROMISED, text=REPLY)


def _head_approves(opened: Opener, slip: Slip) -> None:
    head = Officer(opened("/console", DESK), "chengguan-head")
    head.find(slip)
    expect(head.page.locator("aside .draft")).to_have_text(REPLY)
    head.take("reply")


def _rate(citizen: Citizen) -> None:
    page = citizen.page
    for name, value in (("solved", "yes"), ("attitude", "good"), ("satisfaction", "satisfied")):
        page.locator(f"[data-act=rate] [name={name}][value={value}]").check()
    page.fill("[data-act=rate] [name=words]", "回复很快，谢谢。")
    page.locator("[data-act=rate] button[type=submit]").click()
    expect(page.locator("[data-done]")).to_be_visible()
    expect(page.locator("[data-act=rate]")).to_be_hidden()


def _office_sees_the_end(opened: Opener, slip: Slip, case: str) -> None:
    clerk = Officer(opened("/console", DESK), "shouli")
    clerk.finds(slip, "回复很快")
    clerk.page.goto("/console/messages")
    told = clerk.page.locator(".entries li", has=clerk.page.locator(f"a[href$='{case}']"))
    for way in ("短信", "邮件"):
        for words in ("已登记", "已受理", "已交", "已答复"):
            expect(told.filter(has_text=way).filter(has_text=words).first).to_be_visible()


def _unit_of(login: str) -> str:
    from infra.seed import DEMO_ACCOUNTS

    return str(next(one for one in DEMO_ACCOUNTS if one.login == login).unit)
