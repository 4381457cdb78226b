"""Two desks talk: a city and a county, each one of our stacks, as their offices set them up in the console."""

import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from infra.local.engine import free_port
from infra.solving import CHALLENGES, with_proof
from tests.e2e.conftest import Running
from tests.e2e.people import PATIENCE, TITLE, unclear

pytestmark = pytest.mark.e2e

ANSWER = "您好！我县已派人到场查看并当场处理，联系人：周工，电话 0999-5552020。"


class Office:
    """Somebody of an office at the console, without a browser."""

    def __init__(self, origin: str, login: str) -> None:
        self.http = httpx.Client(base_url=origin, timeout=30)
        password = f"sunlight-{login.removesuffix('-head')}"
        self._post("/console/session", {"login": login, "password": password})

    def page(self, path: str) -> str:
        """A page as it stands."""
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, seen: str, path: str, **fields: str) -> str:
        """A form of the page ``seen``, filled in; the page that follows."""
        hidden = dict(re.findall(r'name="(csrf|version)" value="([^"]*)"', self.page(seen)))
        return self._post(path, {**hidden, **fields})

    def _post(self, path: str, fields: dict[str, str]) -> str:
        answer = self.http.post(path, data=fields)
        if answer.is_redirect:  # looked at anew: the form's type would go along
            return self.page(self.http.get(answer.headers["location"], follow_redirects=True).url.raw_path.decode())
        assert answer.status_code == 200, answer.text
        return answer.text

    def find(self, number: str) -> str:
        """The place of a case that is known by ``number``."""
        return self.http.get("/console/find", params={"number": number}, follow_redirects=True).url.path

    def take(self, case: str, step: str, **fields: str) -> str:
        """A step of a case."""
        return self.send(case, f"{case}/{step}", **fields)


class Desks(NamedTuple):
    """Both desks, and by which ids each knows the other."""

    city: str
    county: str
    county_in_city: str


