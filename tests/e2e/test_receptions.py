"""A reception in a real browser: planned at the console, booked on a telephone, heard, and followed by its receipt."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from chalicelib.domain.calendar import SHANGHAI
from tests.e2e.conftest import DESK, PHONE, Opener
from tests.e2e.people import Citizen, Officer, Slip

pytestmark = pytest.mark.e2e

LAST_MINUTE = "23:59"  # of today: still ahead, and the day has come


def plan(clerk: Officer, host: str, day: datetime, places: int = 2, time: str = LAST_MINUTE) -> str:
    """The clerk plans a leader's day; its address."""
    page = clerk.page
    page.goto("/console/receptions")
    page.locator("details.step summary").first.click()
    form = page.locator("form[action='/console/receptions']")
    form.locator("[name=day]").fill(f"{day:%Y-%m-%d}")
    form.locator("[name=time]").fill(time)
    form.locator("[name=places]").fill(str(places))
    form.locator("[name=place]").fill("市人民来访接待中心一楼")
    form.locator("[name=host]").fill(host)
    form.locator("button").click()
    expect(page.locator(".done")).to_be_visible()
    return page.url.partition("?")[0]


def book(page: Page, host: str, name: str, phone: str) -> Slip:
    """A citizen books on the day of ``host``; number and code."""
    page.goto("/receptions.html")
    page.locator("li.reception", has_text=host).locator("[data-book]").click()
    fill(page, name, phone)
    page.locator("[data-send]").dblclick()
    expect(page.locator("[data-done]")).to_be_visible()
    number, code = (page.locator(f"[data-standing] {part}").first for part in ("dd[data-number]", "dd[data-code]"))
    return Slip(re.sub(r"\D", "", number.inner_text()), re.sub(r"\s", "", code.inner_text()))


def fill(page: Page, name: str, phone: str) -> None:
    """Fill in the booking."""
    page.fill("[data-booking] #name", name)
    page.fill("[data-booking] #phone", phone)
    page.fill("[data-booking] #about", "小区二次供水水压低，想当面说。")


def look_up(page: Page, slip: Slip) -> None:
    """Ask how the booking stands."""
    page.goto("/receptions.html")
    page.fill("[data-asking] #number", slip.receipt)
    page.fill("[data-asking] #code", slip.code)
    page.locator("[data-asking] button").click()
    expect(page.locator("[data-standing]")).to_be_visible()


def today() -> datetime:
    """Today in Shanghai."""
    return datetime.now(SHANGHAI)


def test_a_matter_is_booked_heard_and_followed_by_the_slip(opened: Opener) -> None:
    clerk, host = Officer(opened("/console", DESK), "shouli"), "高远（市委书记，今日）"
    day = plan(clerk, host, today())
    citizen = opened("/receptions.html")
    slip = book(citizen, host, "欧阳春华", "19900001111")
    clerk.page.goto(day)
    page = clerk.page
    expect(page.locator("article.letter")).to_have_count(1)  # a double click booked once
    expect(page.locator("article.letter")).to_contain_text("欧某某")
    page.get_by_role("button", name="查看姓名电话").click()
    expect(page.locator("article.letter")).to_contain_text("19900001111")
    form = page.locator("form[action$='/hearing']")
    page.locator("article.letter details", has=form).locator("summary").click()
    form.locator("[name=title]").fill("小区二次供水水压低")
    form.locator("[name=text]").fill("顶楼早晚高峰热水器打不着火，请查一查加压泵。")
    form.locator("button").click()
    expect(page.locator(".slip")).to_be_visible()
    number, code = (page.locator(f".slip [{part}]").inner_text() for part in ("data-receipt", "data-code"))
    receipt = Slip(re.sub(r"\D", "", number), re.sub(r"\s", "", code))
    writer = Citizen(opened("/track.html"))
    writer.sees(receipt, "小区二次供水水压低")
    look_up(citizen, slip)
    expect(citizen.locator("[data-standing-title]")).to_have_text("已接谈登记")
    expect(citizen.locator("[data-cancel]")).to_be_hidden()
    page.goto("/console/receptions")
    expect(page.locator("main")).to_contain_text(host)


