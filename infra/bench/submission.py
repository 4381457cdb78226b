"""What one submission asks of AWS, by a warm request through the deployed app's own route."""

import json
import math
import uuid
from typing import Any

from chalicelib.storage.table import DeskItem
from infra.bench.counting import Calls, counted
from infra.solving import CHALLENGES, with_proof

FORM = {
    "mailbox": "petitions",
    "kind": "appeal",
    "title": "东湖路公交站台顶棚破损",
    "text": "站台的顶棚坏了三个月，下雨天等车的老人和孩子都要淋雨，站牌也看不清楚，请有关部门派人维修。" * 4,
    "area": "",
    "place": "东湖路与学府街路口",
    "anonymous": False,
    "name": "王秀英",
    "phone": "19900001234",
    "keep_name_from_unit": True,
    "may_publish": True,
}
INDEX_KEYS = ("due_shard", "worklist", "watch", "mailbox", "person", "day")
COUNTS = 2
KEYS_ONLY = ("person", "day")  # such an index's items are always within one KB


def measure() -> dict[str, object]:
    """Calls and write units of one filed form, and the same units counted from the items' sizes."""
    from chalice.test import Client

    from app import app  # once the environment names the desk

    with Client(app) as client:
        _file(client)  # the first reads the desk's key and city, and opens its connections
        with counted() as calls:
            receipt = _file(client)["receipt"]
    return {
        "submission_aws_calls": calls.number,
        "submission_calls": dict(calls.made),
        "submission_write_units": calls.write_units,
        "submission_write_units_by_size": _units_by_size(receipt, calls),
    }


def _file(client: Any) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}

    def challenge(asked: dict[str, object]) -> Any:
        return client.http.post(CHALLENGES, headers=headers, body=json.dumps(asked).encode()).json_body

    form = with_proof("submission", {**FORM, "key": uuid.uuid4().hex}, challenge)
    body = json.dumps(form, ensure_ascii=False).encode()
    answer = client.http.post("/api/submissions", headers=headers, body=body)
    if answer.status_code != 201:
        raise RuntimeError(f"the submission was answered {answer.status_code}: {answer.body!r}")
    filed: dict[str, str] = json.loads(answer.body)
    return filed


def _units_by_size(receipt: str, calls: Calls) -> int:
    """AWS's rule: in a transaction two units a KB of each item, and one a KB in each index that holds it."""
    if not calls.made["dynamodb.TransactWriteItems"]:
        raise RuntimeError("a submission no longer ends in a transaction: this count does not hold")
    submission = list(DeskItem.query(f"receipt#{receipt}"))
    case_id = json.loads(submission[-1].body)["case_id"]
    case = list(DeskItem.query(f"case#{case_id}"))
    message = list(DeskItem.query(f"outbox#routing.{case_id}.000001"))
    counts = 2 * COUNTS  # its writer's letters of the day, its address's of the hour: far below a KB each
    return counts + sum(_units(item) for item in (*submission, *case, *message))


def _units(item: DeskItem) -> int:
    attributes = item.serialize()
    kilobytes = math.ceil(sum(_bytes(name, value) for name, value in attributes.items()) / 1024)
    indexes = [key for key in INDEX_KEYS if key in attributes]
    return 2 * kilobytes + sum(1 if key in KEYS_ONLY else kilobytes for key in indexes)


def _bytes(name: str, value: dict[str, str]) -> int:
    (kind, held), *_ = value.items()
    return len(name) + (len(held.encode()) if kind == "S" else len(held) // 2 + 2)