@pytest.fixture(scope="module")
def desks(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """The city's desk, and a county's beside it; their administrators have introduced them to each other."""
    folder = tmp_path_factory.mktemp("county")
    packed = Path(running.environment["LOCAL_DIR"]) / "package"
    shutil.copytree(packed, folder / "package", symlinks=True)  # the same code: it need not be packaged again
    county = Running(folder, free_port())
    county.environment["BARE"] = "yes"  # its city and its people, and no letters of months ago
    county.start()
    try:
        yield _introduced(running.origin, county.origin)
    finally:
        county.ctrl_c()


def _introduced(city: str, county: str) -> Desks:
    above, below = Office(city, "admin"), Office(county, "admin")
    room, agencies = "/console/admin", "/console/admin/agencies"
    county_id, secret = _secret(above.send(room, agencies, name="临川县信访局", mailbox="petitions", stands="below"))
    desk = {"origin": city, "as_agency": county_id, "secret_out": secret}
    page = below.send(room, agencies, name="云汀市信访局", mailbox="petitions", stands="above", **desk)
    city_id, secret = _secret(page)
    desk = {"origin": county, "as_agency": city_id, "secret_out": secret}
    above.send(room, f"{agencies}/{county_id}/desk", stands="below", channel="agency", **desk)
    assert "whsec_" not in above.page(room), "no secret is shown a second time"
    return Desks(city, county, county_id)


def _secret(page: str) -> tuple[str, str]:
    found = re.search(r"<code>([0-9a-f]{8})</code>.*?<code>(whsec_[^<]+)</code>", page, re.DOTALL)
    assert found is not None, page
    return found[1], found[2]


def _filed(city: str) -> dict[str, str]:
    letter = {"key": uuid.uuid4().hex, "mailbox": "petitions", "kind": "appeal", "title": TITLE, "text": unclear()}
    person = {"name": "林晓", "phone": "19900001234", "anonymous": False}

    def challenge(asked: dict[str, object]) -> dict[str, object]:
        told: dict[str, object] = httpx.post(f"{city}{CHALLENGES}", json=asked, timeout=30).json()
        return told

    form = with_proof("submission", {**letter, **person}, challenge)
    answer = httpx.post(f"{city}/api/submissions", json=form, timeout=30)
    return dict(answer.raise_for_status().json())


def _tracked(city: str, slip: dict[str, str]) -> Any:
    asked = {"receipt": slip["receipt"], "code": slip["code"]}
    return httpx.post(f"{city}/api/tracking", json=asked, timeout=30).raise_for_status().json()


def _until(seen: Callable[[], Any]) -> Any:
    """What comes of it once the queues have been worked off on both sides."""
    until = time.monotonic() + 2 * PATIENCE
    while not (found := seen()):
        assert time.monotonic() < until, "it never came"
        time.sleep(0.2)
    return found


def _passed_down(desks: Desks) -> tuple[dict[str, str], Office, str, Office, str]:
    """A letter that the city's clerk passed on: its slip, and on each side a clerk and the place of the case."""
    slip = _filed(desks.city)
    clerk, theirs = Office(desks.city, "shouli"), Office(desks.county, "shouli")
    _until(lambda: _tracked(desks.city, slip)["state"] == "registered")
    case = clerk.find(slip["receipt"])
    page = clerk.take(case, "transfer", agency=desks.county_in_city, words="请你县信访局牵头办理。")
    assert "转办中" in page
    number = case.rpartition("/")[2]
    there = _until(lambda: place if (place := theirs.find(number)).startswith("/console/cases/") else "")
    _until(lambda: "转受理员判断" in theirs.page(there))
    return slip, clerk, case, theirs, there


def test_a_case_goes_down_is_handled_there_and_its_answer_reaches_the_citizen_where_she_spoke(desks: Desks) -> None:
    slip, clerk, case, theirs, there = _passed_down(desks)
    page = theirs.page(there)
    for words in ("云汀市信访局", "请你县信访局牵头办理。", "要求反馈结果", "由转来单位答复来信人"):
        assert words in page
    theirs.take(there, "acceptance")
    assert "云汀市信访局要求" in theirs.page(there), "their date binds the county's term"
    theirs.take(there, "dispatch", unit="dizhou-urban-management")
    handler, head = Office(desks.county, "chengguan"), Office(desks.county, "chengguan-head")
    handler.take(there, "signature")
    reported = ("临川县信访局办理", "已登记", "已受理", "已交办", "正在办理")
    _until(lambda: all(words in str(_tracked(desks.city, slip)["steps"]) for words in reported))
    handler.take(there, "draft", outcome="solved", text=ANSWER)
    head.take(there, "reply")

    told = _until(lambda: seen if (seen := _tracked(desks.city, slip))["state"] == "replied" else None)
    assert [(one["text"], one["unit_name"]) for one in told["replies"]] == [(ANSWER, "临川县信访局")]
    theirs_number = re.search(r"对方编号(\d{12})", clerk.page(case))
    assert theirs_number is not None
    assert clerk.find(theirs_number[1]) == case, "known by both numbers on both sides"
    rating = {"solved": "yes", "attitude": "good", "satisfaction": "satisfied", "words": "县里办得快。"}
    asked = {"receipt": slip["receipt"], "code": slip["code"], **rating}
    httpx.post(f"{desks.city}/api/submissions/{slip['receipt']}/rating", json=asked, timeout=30).raise_for_status()
    assert _tracked(desks.city, slip)["state"] == "concluded"


def test_what_is_not_the_county_s_comes_back_to_the_city_s_clerk_with_its_words(desks: Desks) -> None:
    slip, clerk, case, theirs, there = _passed_down(desks)
    theirs.take(there, "referral-return", words="事发地不在我县，请转青屿县。")
    _until(lambda: _tracked(desks.city, slip)["state"] == "returned")
    assert "事发地不在我县，请转青屿县。" in clerk.page(case)
    assert "已退回转来单位" in theirs.page(there)
