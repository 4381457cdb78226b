"""Writing a letter on the site: twice, without a net, with mistakes, with files, in English."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route, expect

from tests.e2e.conftest import Opener
from tests.e2e.people import TITLE, Citizen

pytestmark = pytest.mark.e2e

SUBMISSIONS = "**/api/submissions"


def test_a_double_click_files_one_letter(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write()
    sent: list[Request] = []
    citizen.page.on("request", lambda request: sent.append(request))
    citizen.page.locator("[data-send]").dblclick()
    citizen.slip()
    assert len([request for request in sent if request.url.endswith("/api/submissions")]) == 1


def test_a_letter_whose_answer_was_lost_on_the_way_gets_its_one_receipt(opened: Opener) -> None:
    """The desk took it; the telephone was in a tunnel."""
    citizen = Citizen(opened("/file.html"))
    citizen.write()
    answers: list[dict[str, object]] = []

    def swallow(route: Route) -> None:
        answers.append(route.fetch().json())
        if len(answers) == 1:
            route.abort("connectionreset")
        else:
            route.fallback()

    citizen.page.route(SUBMISSIONS, swallow)
    slip = citizen.send()
    assert [answer["receipt"] for answer in answers] == [slip.receipt] * len(answers)
    assert len(answers) > 1


def test_without_a_net_nothing_is_lost_and_it_can_be_sent_later(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write(title="没有信号的时候写的信")
    citizen.page.context.set_offline(True)
    citizen.page.locator("[data-send]").click()
    expect(citizen.page.locator("[data-trouble]")).to_be_visible(timeout=40_000)
    citizen.page.context.set_offline(False)
    slip = citizen.slip()  # it goes by itself when the net is back
    assert len(slip.receipt) == 12


def test_what_was_written_is_there_again_after_the_page_was_closed(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write(title="写到一半的信")
    page = citizen.page
    page.goto("/")
    page.goto("/file.html")
    expect(page.locator("[data-restored]")).to_be_visible()
    expect(page.locator("[data-review]")).to_contain_text("写到一半的信")
    page.locator("[data-discard]").click()
    expect(page.locator("[data-restored]")).to_be_hidden()


def test_what_is_missing_is_named_at_its_field_and_the_step_stays(opened: Opener) -> None:
    page = opened("/file.html")
    citizen = Citizen(page)
    expect(page.locator("[name=mailbox]").first).to_be_visible()
    citizen.onward()
    expect(page.locator("#mailbox-fault")).to_be_visible()
    page.locator("[name=mailbox][value=petitions]").check()
    page.locator("[name=kind][value=appeal]").check()
    citizen.onward()
    citizen.onward()
    for field in ("title", "text"):
        expect(page.locator(f"#{field}-fault")).to_be_visible()
        expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
    page.fill("#title", TITLE)
    expect(page.locator("#title-fault")).to_be_hidden()


def test_a_telephone_number_that_is_none_is_refused_by_the_desk_at_its_field(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write(name="林晓", phone="19900001234")
    citizen.page.route(
        SUBMISSIONS,
        lambda route: route.continue_(post_data={**route.request.post_data_json, "phone": "110"}),
    )
    citizen.page.locator("[data-send]").click()
    expect(citizen.page.locator("#phone-fault")).to_be_visible()
    expect(citizen.page.locator("#phone")).to_be_visible()


def test_a_script_in_a_letter_is_shown_as_it_was_written(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    hostile = "<script>document.title='taken'</script><img src=x onerror=alert(1)>{{ 7*7 }} 请处理。"
    citizen.write(title="<b>路灯</b>不亮", text=hostile)
    slip = citizen.send()
    citizen.track(slip)
    expect(citizen.page.locator("[data-status]")).to_contain_text("<b>路灯</b>不亮")
    expect(citizen.page.locator("[data-status]")).to_contain_text("onerror=alert(1)")
    assert "taken" not in citizen.page.title()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("空.pdf", b"", "空"), ("程序.exe", b"MZ", "不收"), ("很大.pdf", b"%PDF-1.4" + b"0" * 10_485_760, "10")],
)
def test_a_file_that_cannot_be_taken_is_said_so_before_it_is_sent(
    opened: Opener, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    page = opened("/file.html")
    citizen = Citizen(page)
    citizen.write()
    page.locator("section[data-step]:not([hidden]) [data-back]").click()
    file = tmp_path / name
    file.write_bytes(content)
    page.set_input_files("input[type=file]", str(file))
    expect(page.locator("[data-uploads] > li.failed")).to_contain_text(words)
    citizen.onward()
    expect(page.locator("#uploads-fault")).to_be_visible()
    page.locator("[data-uploads] > li button").last.click()
    citizen.onward()
    expect(page.locator("[data-review]")).to_be_visible()


def test_an_accusation_says_that_it_is_sealed_and_asks_for_no_publishing(opened: Opener) -> None:
    page = opened("/file.html")
    page.locator("[name=mailbox][value=discipline]").check()
    page.locator("[name=kind][value=accusation]").check()
    expect(page.locator("[data-for-accusation]")).to_be_visible()
    page.locator("[name=mailbox][value=hotline]").check()
    expect(page.locator("[name=kind][value=accusation]")).to_have_count(0)


def test_everything_is_there_in_english(opened: Opener) -> None:
    page = opened("/")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile("/en/"))
    page.get_by_role("link", name="Write").first.click()
    expect(page.locator("[name=mailbox]").first).to_be_visible()
    said = page.locator("main").inner_text()
    assert not re.search(r"[\u4e00-\u9fff]", said)


def test_a_joint_letter_is_sent_by_its_representative_once_every_line_can_be_read(opened: Opener) -> None:
    citizen = Citizen(opened("/file.html"))
    citizen.write(title="我们楼的二次供水", name="王秀英", phone="13800001234")
    page = citizen.page
    page.locator("[data-review] .review-part button").nth(3).click()
    page.locator("[name=joint]").check()
    page.fill("#signers", "张三 13911112222\n李四 12")
    citizen.onward()
    citizen.onward()
    page.locator("[data-send]").click()
    expect(page.locator("[data-field=signers] .fault")).to_contain_text("第2行")
    page.fill("#signers", "张三 13911112222\n李四")
    citizen.onward()
    citizen.onward()
    slip = citizen.send()
    citizen.sees(slip, "联名3人")
    assert "张三" not in page.evaluate("JSON.stringify(localStorage)")