def test_a_full_day_is_told_and_a_cancelled_place_is_free_again(opened: Opener) -> None:
    clerk, host = Officer(opened("/console", DESK), "shouli"), "江平（市长，后天）"
    plan(clerk, host, today() + timedelta(days=2), places=1, time="09:00")
    slow = opened("/receptions.html")
    card = slow.locator("li.reception", has_text=host)
    card.locator("[data-book]").click()
    first = opened("/receptions.html")
    slip = book(first, host, "王秀英", "19900002222")
    fill(slow, "李建国", "19900003333")
    slow.locator("[data-send]").click()
    expect(slow.locator("[data-booking] [data-faults]")).to_contain_text("约满")
    expect(slow.locator("[data-booking] #name")).to_have_value("李建国")  # nothing typed is lost
    expect(card).to_contain_text("已约满")
    look_up(first, slip)
    first.locator("[data-cancel] summary").click()
    first.locator("[data-cancel] button").click()
    expect(first.locator("#sure-fault")).to_be_visible()
    first.locator("[name=sure]").check()
    first.locator("[data-cancel] button").click()
    expect(first.locator("[data-standing-title]")).to_have_text("预约已取消")
    slow.locator("[data-send]").click()
    expect(slow.locator("[data-done]")).to_be_visible()


def test_an_answer_that_comes_late_does_not_shut_what_she_has_begun(opened: Opener) -> None:
    clerk, host = Officer(opened("/console", DESK), "shouli"), "江平（市长，第四天）"
    plan(clerk, host, today() + timedelta(days=4), time="09:00")
    page = opened("/receptions.html")
    slip = book(page, host, "王秀英", "19900004444")
    held: list[Route] = []
    page.route("**/api/bookings*", lambda route: held.append(route))
    page.fill("[data-asking] #number", slip.receipt)
    page.fill("[data-asking] #code", slip.code)
    with page.expect_request("**/api/bookings*"):
        page.locator("[data-asking] button").click()
    page.locator("[data-cancel] summary").click()
    page.locator("[name=sure]").check()
    with page.expect_response("**/api/bookings*"):
        held.pop().continue_()
    expect(page.locator("[data-asking] #number")).to_have_value("")  # the answer is drawn
    page.locator("[data-cancel] button").click()
    expect(page.locator("[data-standing-title]")).to_have_text("预约已取消")


def test_a_day_that_is_called_off_says_why_to_who_booked(opened: Opener) -> None:
    clerk, host = Officer(opened("/console", DESK), "shouli"), "高远（市委书记，明日）"
    day = plan(clerk, host, today() + timedelta(days=1))
    citizen = opened("/receptions.html")
    slip = book(citizen, host, "张桂兰", "19900004444")
    page = clerk.page
    page.goto(day)
    page.get_by_text("取消这一场").click()
    page.locator("form[action$='/cancellation'] [name=reason]").fill("防汛值守")
    page.locator("form[action$='/cancellation'] button").click()
    expect(page.locator(".done")).to_be_visible()
    look_up(citizen, slip)
    expect(citizen.locator("[data-standing-news]")).to_contain_text("防汛值守")
    expect(citizen.locator("li.reception", has_text=host)).to_contain_text("已取消")


def test_a_wrong_code_is_told_without_saying_which_half_was_wrong(opened: Opener) -> None:
    page = opened("/receptions.html")
    page.fill("[data-asking] #number", "4827 1093 5528")
    page.fill("[data-asking] #code", "AAAA AAAA")
    page.locator("[data-asking] button").click()
    expect(page.locator("[data-trouble]")).to_contain_text("没有找到")
    expect(page.locator("[data-asking] #number")).to_have_value("4827 1093 5528")


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("folder", ["/", "/en/"])
def test_the_page_of_receptions_fits_its_screen(opened: Opener, folder: str, size: tuple[int, int]) -> None:
    page = opened(f"{folder}receptions.html", size)
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_a_day_at_the_console_fits_its_screen(opened: Opener, size: tuple[int, int]) -> None:
    clerk, host = Officer(opened("/console", size), "shouli"), f"高远（宽{size[0]}）"
    day = plan(clerk, host, today() + timedelta(days=3), time="14:30")
    book(opened("/receptions.html"), host, "欧阳春华", "19900005555")
    for path in (day, "/console/receptions"):
        clerk.page.goto(path)
        expect(clerk.page.locator("h1")).to_be_visible()
        assert clerk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
