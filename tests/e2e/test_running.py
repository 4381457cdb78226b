"""`make run`, as whoever tries the desk meets it: started, stopped, started again, moved, forgotten."""

import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import chalicelib.city
from infra.local.engine import CREDENTIALS
from infra.local.stack import NAME
from infra.package import ROOT
from infra.solving import CHALLENGES, with_proof
from tests.e2e.conftest import Running

pytestmark = pytest.mark.e2e

PASSWORD = "a long enough word"
ONCE = ("packaging the functions", "laying out the demo city")
LETTER = {
    "key": "0f6a1c1e-6a0e-4c39-9a58-0d6c2b7f3e11",
    "mailbox": "petitions",
    "kind": "appeal",
    "title": "重启之后还在的信",
    "text": "这封信在关机之前写下，开机之后还应当查得到，一个字也不少。",
    "anonymous": True,
}


def test_a_letter_outlives_a_restart_and_a_move_of_the_whole_desk(running: Running, tmp_path: Path) -> None:
    letter = with_proof(
        "submission", LETTER, lambda asked: httpx.post(f"{running.origin}{CHALLENGES}", json=asked, timeout=30).json()
    )
    slip = httpx.post(f"{running.origin}/api/submissions", json=letter, timeout=30).raise_for_status().json()
    try:
        running.ctrl_c()
        assert not _left_of(running)

        said = running.start()
        assert "shouli" in said
        assert not [words for words in ONCE if words in said], "what takes its time is done once"
        assert _title(running, slip) == LETTER["title"]
        assert "is taken" in running.run("run").stderr  # a second one is told so, and disturbs nobody
        running.ctrl_c()

        file = tmp_path / "desk.export"
        _done(running, "export", str(file))
        _done(running, "reset")
        _done(running, "import", str(file))
        running.start()
        assert _title(running, slip) == LETTER["title"]
    finally:
        if running.process is None:  # it is everybody's
            running.start()


def _done(desk: Running, *words: str) -> None:
    done = desk.run(*words)
    assert done.returncode == 0, done.stderr


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
    return httpx.post(f"{desk.origin}/api/tracking", json=asked, timeout=30).raise_for_status().json()["title"]


def _left_of(desk: Running) -> list[str]:
    """Processes that speak of the desk's folder."""
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if desk.environment["LOCAL_DIR"] in line]
