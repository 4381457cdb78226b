"""The pictures of the README, taken from the desk that `make run` serves. ``python -m infra.pictures``, with ``PORT``.

Only a desk that was just laid out shows what the pictures are to show: `make reset` and `make run` first.
"""

import json
import os
import shutil
import sys
import time
import urllib.request
import uuid
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from infra.package import ROOT
from infra.seed import DEMO_ACCOUNTS
from infra.solving import with_proof

ORIGIN = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
TARGET = ROOT / "docs" / "pictures"
PHONE, DESK = (390, 844), (1280, 860)  # CSS pixels
ROUTED_WITHIN = 30.0  # seconds
LETTER = {
    "mailbox": "hotline",
    "kind": "appeal",
    "title": "莲子巷口每天傍晚占道经营",
    "text": "每天傍晚小贩在莲子巷口占道经营，盲道和非机动车道都被堵住，老人推车只能走到机动车道上，请城管来管一管。",
    "area": "990102",
    "place": "莲子巷口",
    "anonymous": True,
}


def main() -> int:
    """Take all of them."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is missing: apt-get install chromium fonts-noto-cjk", file=sys.stderr)
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        citizen(browser)
        console(browser)
        browser.close()
    return 0


def citizen(browser: Browser) -> None:
    """The front page, the form, and a letter under way."""
    page = _open(browser, DESK, "/")
    _take(page, "citizen-home")
    page = _open(browser, PHONE, "/file.html")
    page.locator("[name=mailbox][value=hotline]").check()
    page.locator("[name=kind][value=appeal]").check()
    page.locator("section[data-step]:not([hidden]) button[type=submit]").click()
    page.fill("#title", str(LETTER["title"]))
    page.fill("#text", str(LETTER["text"]))
    page.locator("h1").click()
    page.evaluate("scrollTo(0, 0)")
    _take(page, "citizen-file")
    slip = _filed()
    _wait_for_dispatch(slip)
    page = _open(browser, PHONE, "/track.html")
    page.fill("#receipt", slip["receipt"])
    page.fill("#code", slip["code"])
    page.locator("[data-asking] button[type=submit]").click()
    page.wait_for_selector("[data-status]:not([hidden])")
    page.wait_for_timeout(500)
    page.evaluate("scrollTo(0, 0)")
    _take(page, "citizen-track")


def console(browser: Browser) -> None:
    """The clerk's queue, a handler's case, what is supervised, and a month's ranking."""
    page = _signed_in(browser, "shouli")
    _take(page, "console-queue")
    page.goto(f"{ORIGIN}/console/supervision")
    _take(page, "console-supervision")
    page.goto(f"{ORIGIN}/console/assessment")
    _take(page, "console-assessment")
    page = _signed_in(browser, "chengguan")
    page.locator("td.what a").first.click()
    page.wait_for_selector("ol.timeline")
    _take(page, "console-case")


def _open(browser: Browser, size: tuple[int, int], path: str) -> Page:
    width, height = size
    context = browser.new_context(
        base_url=ORIGIN, viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return page


def _signed_in(browser: Browser, login: str) -> Page:
    account = next(one for one in DEMO_ACCOUNTS if one.login == login)
    page = _open(browser, DESK, "/console")
    page.fill("[name=login]", account.login)
    page.fill("[name=password]", account.password)
    page.locator("main button").click()
    page.wait_for_selector(".who")
    return page


def _take(page: Page, name: str) -> None:
    file = TARGET / f"{name}.png"
    page.screenshot(path=file)
    print(file.relative_to(ROOT))


def _filed() -> dict[str, str]:
    form = with_proof("submission", {**LETTER, "key": uuid.uuid4().hex}, lambda asked: _asked("challenges", asked))
    return _asked("submissions", form)


def _wait_for_dispatch(slip: dict[str, str]) -> None:
    """Raises TimeoutError when the queue is not worked off."""
    until = time.monotonic() + ROUTED_WITHIN
    while time.monotonic() < until:
        if _asked("tracking", {"receipt": slip["receipt"], "code": slip["code"]})["state"] == "dispatched":
            return
        time.sleep(0.5)
    raise TimeoutError(f"the letter was not dispatched within {ROUTED_WITHIN:.0f} s")


def _asked(path: str, body: Mapping[str, object]) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{ORIGIN}/api/{path}", json.dumps(body).encode(), {"Content-Type": "application/json", "Accept-Language": "zh"}
    )
    with urllib.request.urlopen(request) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


if __name__ == "__main__":
    sys.exit(main())
