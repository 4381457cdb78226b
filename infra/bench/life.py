"""One petition's whole life, through the functions and routes that AWS would call, with everything it uses counted.

Filed by the page with one picture, routed by the queue's function, signed for, answered and approved at the console,
each step told by SMS and mail, read and rated by the citizen, swept over until it ends by itself, read for the month's
scores, and closed into the day's record.
"""

import gzip
import html
import json
import os
import re
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import httpx
from chalice.test import Client

from chalicelib.config import config
from chalicelib.desk import closing_days, signing_in, supervising
from chalicelib.domain.facts import month_of
from chalicelib.domain.messages import Topic
from chalicelib.domain.people import Staff
from chalicelib.domain.words import Role
from chalicelib.entrypoints import queues
from chalicelib.gateways.queues import queue_of
from chalicelib.storage import cases
from chalicelib.storage.facts import ledger_of
from chalicelib.storage.submissions import load_submission
from infra import site
from infra.bench.metering import Meter, metered
from infra.bench.submission import form
from infra.solving import CHALLENGES

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 300_000  # of a phone, made small by the page
PASSWORD = "bench-long-enough"
PAGES = ("index.html", "file.html", "receipt.html", "track.html")  # that a citizen opens, once each
WORDS: tuple[dict[str, object], ...] = (
    {
        "title": "路口占道经营严重",
        "text": "每天傍晚小贩在路口占道经营，把盲道和非机动车道都堵了，推轮椅的人只能走到车流里，请城管来管一管。" * 3,
    },
    {
        "title": "菜市场外占道经营",
        "text": "菜市场外的小贩占道经营，摊子一直摆到公交站，早上送孩子上学只能绕到马路当中走，请城管每天来看一看。"
        * 3,
    },
)
REPLY = "您好，我们已于当日到现场处理，占道摊点已劝离，并安排每日巡查。联系人：李工，电话 0000-1234567。"
ENDS_WITHIN = timedelta(days=150)  # every window that a reply opens is over by then
RECEIVED_AND_DELETED = 2  # requests that Lambda makes for each message, if it comes alone
CONSUMERS: dict[Topic, tuple[str, Callable[[dict[str, list[dict[str, object]]]], queues.Batch]]] = {
    Topic.ROUTING: ("route_submissions", queues.route_submissions),
    Topic.NOTICES: ("send_notices", queues.send_notices),
}


@dataclass
class Life:
    """What a life used. ``by_function``: the meters of the functions' invocations, ``invoked`` how many those were."""

    by_function: dict[str, Meter] = field(default_factory=dict)
    invoked: dict[str, int] = field(default_factory=dict)
    api_requests: int = 0
    bytes_out: int = 0  # to people, packed as the gateway packs them
    front_requests: int = 0  # the front's: the API's requests and the static files
    uploads: int = 0
    uploaded_bytes: int = 0
    queue_requests: int = 0  # made by Lambda for us: it receives and it deletes

    @contextmanager
    def function(self, name: str) -> Iterator[None]:
        """One invocation of a function."""
        with metered() as meter:
            yield
        self.by_function.setdefault(name, Meter()).add(meter)
        self.invoked[name] = self.invoked.get(name, 0) + 1

    @property
    def whole(self) -> Meter:
        """All of it."""
        whole = Meter()
        for meter in self.by_function.values():
            whole.add(meter)
        return whole


