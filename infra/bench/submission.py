"""What one submission asks of AWS, by a warm request through the deployed app's own route."""

import itertools
import json
import statistics
import time
import uuid
from typing import Any

from chalicelib.storage.table import DeskItem
from infra.bench import units
from infra.bench.bare import bare_app
from infra.bench.counting import Calls, counted
from infra.solving import CHALLENGES, Asking, with_proof

JSON = {"Content-Type": "application/json"}
PAIRS = 150  # of ours and the bare route, one after the other: what else the machine does falls on both alike
WARM = 5

FORM = {
    "mailbox": "petitions",
    "kind": "appeal",
    "title": "东湖路公交站台顶棚破损",
    "text": "站台的顶棚坏了三个月，下雨天等车的老人和孩子都要淋雨，站牌也看不清楚，请有关部门派人维修。" * 4,
    "area": "",
    "place": "东湖路与学府街路口",
    "anonymous": False,
    "name": "王秀英",
    "keep_name_from_unit": True,
    "may_publish": True,
}
COUNTS = 2  # of letters: its writer's of the day, its address's of the hour
_citizens = itertools.count()


def measure(pairs: int = PAIRS) -> dict[str, object]:
    """Calls, units, bytes and CPU of one filed form; the CPU also of a bare route that makes the same two calls."""
    from chalice.test import Client

    from app import app  # once the environment names the desk

    with Client(app) as client:
        _file(client, body(client))  # the first reads the desk's key and city, and opens its connections
        sent = body(client)
        with counted() as calls:
            answer = _file(client, sent)
        receipt = json.loads(answer)["receipt"]
        figures = {
            "submission_aws_calls": calls.number,
            "submission_calls": dict(calls.made),
            "submission_items_read": calls.items_read,
            "submission_write_units": calls.write_units,
            "submission_write_units_by_size": _units_by_size(receipt, calls),
            "submission_bytes": {
                "form": len(sent),
                "answer": len(answer),
                "to_aws": calls.bytes_sent,
                "from_aws": calls.bytes_got,
            },
        }
        requests = (calls.asked["dynamodb.TransactWriteItems"], calls.asked["sqs.SendMessageBatch"])
        with Client(bare_app(*requests)) as bare:
            return figures | _cpu(client, bare, pairs)


def form(ask: Asking) -> dict[str, Any]:
    """A form as the page sends it, under a key of its own, with the proof that the page has worked out meanwhile."""
    own = {"key": uuid.uuid4().hex, "phone": f"199{next(_citizens):08}"}  # nobody files twenty letters a day
    return with_proof("submission", {**FORM, **own}, ask)


def body(client: Any) -> bytes:
    """The same for ``client``, as it goes over the wire."""

    def ask(about: dict[str, object]) -> Any:
        return client.http.post(CHALLENGES, headers=JSON, body=json.dumps(about).encode()).json_body

    return json.dumps(form(ask), ensure_ascii=False).encode()


def _file(client: Any, sent: bytes) -> bytes:
    answer = client.http.post("/api/submissions", headers=JSON, body=sent)
    if answer.status_code != 201:
        raise RuntimeError(f"the submission was answered {answer.status_code}: {answer.body!r}")
    filed: bytes = answer.body
    return filed


def _cpu(ours: Any, bare: Any, pairs: int) -> dict[str, object]:
    """CPU of this process alone: the engine has its own. The medians of the pairs are compared."""
    for client in (ours, bare) * WARM:
        _file(client, body(ours))
    spent = [(_spent(ours, body(ours)), _spent(bare, body(ours))) for _ in range(pairs)]
    our, its = (statistics.median(times) for times in zip(*spent, strict=True))
    return {
        "submission_cpu_ratio": round(our / its, 2),
        "submission_cpu_ms": round(our * 1000, 2),
        "submission_bare_cpu_ms": round(its * 1000, 2),
    }


def _spent(client: Any, sent: bytes) -> float:
    began = time.process_time()
    _file(client, sent)
    return time.process_time() - began


def _units_by_size(receipt: str, calls: Calls) -> float:
    """AWS's rule: in a transaction two units a KB of each item, and one a KB in each index that holds it."""
    if not calls.made["dynamodb.TransactWriteItems"]:
        raise RuntimeError("a submission no longer ends in a transaction: this count does not hold")
    submission = list(DeskItem.query(f"receipt#{receipt}"))
    case_id = json.loads(submission[-1].body)["case_id"]
    case = list(DeskItem.query(f"case#{case_id}"))
    message = list(DeskItem.query(f"outbox#routing.{case_id}.000001"))
    counts = units.TRANSACTIONAL * COUNTS  # each under a KB
    items = (item.serialize() for item in (*submission, *case, *message))
    return counts + sum(units.written({}, item, units.TRANSACTIONAL) for item in items)
