"""The desk as `make run` starts it, in a folder of its own, and real Chromium before it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from infra.local.engine import free_port
from infra.package import ROOT, package

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK = (390, 844), (1280, 900)  # CSS pixels
STARTS_WITHIN = 300  # seconds: packaging and the demo city included

Opener = Callable[..., Page]


class Running:
    """`make run`, from its start to Ctrl-C."""

    def __init__(self, folder: Path, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.environment = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
        } | {"LOCAL_DIR": str(folder), "PORT": str(port)}
        self.process: subprocess.Popen[str] | None = None

    def command(self, *words: str) -> list[str]:
        """What the Makefile calls."""
        return [sys.executable, "-m", "infra.local", *words]

    def start(self) -> str:
        """Start it; everything it said until it was ready."""
        self.process = subprocess.Popen(
            self.command("run"),
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stdout is not None
        said: list[str] = []
        for line in self.process.stdout:
            said.append(line)
            if line.startswith("ready: "):
                return "".join(said)
        raise AssertionError(f"it never was ready; it said:\n{''.join(said)}")

    def ctrl_c(self) -> str:
        """End it as its user does; what it said at the end."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=60)
        self.process = None
        return said

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another of the commands, to its end."""
        return subprocess.run(
            self.command(*words), cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=STARTS_WITHIN
        )


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The desk with its demo city, at work."""
    folder, packed = tmp_path_factory.mktemp("desk"), ROOT / "build" / "package"
    package(packed)
    shutil.copytree(packed, folder / "package", symlinks=True)  # what others look at is packaged once for all
    desk = Running(folder, free_port())
    desk.start()
    yield desk
    desk.ctrl_c()


@pytest.fixture(scope="session")
def origin(running: Running) -> str:
    """The one address."""
    return running.origin


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser. For one module: while it is there, its thread has an event loop that others would meet."""
    assert CHROMIUM, "the browser tests need Chromium: apt-get install chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, origin: str) -> Iterator[Opener]:
    """Opens a person's own browser at a size and language; whatever goes wrong in a page fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            wrong.append(f"{message.type}: {message.text}")  # that the desk refused something is no fault of the page

    def open_at(path: str, size: tuple[int, int] = PHONE, language: str = "zh-CN") -> Page:
        width, height = size
        context = chromium.new_context(
            base_url=origin,
            viewport={"width": width, "height": height},
            locale=language,
            timezone_id="Asia/Shanghai",
            has_touch=size == PHONE,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not wrong
