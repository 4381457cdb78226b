"""Those who meet at the desk, as they use its pages."""

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from infra.seed import DEMO_ACCOUNTS

PATIENCE = 30.0  # seconds in which queues are worked off, on a slow machine too
TITLE = "一件想请人听听的事情"
RARE = "㐂𠮷😀"


@dataclass(frozen=True, slots=True)
class Slip:
    """What the citizen goes home with."""

    receipt: str
    code: str


def unclear() -> str:
    """A letter that no rule can place, and that is like no other: it would be joined to it."""
    return f"请听我说：{''.join(chr(random.randrange(0x4E00, 0x9FA5)) for _ in range(60))}。{RARE}"


class Citizen:
    """Somebody with a telephone in the hand."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def onward(self) -> None:
        """The one big button of the step."""
        self.page.locator("section[data-step]:not([hidden]) button[type=submit]").click()

    def write(
        self,
        title: str = TITLE,
        text: str = "",
        mailbox: str = "petitions",
        kind: str = "appeal",
        files: tuple[Path, ...] = (),
        may_publish: bool = False,
        **fields: str,
    ) -> None:
        """Fill in the form up to the last look; ``fields``: name, phone, email; none of them is anonymous."""
        page = self.page
        page.goto("/file.html")
        page.locator(f"[name=mailbox][value={mailbox}]").check()
        page.locator(f"[name=kind][value={kind}]").check()
        self.onward()
        page.fill("#title", title)
        page.fill("#text", text or unclear())
        self.onward()
        page.fill("#place", fields.pop("place", ""))
        self.onward()
        if not fields:
            page.locator("[name=anonymous][value=yes]").check()
        for name, value in fields.items():
            page.fill(f"#{name}", value)
        if may_publish:
            page.locator("[name=may_publish]").check()
        self.onward()
        if files:
            page.set_input_files("[data-uploads] ~ * input[type=file], input[type=file]", list(files))
            expect(page.locator("[data-uploads] > li.done")).to_have_count(len(files))
        self.onward()

    def send(self) -> Slip:
        """Press the button; what the receipt says."""
        self.page.locator("[data-send]").click()
        return self.slip()

    def slip(self) -> Slip:
        """The receipt that is shown."""
        self.page.wait_for_url("**/receipt.html")
        number = re.sub(r"\D", "", self.page.locator("[data-number]").inner_text())
        return Slip(number, re.sub(r"\s", "", self.page.locator("[data-code]").inner_text()))

    def track(self, slip: Slip) -> None:
        """Look how it stands."""
        self.page.goto("/track.html")
        if self.page.locator("[data-asking]").is_visible():
            self.page.fill("#receipt", slip.receipt)
            self.page.fill("#code", slip.code)
            self.page.locator("[data-asking] button[type=submit]").click()
        expect(self.page.locator("[data-status]")).to_be_visible()

    def sees(self, slip: Slip, words: str) -> None:
        """Look again until the page says ``words``."""
        status = self.page.locator("[data-status]")
        until(lambda: self.track(slip), lambda: words in (status.text_content() or ""), words)


class Officer:
    """Somebody who is signed in."""

    def __init__(self, page: Page, login: str) -> None:
        self.page = page
        account = next(one for one in DEMO_ACCOUNTS if one.login == login)
        page.goto("/console")
        page.fill("[name=login]", account.login)
        page.fill("[name=password]", account.password)
        page.locator("main button").click()
        expect(page.locator(".who")).to_be_visible()

    def find(self, slip: Slip) -> None:
        """Open the case of a receipt."""
        self.page.goto(f"/console/find?number={slip.receipt}")

    def finds(self, slip: Slip, words: str) -> None:
        """Open it until it says ``words``."""
        until(lambda: self.find(slip), lambda: words in (self.page.locator("main").text_content() or ""), words)

    def take(self, step: str, **fields: str) -> None:
        """Take a step of the case that is open: fill in its form and press its button."""
        form = self.page.locator(f"form[action$='/{step}']")
        apart = self.page.locator("details.more-steps:not([open])", has=form)
        if apart.count():
            apart.locator("> summary").click()
        if not form.is_visible():
            self.page.locator("details.step", has=self.page.locator(f"form[action$='/{step}']")).locator(
                "summary"
            ).click()
        for name, value in fields.items():
            field = form.locator(f"[name={name}]")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        form.locator("button").last.click()  # before it may stand one that only looks
        expect(self.page.locator(".done")).to_be_visible()

    @property
    def steps(self) -> list[str]:
        """The steps that are offered."""
        forms = self.page.locator("details.step form")
        return [str(form.get_attribute("action")).rpartition("/")[2] for form in forms.all()]


def until(look: Callable[[], None], seen: Callable[[], bool], what: str) -> None:
    """Look again and again; queues take their time."""
    end = time.monotonic() + PATIENCE
    while True:
        look()
        if seen():
            return
        assert time.monotonic() < end, f"never seen: {what}"
        time.sleep(0.5)