class Person:
    """Somebody with a browser, whose requests are counted."""

    def __init__(self, life: Life, client: Client) -> None:
        self.life, self.client, self.cookie, self.page = life, client, "", ""

    def ask(self, method: str, path: str, content: bytes = b"", kind: str = "application/json") -> Any:
        """One request through the whole application. Raises RuntimeError for an answer that is no success."""
        headers = {"Accept-Language": "zh", "Content-Type": kind, **({"Cookie": self.cookie} if self.cookie else {})}
        with self.life.function("api_handler"):
            answer = self.client.http.request(method, path, headers=headers, body=content)
        if answer.status_code >= 400:
            raise RuntimeError(f"{method} {path} was answered {answer.status_code}: {answer.body!r}")
        self.life.api_requests += 1
        self.life.front_requests += 1
        self.life.bytes_out += len(gzip.compress(answer.body))
        return answer

    def send(self, path: str, **fields: object) -> dict[str, Any]:
        """A program's request."""
        answered: dict[str, Any] = json.loads(self.ask("POST", path, json.dumps(fields).encode()).body)
        return answered

    def sign_in(self, staff: Staff) -> None:
        """Sign in; it is once a day and not of this life: nothing of it is counted."""
        signing_in.open_account(staff, PASSWORD)
        form = urlencode({"login": staff.login, "password": PASSWORD}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.client.http.post("/console/session", headers=kind, body=form)
        self.cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]

    def open(self, path: str) -> None:
        """Look at a page of the console."""
        self.page = self.ask("GET", path).body.decode()

    def step(self, path: str, **fields: str) -> None:
        """Send a form of the page just opened, with its hidden fields."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page)
        form = {name: html.unescape(value) for name, value in found} | fields
        self.ask("POST", path, urlencode(form).encode(), "application/x-www-form-urlencoded")


def live() -> Life:
    """One life, counted. What a process does once, for all lives together, is done before."""
    from app import app  # once the environment names the desk

    boto3.client("s3").create_bucket(
        Bucket=config().uploads_bucket, CreateBucketConfiguration={"LocationConstraint": boto3.Session().region_name}
    )
    boto3.client("sesv2").create_email_identity(EmailIdentity=config().mail_from)
    closing_days.close_days(datetime.now(UTC))  # the very first closing looks for the day on which the record begins
    with Client(app) as client:
        _lived(Life(), client, WORDS[0])
        life = Life()
        _lived(life, client, WORDS[1])
    with life.function("close_day"):  # of both lives, and a day is closed once: more than this one's share
        closing_days.close_days(datetime.now(UTC) + timedelta(days=1))
    return life


def _lived(life: Life, client: Client, words: dict[str, object]) -> None:
    citizen = Person(life, client)
    _static(life)
    citizen.ask("GET", "/api/desk")
    filed = _filed(citizen, words)
    _work_off(life)
    receipt = re.sub(r"\D", "", filed["receipt"])
    case_id = load_submission(receipt).case_id
    _answered(life, client, case_id)
    _work_off(life)
    for _ in range(2):  # she looks once before there is an answer, and once after
        citizen.send("/api/tracking", receipt=receipt, code=filed["code"])
    rating = {"solved": "yes", "attitude": "good", "satisfaction": "satisfied", "words": ""}
    citizen.send(f"/api/submissions/{receipt}/rating", code=filed["code"], **rating)
    _work_off(life)
    _swept(life)
    _work_off(life)
    _scored(life, case_id)


def _static(life: Life) -> None:
    """The pages that a citizen opens, with what they load; her browser keeps what it has had."""
    with tempfile.TemporaryDirectory() as folder:
        site.build(Path(folder))
        had: set[str] = set()
        for page in PAGES:
            text = Path(folder, page).read_text("utf-8")
            had |= {page, *(name for name in re.findall(r'(?:href|src)="(assets/[^"#?]+)"', text))}
        life.front_requests += len(had)
        life.bytes_out += sum(len(gzip.compress(Path(folder, name).read_bytes())) for name in had)


def _filed(citizen: Person, words: dict[str, object]) -> dict[str, Any]:
    leave = citizen.send("/api/uploads", name="现场.png", type="image/png", size=len(PICTURE))
    bucket = f"{os.environ['AWS_ENDPOINT_URL']}/{config().uploads_bucket}"  # no front hands it through here
    httpx.post(bucket, data=leave["fields"], files={"file": PICTURE}).raise_for_status()
    citizen.life.uploads += 1
    citizen.life.uploaded_bytes += len(PICTURE)
    phone = f"199{uuid.uuid4().int % 10**8:08}"
    challenged = form(lambda about: citizen.send(CHALLENGES, **about))
    whole = challenged | {"area": "990102", "email": "citizen@example.com", "phone": phone} | words
    return citizen.send("/api/submissions", **whole | {"uploads": [leave["upload"]]})


def _answered(life: Life, client: Client, case_id: str) -> None:
    """By the unit's handler, and approved by its head; both look at their lists first."""
    people = {}
    for role in (Role.HANDLER, Role.HEAD):
        people[role] = Person(life, client)
        people[role].sign_in(Staff(f"{role.value}-{case_id}", "承办人", role, cases.load(case_id).unit))
    steps: tuple[tuple[Role, str, dict[str, str]], ...] = (
        (Role.HANDLER, "signature", {}),
        (Role.HANDLER, "draft", {"text": REPLY, "outcome": "solved"}),
        (Role.HEAD, "reply", {}),
    )
    for role, step, fields in steps:
        people[role].open("/console/queue")
        people[role].open(f"/console/cases/{case_id}")
        people[role].step(f"/console/cases/{case_id}/{step}", **fields)


def _work_off(life: Life) -> None:
    """What the queues hold, message by message, as their functions are given it."""
    sqs, idle = boto3.client("sqs"), 0
    while idle < len(CONSUMERS):
        for topic, (name, consume) in CONSUMERS.items():
            taken = sqs.receive_message(QueueUrl=queue_of(topic), MaxNumberOfMessages=1).get("Messages", [])
            idle = 0 if taken else idle + 1
            for message in taken:
                record = {"messageId": message["MessageId"], "body": message["Body"], "receiptHandle": ""}
                with life.function(name):
                    failed = consume({"Records": [record]})["batchItemFailures"]
                if failed:
                    raise RuntimeError(f"{name} failed at {message['Body']}")
                sqs.delete_message(QueueUrl=queue_of(topic), ReceiptHandle=message["ReceiptHandle"])
                life.queue_requests += RECEIVED_AND_DELETED


def _swept(life: Life) -> None:
    """The sweep that meets it when its last window is over."""
    with life.function("sweep"):
        swept = supervising.sweep(datetime.now(UTC) + ENDS_WITHIN)
    if swept.moved != 1 or swept.failed:
        raise RuntimeError(f"the case should have ended by itself: {swept}")


def _scored(life: Life, case_id: str) -> None:
    """Its part of the month's scoring: its line in its unit's ledger."""
    with life.function("assess_month"):
        lines = list(ledger_of(str(cases.load(case_id).unit), month_of(datetime.now(UTC))))
    if case_id not in (line.case_id for line in lines):
        raise RuntimeError("the case stands in no ledger of its unit")
