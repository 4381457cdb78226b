"""What a page of the work queue costs when ten thousand cases of the unit stand open."""

import gzip
import statistics
import sys
import time
from typing import Any

from tqdm import tqdm

from chalicelib.desk import signing_in
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.storage.table import DeskItem
from chalicelib.storage.unit_of_work import case_item
from infra.bench.counting import counted
from infra.bench.sweeping import NOW, STILL_GREEN, UNIT, open_case

OPEN = 10_000
VIEWS = 40
HANDLER = Staff(login="bench", name="承办人", role=Role.HANDLER, unit=UNIT)
PASSWORD = "bench-long-enough"


def measure(cases: int = OPEN, views: int = VIEWS) -> dict[str, object]:
    """The handler's open list, its first page and the next: calls, items read, CPU, bytes as sent and as packed."""
    from chalice.test import Client

    from app import app  # once the environment names the desk

    _load(cases)
    with Client(app) as client:
        cookie = _signed_in(client)
        first = _page(client, "/console/queue", cookie)  # reads the city, loads the room's templates
        with counted() as calls:
            _page(client, "/console/queue", cookie)
        with counted() as next_calls:
            _page(client, _next(first), cookie)
        spent = [_spent(client, cookie) for _ in range(views)]
    return {
        "queue_open_cases": cases,
        "queue_aws_calls": calls.number,
        "queue_calls": dict(calls.made),
        "queue_next_page_aws_calls": next_calls.number,
        "queue_items_read": calls.items_read,
        "queue_cpu_ms": round(statistics.median(spent) * 1000, 1),
        "queue_bytes": len(first),
        "queue_bytes_packed": len(gzip.compress(first)),
    }


def _load(cases: int) -> None:
    with DeskItem.batch_write() as batch:
        for number in tqdm(range(cases), desc=f"{cases} open cases", unit="", file=sys.stderr, mininterval=0.5):
            at = NOW - STILL_GREEN
            batch.save(case_item(open_case(number, at), at))


def _signed_in(client: Any) -> str:
    signing_in.open_account(HANDLER, PASSWORD)
    form = f"login={HANDLER.login}&password={PASSWORD}".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.http.post("/console/session", headers=headers, body=form)
    if answer.status_code != 303:
        raise RuntimeError(f"signing in was answered {answer.status_code}")
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


def _page(client: Any, path: str, cookie: str) -> bytes:
    answer = client.http.get(path, headers={"Cookie": cookie, "Accept-Language": "zh"})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} was answered {answer.status_code}")
    page: bytes = answer.body
    return page


def _next(page: bytes) -> str:
    """Where the page's own link to more of the list leads."""
    link = page.decode().partition('<p class="more"><a class="button" href="')[2].partition('"')[0]
    if not link:
        raise RuntimeError("the list has no second page")
    return "/console/queue" + link.replace("&amp;", "&")


def _spent(client: Any, cookie: str) -> float:
    began = time.process_time()
    _page(client, "/console/queue", cookie)
    return time.process_time() - began
