"""`make run`, as whoever tries the desk meets it: started, stopped, started again, moved, forgotten."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

import chalicelib.city
from infra.local.engine import CREDENTIALS, free_port
from infra.local.stack import NAME
from infra.package import ROOT
from tests.e2e.conftest import Running

pytestmark = pytest.mark.e2e

PASSWORD = "a long enough word"
AGAIN_WITHIN = 20  # seconds, the promise of the README
LETTER = {
    "key": "0f6a1c1e-6a0e-4c39-9a58-0d6c2b7f3e11",
    "mailbox": "petitions",
    "kind": "appeal",
    "title": "重启之后还在的信",
    "text": "这封信在关机之前写下，开机之后还应当查得到，一个字也不少。",
    "anonymous": True,
}


def test_a_letter_outlives_a_restart_a_move_and_is_forgotten_when_asked(tmp_path: Path) -> None:
    desk = Running(tmp_path / "desk", free_port())
    assert "shouli" in desk.start()
    slip = httpx.post(f"{desk.origin}/api/submissions", json=LETTER).raise_for_status().json()
    desk.ctrl_c()
    assert not _left_of(desk)

    began = time.monotonic()
    desk.start()
    assert time.monotonic() - began < AGAIN_WITHIN
    assert _title(desk, slip) == LETTER["title"]
    assert "is taken" in desk.run("run").stderr  # a second one is told so, and disturbs nobody
    desk.ctrl_c()

    file = tmp_path / "desk.export"
    assert desk.run("export", str(file)).returncode == 0
    assert desk.run("reset").returncode == 0
    assert desk.run("import", str(file)).returncode == 0
    desk.start()
    assert _title(desk, slip) == LETTER["title"]
    desk.ctrl_c()
    assert not _left_of(desk)


def test_an_office_opens_its_first_account_and_sets_its_own_city(running: Running, tmp_path: Path) -> None:
    for file in Path(chalicelib.city.__file__).parent.glob("*.json"):
        shutil.copy(file, tmp_path)
    assert "is in force" in _office(running, "", "city", str(tmp_path))
    (tmp_path / "units.json").write_text("[]")
    assert "nothing was changed" in _office(running, "", "city", str(tmp_path))
    assert "can sign in" in _office(running, f"{PASSWORD}\n{PASSWORD}\n", "administrator", "li.hua", "李华")
    with httpx.Client(base_url=running.origin) as browser:
        assert browser.post("/console/session", data={"login": "li.hua", "password": PASSWORD}).status_code == 303
        assert "李华" in browser.get("/console/admin").text


def _office(desk: Running, typed: str, *words: str) -> str:
    """What the command says, with the ways to the local AWS in its environment."""
    port = (Path(desk.environment["LOCAL_DIR"]) / "engine-port").read_text()
    done = subprocess.run(
        [sys.executable, "-m", "infra.office", "--stack", NAME, *words],
        cwd=ROOT,
        env={**desk.environment, **CREDENTIALS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"},
        input=typed,
        capture_output=True,
        text=True,
        start_new_session=True,  # without a terminal, the password is read from what is typed
        timeout=60,
    )
    return done.stdout + done.stderr


def _title(desk: Running, slip: dict[str, str]) -> object:
    asked = {"receipt": slip["receipt"], "code": slip["code"]}
    return httpx.post(f"{desk.origin}/api/tracking", json=asked).raise_for_status().json()["title"]


def _left_of(desk: Running) -> list[str]:
    """Processes that speak of the desk's folder."""
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if desk.environment["LOCAL_DIR"] in line]
